// Appends with all forms of the expected revision, and retries after an unknown outcome. Runs against a real server, too:
// the double does here what KurrentDB does.
import type { AppendExpectedRevision, EventStoreDBClient } from '@eventstore/db-client';
import {
  credentials,
  itWithDouble,
  type TestKurrentDb,
  startKurrentDb,
  addConnectionOption,
} from '../support/kurrentdb/test-kurrentdb.js';
import {
  createClient,
  disposeClients,
  type TestEvent,
  createEvent,
  createEvents,
  collectEvents,
  captureError,
  getRevisions,
  appendModes,
} from './support/clients.js';

let server: TestKurrentDb;
let client: EventStoreDBClient;
let streams = 0;

beforeAll(async () => {
  server = await startKurrentDb();
});
afterAll(() => server.stop());
beforeEach(() => {
  client = createClient(server.connectionString);
});
afterEach(disposeClients);

describe.each(appendModes)('%s', (_, way) => {
  let stream: string;
  beforeEach(() => {
    stream = `${server.prefix}/once-${++streams}`;
  });
  const send = (events: TestEvent[], expectedRevision: AppendExpectedRevision) =>
    client.appendToStream(stream, events, { expectedRevision, ...way });
  const recorded = async () => getRevisions(await collectEvents(client.readStream(stream)));

  it('records at the expected revision, and returns revision and position', async () => {
    const first = await send(createEvents(2), 'no_stream');
    expect(first).toMatchObject({ success: true, nextExpectedRevision: 1n });
    const second = await send(createEvents(1), 1n);
    expect(second).toMatchObject({ success: true, nextExpectedRevision: 2n });
    expect(second.position!.commit).toBeGreaterThan(first.position!.commit);
    await send(createEvents(1), 'stream_exists');
    await send(createEvents(1), 'any');
    const events = await collectEvents(client.readStream(stream));
    expect(getRevisions(events)).toEqual([0, 1, 2, 3, 4]);
    expect(events[1]!.position).toEqual(first.position);
    expect(events[2]!.position).toEqual(second.position);
  });

  it.each<[expected: AppendExpectedRevision, current: number, says: unknown, actual: unknown]>([
    ['no_stream', 2, 'no_stream', 1n],
    [0n, 2, 0n, 1n],
    [2n, 2, 2n, 1n],
    [0n, 0, 0n, 'no_stream'],
    ['stream_exists', 0, 'stream_exists', 'no_stream'],
  ])('refuses %s when the stream has %i events', async (expected, current, says, actual) => {
    if (current > 0) await send(createEvents(current), 'no_stream');
    expect(await captureError(send(createEvents(1), expected))).toMatchObject({
      type: 'wrong-expected-version',
      streamName: stream,
      expectedVersion: says,
      actualVersion: actual,
    });
    if (current > 0) expect(await recorded()).toHaveLength(current);
  });

  it.each<AppendExpectedRevision>(['no_stream', 'any'])(
    'answers the same events at %s again as the first time, and records nothing',
    async (expected) => {
      const events = createEvents(3);
      const first = await send(events, expected);
      await send(createEvents(1), 2n);
      expect(await send(events, expected)).toEqual(first);
      expect(await recorded()).toEqual([0, 1, 2, 3]);
    },
  );

  it('returns the first result for the same events at the same revision, and records nothing', async () => {
    await send(createEvents(2), 'no_stream');
    const events = createEvents(2);
    const first = await send(events, 1n);
    await send(createEvents(2), 3n);
    expect(await send(events, 1n)).toEqual(first);
    expect(await send(events.slice(0, 1), 1n)).toMatchObject({ success: true, nextExpectedRevision: 2n });
    expect(await recorded()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it.each<AppendExpectedRevision>(['no_stream', 'any', 'stream_exists'])(
    'refuses at %s an append of which only some events are known',
    async (expected) => {
      const events = createEvents(2);
      await send(events, 'no_stream');
      expect(await captureError(send([...events, createEvent()], expected))).toMatchObject({
        type: 'wrong-expected-version',
        actualVersion: 1n,
      });
      expect(await recorded()).toEqual([0, 1]);
    },
  );

  it('refuses the same events in another order, and at a revision of other events', async () => {
    const [one, other] = [createEvent(), createEvent()];
    await send([one, other], 'no_stream');
    expect(await captureError(send([other, one], 'no_stream'))).toMatchObject({
      type: 'wrong-expected-version',
    });
    expect(await captureError(send([one], 0n))).toMatchObject({ type: 'wrong-expected-version' });
  });

  it('records known events again when the revision expected is the last one', async () => {
    const events = createEvents(1);
    await send(events, 'no_stream');
    expect(await send(events, 0n)).toMatchObject({ nextExpectedRevision: 1n });
    expect(await recorded()).toEqual([0, 1]);
  });

  it('records the same ids in another stream', async () => {
    const events = createEvents(1);
    await send(events, 'any');
    stream = `${stream}-other`;
    await send(events, 'any');
    expect(await recorded()).toEqual([0]);
  });

  it('accepts only one of many appends at the same revision', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => send(createEvents(1), 'no_stream')),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await recorded()).toEqual([0]);
  });

  it('continues after a deletion, and never after a tombstone', async () => {
    await send(createEvents(2), 'no_stream');
    await client.deleteStream(stream, { expectedRevision: 1n });
    expect(await captureError(collectEvents(client.readStream(stream)))).toMatchObject({
      type: 'stream-not-found',
    });
    await send(createEvents(1), 'no_stream');
    expect(await recorded()).toEqual([2]);
    await client.tombstoneStream(stream);
    expect(await captureError(send(createEvents(1), 'any'))).toMatchObject({
      type: 'stream-deleted',
      streamName: stream,
    });
    expect(await captureError(collectEvents(client.readStream(stream)))).toMatchObject({
      type: 'stream-deleted',
    });
  });
});

describe('appends with throwOnAppendFailure=false', () => {
  it('return the current revision when the expected one is wrong', async () => {
    const quiet = createClient(addConnectionOption(server.connectionString, 'throwOnAppendFailure=false'));
    const stream = `${server.prefix}/quiet`;
    await quiet.appendToStream(stream, createEvents(3), { credentials });
    const wrong = await quiet.appendToStream(stream, createEvents(1), { expectedRevision: 0n, credentials });
    expect(wrong).toEqual({ success: false, nextExpectedRevision: 2n, position: undefined });
    const none = { expectedRevision: 0n, credentials };
    expect(await quiet.appendToStream(`${stream}-none`, createEvents(1), none)).toMatchObject({
      success: false,
      nextExpectedRevision: -1n,
    });
    // The driver's batch append returns 1, whatever the server has sent.
    expect(await quiet.appendToStream(stream, createEvents(1), { expectedRevision: 0n })).toMatchObject({
      success: false,
    });
  });
});

describe('sizes', () => {
  const large = (bytes: number): TestEvent => createEvent('Said', { text: 'x'.repeat(bytes) });

  itWithDouble('appends up to the maximum size are recorded, larger ones are refused', async () => {
    const small = await startKurrentDb({ maxAppendSize: 4096 });
    const other = createClient(small.connectionString);
    for (const [, way] of appendModes) {
      await other.appendToStream('a/1', [large(1900), large(1900)], way);
      const refused = await captureError(other.appendToStream('a/1', [large(2100), large(2100)], way));
      expect(refused).toMatchObject({ type: 'maximum-append-size-exceeded', maxAppendSize: 4096 });
    }
    await other.dispose();
    await small.stop();
  });

  it('reads an append of half a megabyte as it was written', async () => {
    const stream = `${server.prefix}/large`;
    const event = large(500_000);
    await client.appendToStream(stream, event);
    expect((await collectEvents(client.readStream(stream)))[0]).toMatchObject({
      id: event.id,
      data: event.data,
    });
  });
});
