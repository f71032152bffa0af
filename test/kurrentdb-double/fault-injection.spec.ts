// Faults that a test can ask of the double, as a client meets them.
import { type EventStoreDBClient, streamNameFilter } from '@eventstore/db-client';
import { KurrentDouble } from '../support/kurrentdb/kurrentdb-double.js';
import { credentials } from '../support/kurrentdb/test-kurrentdb.js';
import { clientOf, disposeClients, facts, Heard, read, refusal, revisions, ways } from './support/clients.js';

let double: KurrentDouble;
let client: EventStoreDBClient;

beforeEach(async () => {
  double = await KurrentDouble.start();
  client = clientOf(double.connectionString);
});
afterEach(async () => {
  await disposeClients();
  await double.stop();
});

const recorded = (stream: string): number => double.log.stream(stream)?.length ?? 0;

describe.each(ways)('%s', (_, way) => {
  const send = (events = facts(1), stream = 'a/1') =>
    client.appendToStream(stream, events, { expectedRevision: 'no_stream', ...way });

  it('is lost with the connection before anything is recorded, and can be sent again', async () => {
    const events = facts(2);
    double.faults.dropBeforeAppend();
    expect(await refusal(send(events))).toMatchObject({ type: 'unavailable' });
    expect(recorded('a/1')).toBe(0);
    expect(await send(events)).toMatchObject({ nextExpectedRevision: 1n });
    expect(recorded('a/1')).toBe(2);
  });

  it('is recorded, and the answer is lost with the connection: sent again it is answered, not doubled', async () => {
    const events = facts(2);
    double.faults.dropAfterAppend();
    expect(await refusal(send(events))).toMatchObject({ type: 'unavailable' });
    expect(recorded('a/1')).toBe(2);
    const { position } = await send(events);
    expect(position!.commit).toBe(double.log.stream('a/1')!.at(-1)!.position);
    expect(recorded('a/1')).toBe(2);
  });

  it('takes too long for the server, recorded or not', async () => {
    const type = way === ways[0][1] ? 'timeout' : 'deadline-exceeded';
    double.faults.timeoutBeforeAppend();
    double.faults.timeoutAfterAppend();
    expect(await refusal(send())).toMatchObject({ type });
    expect(recorded('a/1')).toBe(0);
    expect(await refusal(send())).toMatchObject({ type });
    expect(recorded('a/1')).toBe(1);
  });

  it('meets a fault only in the streams that it is for', async () => {
    double.faults.dropAfterAppend(1, (stream) => stream === 'a/2');
    await send();
    expect(double.faults.waiting).toBe(1);
    expect(await refusal(send(facts(1), 'a/2'))).toMatchObject({ type: 'unavailable' });
    expect(double.faults.waiting).toBe(0);
  });

  it('waits while appends are held', async () => {
    const release = double.faults.holdAppends();
    const sent = Promise.all([send(facts(1), 'a/1'), send(facts(1), 'a/2')]);
    await read(client.readAll());
    expect(recorded('a/1')).toBe(0);
    release();
    await sent;
    expect(recorded('a/2')).toBe(1);
  });

  it('takes its time', async () => {
    double.faults.delayAppends(200);
    const before = performance.now();
    await send();
    expect(performance.now() - before).toBeGreaterThanOrEqual(195);
  });

  it('is told that another node leads', async () => {
    double.faults.notLeader();
    expect(await refusal(send())).toMatchObject({
      type: 'not-leader',
      leader: { address: '127.0.0.1', port: double.leader!.port },
    });
    await send();
    expect(recorded('a/1')).toBe(1);
  });
});

describe('unary append', () => {
  it('is never answered, recorded or not', async () => {
    const send = () => client.appendToStream('a/1', facts(1), { credentials, deadline: 300 });
    double.faults.muteBeforeAppend();
    expect(await refusal(send())).toMatchObject({ type: 'deadline-exceeded' });
    expect(recorded('a/1')).toBe(0);
    double.faults.muteAfterAppend();
    expect(await refusal(send())).toMatchObject({ type: 'deadline-exceeded' });
    expect(recorded('a/1')).toBe(1);
  });

  it('that was given up while it was held is not recorded', async () => {
    const release = double.faults.holdAppends();
    const sent = client.appendToStream('a/1', facts(1), { credentials, deadline: 200 });
    expect(await refusal(sent)).toMatchObject({ type: 'deadline-exceeded' });
    await read(client.readAll()); // comes after the news that the append was given up
    release();
    await client.appendToStream('a/2', facts(1), { credentials });
    expect([recorded('a/1'), recorded('a/2')]).toEqual([0, 1]);
  });
});

describe('a server that is not available', () => {
  it('refuses everything until it is', async () => {
    await client.appendToStream('a/1', facts(1), { credentials });
    double.faults.unavailable();
    const calls = [
      client.appendToStream('a/1', facts(1), { credentials }),
      read(client.readStream('a/1')),
      clientOf(double.connectionString).appendToStream('a/1', facts(1)),
    ];
    for (const call of calls) expect((await refusal(call)).message).toContain('UNAVAILABLE');
    double.faults.available();
    await client.appendToStream('a/1', facts(1), { credentials });
    expect(await read(client.readStream('a/1'))).toHaveLength(2);
  });

  it('is away, and back on the same port with everything that was recorded', async () => {
    await client.appendToStream('a/1', facts(3), { credentials });
    const { connectionString } = double;
    const heard = new Heard(client.subscribeToAll({ fromPosition: 'end' }));
    await heard.until('caught up');
    await double.stop();
    expect(await heard.untilError()).toMatchObject({ type: 'unavailable' });
    const gone = client.appendToStream('a/1', facts(1), { credentials });
    expect(await refusal(gone)).toMatchObject({ type: 'unavailable' });
    await double.start();
    expect(double.connectionString).toBe(connectionString);
    await client.appendToStream('a/1', facts(1), { expectedRevision: 2n, credentials });
    expect(await read(client.readStream('a/1'))).toHaveLength(4);
  });

  it('forgets ids under any when it restarts, and none at a revision', async () => {
    const events = facts(1);
    const send = (expectedRevision: 'any' | 'no_stream') =>
      client.appendToStream('a/1', events, { expectedRevision, credentials });
    await send('no_stream');
    await send('any');
    await double.stop();
    await double.start();
    await refusal(send('no_stream')); // on the connection that is gone
    await send('no_stream');
    expect(recorded('a/1')).toBe(1);
    await send('any');
    expect(recorded('a/1')).toBe(2);
  });
});

describe('a subscription', () => {
  const subscribe = (options: Parameters<EventStoreDBClient['subscribeToAll']>[0] = {}): Heard =>
    new Heard(client.subscribeToAll({ filter: streamNameFilter({ prefixes: ['a/'] }), ...options }));

  it('is cut in the middle, and a new one goes on where the old one was', async () => {
    await client.appendToStream('a/1', facts(10), { credentials });
    double.faults.disconnectAfterEvents(4);
    const heard = subscribe();
    expect(await heard.untilError()).toMatchObject({ type: 'unavailable' });
    expect(heard.events).toHaveLength(4);
    const fromPosition = heard.events.at(-1)!.position!;
    const rest = subscribe({ fromPosition });
    await rest.until('caught up');
    expect(revisions(rest.events)).toEqual([4, 5, 6, 7, 8, 9]);
  });

  it('is cut with an append on the same connection: clients of one process share one to a node', async () => {
    const heard = subscribe();
    await heard.until('caught up');
    double.faults.dropAfterAppend();
    const other = clientOf(double.connectionString);
    await refusal(other.appendToStream('b/1', facts(1), { credentials }));
    expect(await heard.untilError()).toMatchObject({ type: 'unavailable' });
  });

  it('is cut with all others', async () => {
    const both = [subscribe(), new Heard(clientOf(double.connectionString).subscribeToAll())];
    for (const heard of both) await heard.until('caught up');
    double.disconnect();
    for (const heard of both) expect(await heard.untilError()).toMatchObject({ type: 'unavailable' });
  });

  it('tells nothing while it is held', async () => {
    const heard = subscribe();
    await heard.until('caught up');
    const release = double.faults.holdSubscriptions();
    await client.appendToStream('a/1', facts(2), { credentials });
    expect(await read(client.readStream('a/1'))).toHaveLength(2);
    expect(heard.events).toEqual([]);
    release();
    await heard.until('1@1');
  });
});
