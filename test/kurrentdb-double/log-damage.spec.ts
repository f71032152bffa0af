// Damage by an operator or a broken server: a test can inject it, and a client observes it.
import { type EventStoreDBClient, streamNameFilter } from '@eventstore/db-client';
import { KurrentDbDouble } from '../support/kurrentdb/kurrentdb-double.js';
import { credentials } from '../support/kurrentdb/test-kurrentdb.js';
import { type LogBackup, createProposedEvent } from '../support/kurrentdb/transaction-log.js';
import {
  createClient,
  disposeClients,
  createEvents,
  SubscriptionRecorder,
  collectEvents,
  captureError,
  getRevisions,
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

const append = (stream: string, count: number) =>
  client.appendToStream(stream, createEvents(count), { credentials });
/** Retries, because the first calls may still use the connection that is gone. */
async function restoreBackup(backup: LogBackup): Promise<void> {
  await double.restore(backup);
  const isBack = (): Promise<boolean> =>
    collectEvents(client.readAll({ maxCount: 1 })).then(
      () => true,
      () => false,
    );
  while (!(await isBack()));
}
const createFilter = () => streamNameFilter({ prefixes: ['a/'] });
const subscribe = async (): Promise<SubscriptionRecorder> => {
  const received = new SubscriptionRecorder(client.subscribeToAll({ filter: createFilter() }));
  await received.waitFor('caught up');
  return received;
};

it('an event of another client is delivered unchanged', async () => {
  double.log.append('a/1', 'any', [createProposedEvent('Foreign', { x: 1 }, 'not ours')]);
  const { events } = await subscribe();
  expect(events[0]).toMatchObject({ type: 'Foreign', data: { x: 1 }, metadata: 'not ours' });
});

it('a tombstone is delivered with the largest revision', async () => {
  await append('a/1', 2);
  await client.tombstoneStream('a/1');
  const { events } = await subscribe();
  expect(events.at(-1)).toMatchObject({ type: '$streamDeleted', revision: 9_223_372_036_854_775_807n });
});

it('deleted and truncated events are delivered until a scavenge', async () => {
  await append('a/1', 3);
  await append('a/2', 4);
  await append('a/3', 2);
  await client.deleteStream('a/1');
  await client.setStreamMetadata('a/2', { truncateBefore: 2 });
  await client.tombstoneStream('a/3');
  expect((await subscribe()).events).toHaveLength(10);
  double.log.scavenge();
  expect((await subscribe()).transcript.slice(1, -1)).toEqual(['1@2', '2@2', '2@3', '3@9223372036854775807']);
  expect(getRevisions(await collectEvents(client.readStream('a/2')))).toEqual([2, 3]);
});

it('a read from a position that a scavenge removed is accepted', async () => {
  await append('a/1', 3);
  const [gone] = double.log.stream('a/1')!;
  await client.setStreamMetadata('a/1', { truncateBefore: 2 });
  double.log.scavenge();
  const fromPosition = { commit: gone!.position, prepare: gone!.position };
  const [found] = await collectEvents(client.readAll({ fromPosition, maxCount: 1 }));
  expect(found!.position!.commit).toBeGreaterThan(gone!.position);
});

it('a restored backup lacks the last events, and reuses their positions', async () => {
  await append('a/1', 1);
  const backup = double.log.backup();
  const { position } = await append('a/1', 2);
  await restoreBackup(backup);
  expect(await collectEvents(client.readAll({ fromPosition: position! }))).toEqual([]);
  expect(getRevisions(await collectEvents(client.readStream('a/1')))).toEqual([0]);

  // Records of other sizes: the old position is inside a record.
  await client.appendToStream(
    'a/2',
    { ...createEvents(1)[0]!, data: { text: 'x'.repeat(1000) } },
    { credentials },
  );
  const refused = await captureError(collectEvents(client.readAll({ fromPosition: position! })));
  expect(refused.message).toContain('invalid position');
  const received = new SubscriptionRecorder(
    client.subscribeToAll({ fromPosition: position!, filter: createFilter() }),
  );
  expect((await received.waitForError()).message).toContain('invalid position');

  // Records of the same sizes: another event has the old position.
  await restoreBackup(backup);
  const again = await append('a/1', 2);
  expect(again.position).toEqual(position);
});

it('an event is replaced by another one', async () => {
  await append('a/1', 2);
  const [event] = double.log.stream('a/1')!;
  double.log.replace(event!, { id: '00000000-0000-4000-8000-000000000000' });
  const [found] = await collectEvents(client.readStream('a/1'));
  expect(found).toMatchObject({ id: '00000000-0000-4000-8000-000000000000', revision: 0n });
  expect(found!.position!.commit).toBe(event!.position);
});

it('a subscription skips events, repeats them, or delivers them with other positions', async () => {
  await append('a/1', 4);
  double.faults.replaceDeliveries((event) => {
    if (event.revision === 1n) return [];
    return event.revision === 2n ? [event, event] : [{ ...event, position: event.position - 1n }];
  });
  const { transcript, events } = await subscribe();
  expect(transcript.slice(1, -1)).toEqual(['1@0', '1@2', '1@2', '1@3']);
  expect(events[0]!.position!.commit).toBe(double.log.stream('a/1')![0]!.position - 1n);
});
