// Faults that a test can inject into the double, as a client observes them.
import { type EventStoreDBClient, streamNameFilter } from '@eventstore/db-client';
import { KurrentDbDouble } from '../support/kurrentdb/kurrentdb-double.js';
import { credentials } from '../support/kurrentdb/test-kurrentdb.js';
import {
  createClient,
  disposeClients,
  createEvents,
  SubscriptionRecorder,
  collectEvents,
  captureError,
  getRevisions,
  appendModes,
} from './support/clients.js';

let double: KurrentDbDouble;
let client: EventStoreDBClient;

beforeEach(async () => {
  double = await KurrentDbDouble.start();
  client = createClient(double.connectionString);
});
afterEach(async () => {
  await disposeClients();
  await double.stop();
});

const countRecorded = (stream: string): number => double.log.stream(stream)?.length ?? 0;

describe.each(appendModes)('%s', (_, way) => {
  const send = (events = createEvents(1), stream = 'a/1') =>
    client.appendToStream(stream, events, { expectedRevision: 'no_stream', ...way });

  it('fails when the connection is dropped before recording, and can be retried', async () => {
    const events = createEvents(2);
    double.faults.dropBeforeAppend();
    expect(await captureError(send(events))).toMatchObject({ type: 'unavailable' });
    expect(countRecorded('a/1')).toBe(0);
    expect(await send(events)).toMatchObject({ nextExpectedRevision: 1n });
    expect(countRecorded('a/1')).toBe(2);
  });

  it('is recorded once when the connection is dropped after recording and the append is retried', async () => {
    const events = createEvents(2);
    double.faults.dropAfterAppend();
    expect(await captureError(send(events))).toMatchObject({ type: 'unavailable' });
    expect(countRecorded('a/1')).toBe(2);
    const { position } = await send(events);
    expect(position!.commit).toBe(double.log.stream('a/1')!.at(-1)!.position);
    expect(countRecorded('a/1')).toBe(2);
  });

  it('fails with a server timeout, recorded or not', async () => {
    const type = way === appendModes[0][1] ? 'timeout' : 'deadline-exceeded';
    double.faults.timeoutBeforeAppend();
    double.faults.timeoutAfterAppend();
    expect(await captureError(send())).toMatchObject({ type });
    expect(countRecorded('a/1')).toBe(0);
    expect(await captureError(send())).toMatchObject({ type });
    expect(countRecorded('a/1')).toBe(1);
  });

  it('fails only in the streams that the fault selects', async () => {
    double.faults.dropAfterAppend(1, (stream) => stream === 'a/2');
    await send();
    expect(double.faults.pendingFaults).toBe(1);
    expect(await captureError(send(createEvents(1), 'a/2'))).toMatchObject({ type: 'unavailable' });
    expect(double.faults.pendingFaults).toBe(0);
  });

  it('waits while appends are held', async () => {
    const release = double.faults.holdAppends();
    const sent = Promise.all([send(createEvents(1), 'a/1'), send(createEvents(1), 'a/2')]);
    await collectEvents(client.readAll());
    expect(countRecorded('a/1')).toBe(0);
    release();
    await sent;
    expect(countRecorded('a/2')).toBe(1);
  });

  it('is delayed by at least the configured time', async () => {
    double.faults.delayAppends(200);
    const before = performance.now();
    await send();
    expect(performance.now() - before).toBeGreaterThanOrEqual(195);
  });

  it('fails with the address of the leader', async () => {
    double.faults.notLeader();
    expect(await captureError(send())).toMatchObject({
      type: 'not-leader',
      leader: { address: '127.0.0.1', port: double.leader!.port },
    });
    await send();
    expect(countRecorded('a/1')).toBe(1);
  });
});

describe('unary append', () => {
  it('gets no response, recorded or not', async () => {
    const send = () => client.appendToStream('a/1', createEvents(1), { credentials, deadline: 300 });
    double.faults.muteBeforeAppend();
    expect(await captureError(send())).toMatchObject({ type: 'deadline-exceeded' });
    expect(countRecorded('a/1')).toBe(0);
    double.faults.muteAfterAppend();
    expect(await captureError(send())).toMatchObject({ type: 'deadline-exceeded' });
    expect(countRecorded('a/1')).toBe(1);
  });

  it('is not recorded when the client cancels it while it is held', async () => {
    const release = double.faults.holdAppends();
    const sent = client.appendToStream('a/1', createEvents(1), { credentials, deadline: 200 });
    expect(await captureError(sent)).toMatchObject({ type: 'deadline-exceeded' });
    await collectEvents(client.readAll()); // arrives after the cancellation of the append
    release();
    await client.appendToStream('a/2', createEvents(1), { credentials });
    expect([countRecorded('a/1'), countRecorded('a/2')]).toEqual([0, 1]);
  });
});

describe('a server that is not available', () => {
  it('refuses all calls until it is available', async () => {
    await client.appendToStream('a/1', createEvents(1), { credentials });
    double.faults.unavailable();
    const calls = [
      client.appendToStream('a/1', createEvents(1), { credentials }),
      collectEvents(client.readStream('a/1')),
      createClient(double.connectionString).appendToStream('a/1', createEvents(1)),
    ];
    for (const call of calls) expect((await captureError(call)).message).toContain('UNAVAILABLE');
    double.faults.available();
    await client.appendToStream('a/1', createEvents(1), { credentials });
    expect(await collectEvents(client.readStream('a/1'))).toHaveLength(2);
  });

  it('comes back on the same port with all recorded events', async () => {
    await client.appendToStream('a/1', createEvents(3), { credentials });
    const { connectionString } = double;
    const received = new SubscriptionRecorder(client.subscribeToAll({ fromPosition: 'end' }));
    await received.waitFor('caught up');
    await double.stop();
    expect(await received.waitForError()).toMatchObject({ type: 'unavailable' });
    const gone = client.appendToStream('a/1', createEvents(1), { credentials });
    expect(await captureError(gone)).toMatchObject({ type: 'unavailable' });
    await double.start();
    expect(double.connectionString).toBe(connectionString);
    await client.appendToStream('a/1', createEvents(1), { expectedRevision: 2n, credentials });
    expect(await collectEvents(client.readStream('a/1'))).toHaveLength(4);
  });

  it('forgets ids of appends at any revision when it restarts, but not at an expected one', async () => {
    const events = createEvents(1);
    const send = (expectedRevision: 'any' | 'no_stream') =>
      client.appendToStream('a/1', events, { expectedRevision, credentials });
    await send('no_stream');
    await send('any');
    await double.stop();
    await double.start();
    await captureError(send('no_stream')); // on the closed connection
    await send('no_stream');
    expect(countRecorded('a/1')).toBe(1);
    await send('any');
    expect(countRecorded('a/1')).toBe(2);
  });
});

describe('a subscription', () => {
  const subscribe = (
    options: Parameters<EventStoreDBClient['subscribeToAll']>[0] = {},
  ): SubscriptionRecorder =>
    new SubscriptionRecorder(
      client.subscribeToAll({ filter: streamNameFilter({ prefixes: ['a/'] }), ...options }),
    );

  it('is cut in the middle, and a new one continues behind its last event', async () => {
    await client.appendToStream('a/1', createEvents(10), { credentials });
    double.faults.disconnectAfterEvents(4);
    const received = subscribe();
    expect(await received.waitForError()).toMatchObject({ type: 'unavailable' });
    expect(received.events).toHaveLength(4);
    const fromPosition = received.events.at(-1)!.position!;
    const rest = subscribe({ fromPosition });
    await rest.waitFor('caught up');
    expect(getRevisions(rest.events)).toEqual([4, 5, 6, 7, 8, 9]);
  });

  it('is cut with an append on the same connection, which clients of one process share', async () => {
    const received = subscribe();
    await received.waitFor('caught up');
    double.faults.dropAfterAppend();
    const other = createClient(double.connectionString);
    await captureError(other.appendToStream('b/1', createEvents(1), { credentials }));
    expect(await received.waitForError()).toMatchObject({ type: 'unavailable' });
  });

  it('is cut together with all others', async () => {
    const both = [
      subscribe(),
      new SubscriptionRecorder(createClient(double.connectionString).subscribeToAll()),
    ];
    for (const received of both) await received.waitFor('caught up');
    double.disconnect();
    for (const received of both) expect(await received.waitForError()).toMatchObject({ type: 'unavailable' });
  });

  it('delivers nothing while it is held', async () => {
    const received = subscribe();
    await received.waitFor('caught up');
    const release = double.faults.holdSubscriptions();
    await client.appendToStream('a/1', createEvents(2), { credentials });
    expect(await collectEvents(client.readStream('a/1'))).toHaveLength(2);
    expect(received.events).toEqual([]);
    release();
    await received.waitFor('1@1');
  });
});
