// Reads of a stream and of $all, and subscriptions to both. Runs against a real server, too.
import {
  type EventStoreDBClient,
  eventTypeFilter,
  excludeSystemEvents,
  streamNameFilter,
} from '@eventstore/db-client';
import { credentials, type TestKurrentDb, startKurrentDb } from '../support/kurrentdb/test-kurrentdb.js';
import {
  createClient,
  disposeClients,
  createEvent,
  createEvents,
  SubscriptionRecorder,
  type LogPosition,
  collectEvents,
  captureError,
  getRevisions,
} from './support/clients.js';

let server: TestKurrentDb;
let client: EventStoreDBClient;
/** Unique to this test. */
let prefix: string;
let tests = 0;

beforeAll(async () => {
  server = await startKurrentDb();
});
afterAll(() => server.stop());
beforeEach(() => {
  client = createClient(server.connectionString);
  prefix = `${server.prefix}${++tests}/`;
});
afterEach(disposeClients);

const append = async (stream: string, count: number, type = 'Said'): Promise<LogPosition> => {
  const events = createEvents(count).map((event) => ({ ...event, type }));
  const { position } = await client.appendToStream(`${prefix}${stream}`, events, { credentials });
  return position!;
};
const formatEvents = (
  events: readonly { readonly streamId: string; readonly revision: bigint }[],
): string[] => events.map(({ streamId, revision }) => `${streamId.split('/').at(-1)}@${revision}`);
const formatOwnEvents = (
  events: readonly { readonly streamId: string; readonly revision: bigint }[],
): string[] => formatEvents(events.filter(({ streamId }) => streamId.startsWith(prefix)));

describe('an event', () => {
  it('is read as it was written, with the position and the time of its recording', async () => {
    const before = Date.now();
    const event = createEvent('Said', { text: 'Ünïcødé ✓', number: 1.5 });
    await client.appendToStream(`${prefix}a`, event);
    const [found] = await collectEvents(client.readStream(`${prefix}a`));
    expect(found).toMatchObject({
      streamId: `${prefix}a`,
      revision: 0n,
      isJson: true,
      id: event.id,
      type: 'Said',
      data: { text: 'Ünïcødé ✓', number: 1.5 },
      metadata: { salt: 'x' },
    });
    expect(found!.position!.commit).toBe(found!.position!.prepare);
    expect(Math.abs(found!.created.getTime() - before)).toBeLessThan(60_000);
  });
});

describe('reading a stream', () => {
  beforeEach(() => append('a', 6));
  const of = async (options: Parameters<EventStoreDBClient['readStream']>[1]): Promise<number[]> =>
    getRevisions(await collectEvents(client.readStream(`${prefix}a`, options)));

  it.each<[Parameters<EventStoreDBClient['readStream']>[1], number[]]>([
    [{}, [0, 1, 2, 3, 4, 5]],
    [{ maxCount: 2 }, [0, 1]],
    [{ fromRevision: 2n, maxCount: 3 }, [2, 3, 4]],
    [{ fromRevision: 6n }, []],
    [{ direction: 'backwards', fromRevision: 'end' }, [5, 4, 3, 2, 1, 0]],
    [{ direction: 'backwards', fromRevision: 'end', maxCount: 1 }, [5]],
    [{ direction: 'backwards', fromRevision: 2n, maxCount: 2 }, [2, 1]],
    [{ direction: 'backwards', fromRevision: 99n, maxCount: 1 }, [5]],
  ])('with %p', async (options, expected) => {
    expect(await of(options)).toEqual(expected);
  });

  it('reports a missing stream', async () => {
    expect(await captureError(collectEvents(client.readStream(`${prefix}none`)))).toMatchObject({
      type: 'stream-not-found',
      streamName: `${prefix}none`,
    });
  });

  it('omits events that the stream metadata truncates', async () => {
    await client.setStreamMetadata(`${prefix}a`, { maxCount: 2 });
    expect(await of({})).toEqual([4, 5]);
    await client.setStreamMetadata(`${prefix}a`, { truncateBefore: 3 });
    expect(await of({})).toEqual([3, 4, 5]);
  });
});

describe('reading $all', () => {
  it('returns all streams in the order of their positions, which strictly increase', async () => {
    const start = await append('a', 1);
    await append('b', 2);
    await append('a', 1);
    const events = await collectEvents(client.readAll({ fromPosition: start }));
    expect(formatOwnEvents(events)).toEqual(['a@0', 'b@0', 'b@1', 'a@1']);
    const positions = events.map(({ position }) => position!.commit);
    expect([...new Set(positions)].sort((one, other) => (one < other ? -1 : 1))).toEqual(positions);
  });

  it('begins forwards with the event at the position, and backwards with the one before it', async () => {
    await append('a', 1);
    const middle = await append('b', 1);
    await append('c', 1);
    const forwards = await collectEvents(client.readAll({ fromPosition: middle, maxCount: 1 }));
    expect(formatEvents(forwards)).toEqual(['b@0']);
    const backwards = await collectEvents(
      client.readAll({ direction: 'backwards', fromPosition: middle, maxCount: 20 }),
    );
    expect(formatOwnEvents(backwards)).toEqual(['a@0']);
    const last = await collectEvents(
      client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 20 }),
    );
    expect(formatOwnEvents(last)).toEqual(['c@0', 'b@0', 'a@0']);
  });

  it('includes the events of the server', async () => {
    const types = (await collectEvents(client.readAll({ maxCount: 500 }))).map(({ type }) => type);
    expect(types).toContainEqual(expect.stringMatching(/^\$/));
  });

  it('returns nothing after the end, and refuses a position inside a record', async () => {
    const { commit } = await append('a', 1);
    const beyond = { commit: commit + 1_000_000n, prepare: commit + 1_000_000n };
    expect(await collectEvents(client.readAll({ fromPosition: beyond }))).toEqual([]);
    const inside = { commit: commit + 3n, prepare: commit + 3n };
    await append('a', 1);
    const error = await captureError(collectEvents(client.readAll({ fromPosition: inside })));
    expect(error.message).toMatch(/invalid ?position/i); // the sentence differs between versions
  });
});

describe('a subscription to $all', () => {
  const subscribe = (options: Parameters<EventStoreDBClient['subscribeToAll']>[0]): SubscriptionRecorder =>
    new SubscriptionRecorder(client.subscribeToAll({ credentials, ...options }));

  it('confirms, delivers existing events, reports that it has caught up, and delivers new ones', async () => {
    await append('a', 2);
    const received = subscribe({ filter: streamNameFilter({ prefixes: [prefix] }) });
    await received.waitFor('caught up');
    await append('b', 1);
    await received.waitFor('b@0');
    expect(received.transcript).toEqual(['confirmation', 'a@0', 'a@1', 'caught up', 'b@0']);
  });

  it('continues after the position', async () => {
    const position = await append('a', 2);
    await append('b', 2);
    const received = subscribe({ fromPosition: position, filter: streamNameFilter({ prefixes: [prefix] }) });
    await received.waitFor('b@1');
    const live = subscribe({ fromPosition: 'end', filter: streamNameFilter({ prefixes: [prefix] }) });
    await live.waitFor('caught up');
    await append('c', 1);
    await live.waitFor('c@0');
    await received.waitFor('c@0');
    expect(received.transcript).toEqual(['confirmation', 'b@0', 'b@1', 'caught up', 'c@0']);
    expect(live.transcript).toEqual(['confirmation', 'caught up', 'c@0']);
  });

  it('delivers nothing before a position that the log does not have yet', async () => {
    const { commit } = await append('a', 1);
    const received = subscribe({
      fromPosition: { commit: commit + 2_000_000n, prepare: commit + 2_000_000n },
      filter: streamNameFilter({ prefixes: [prefix] }),
    });
    await received.waitFor('caught up');
    const other = subscribe({ filter: streamNameFilter({ prefixes: [prefix] }) });
    await append('b', 1);
    await other.waitFor('b@0');
    expect(received.events).toEqual([]);
  });

  it.each([
    [
      'prefixes of streams',
      () => streamNameFilter({ prefixes: [`${prefix}a`, `${prefix}c`] }),
      ['a@0', 'c@0'],
    ],
    [
      'a regular expression for streams',
      () => streamNameFilter({ regex: `^${prefix}[bc]$` }),
      ['b@0', 'c@0'],
    ],
    ['prefixes of types', () => eventTypeFilter({ prefixes: [`B${tests}`] }), ['b@0']],
    ['a regular expression for types', () => eventTypeFilter({ regex: `^[AC]${tests}$` }), ['a@0', 'c@0']],
  ])('delivers only events that match %s', async (_, filter, expected) => {
    const before = (
      await collectEvents(client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 }))
    )[0]!;
    await append('a', 1, `A${tests}`);
    await append('b', 1, `B${tests}`);
    await append('c', 1, `C${tests}`);
    const received = subscribe({ fromPosition: before.position!, filter: filter() });
    await received.waitFor('caught up');
    expect(received.transcript).toEqual(['confirmation', ...expected, 'caught up']);
  });

  it('omits a stream whose name contains the prefix elsewhere', async () => {
    const name = prefix.slice(0, -1);
    for (const stream of [`x${prefix}a`, `${name}-b/${prefix}a`, `${name}0/a`])
      await client.appendToStream(stream, createEvents(1), { credentials });
    await append('z', 1);
    const received = subscribe({ filter: streamNameFilter({ prefixes: [prefix] }) });
    await received.waitFor('caught up');
    expect(received.transcript).toEqual(['confirmation', 'z@0', 'caught up']);
  });

  it('omits the events of the server when they are excluded', async () => {
    await append('a', 9);
    const received = subscribe({ filter: excludeSystemEvents() });
    await received.waitFor('a@8');
    expect(received.events.filter(({ type }) => type.startsWith('$'))).toEqual([]);
  });

  it('sends checkpoints, also while no event matches', async () => {
    const checkpoints: LogPosition[] = [];
    const begin = await append('y', 1);
    for (let index = 0; index < 10; index += 1) await append(`a-${index}`, 10);
    const received = subscribe({
      filter: streamNameFilter({
        prefixes: [`${prefix}nothing`],
        maxSearchWindow: 8,
        checkpointInterval: 2,
        checkpointReached: (_, position) => {
          checkpoints.push(position);
        },
      }),
    });
    await received.waitFor('caught up');
    expect(received.events).toEqual([]);
    expect(checkpoints.length).toBeGreaterThanOrEqual(5);
    // The last one before 'caught up' lies at the end in some versions and before it in others.
    expect(checkpoints.at(-1)!.commit).toBeGreaterThan(begin.commit);
    const sorted = checkpoints.toSorted((one, other) => (one.commit < other.commit ? -1 : 1));
    expect(checkpoints).toEqual(sorted);
  });

  it('delivers all events in order to a slow reader', async () => {
    for (let index = 0; index < 20; index += 1) await append('a', 100);
    const subscription = client.subscribeToAll(
      { filter: streamNameFilter({ prefixes: [prefix] }) },
      { highWaterMark: 1 },
    );
    const seen: number[] = [];
    for await (const { event } of subscription) {
      seen.push(Number(event!.revision));
      if (seen.length % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      if (seen.length === 2000) break;
    }
    expect(seen).toEqual(Array.from({ length: 2000 }, (_, index) => index));
  });
});

describe('a subscription to a stream', () => {
  it('delivers existing and new events after the revision', async () => {
    await append('a', 3);
    const all = new SubscriptionRecorder(client.subscribeToStream(`${prefix}a`));
    const later = new SubscriptionRecorder(client.subscribeToStream(`${prefix}a`, { fromRevision: 1n }));
    const live = new SubscriptionRecorder(client.subscribeToStream(`${prefix}a`, { fromRevision: 'end' }));
    await live.waitFor('caught up');
    await append('b', 1);
    await append('a', 1);
    for (const received of [all, later, live]) await received.waitFor('a@3');
    expect(all.transcript).toEqual(['confirmation', 'a@0', 'a@1', 'a@2', 'caught up', 'a@3']);
    expect(later.transcript).toEqual(['confirmation', 'a@2', 'caught up', 'a@3']);
    expect(live.transcript).toEqual(['confirmation', 'caught up', 'a@3']);
  });

  it('waits for a stream that does not exist yet, and ends with its tombstone', async () => {
    const received = new SubscriptionRecorder(client.subscribeToStream(`${prefix}a`));
    await received.waitFor('caught up');
    await append('a', 1);
    await received.waitFor('a@0');
    await client.tombstoneStream(`${prefix}a`);
    expect(await received.waitForError()).toMatchObject({ type: 'stream-deleted' });
  });
});
