// A double of several nodes, and how a client discovers the leader.
import type { EventStoreDBClient } from '@eventstore/db-client';
import { KurrentDbDouble } from '../support/kurrentdb/kurrentdb-double.js';
import { credentials } from '../support/kurrentdb/test-kurrentdb.js';
import type { DoubleNode } from '../support/kurrentdb/double-node.js';
import { createProposedEvent } from '../support/kurrentdb/transaction-log.js';
import {
  createClient,
  disposeClients,
  createEvents,
  SubscriptionRecorder,
  collectEvents,
  captureError,
} from './support/clients.js';

let double: KurrentDbDouble;
let first: DoubleNode;
let second: DoubleNode;
let third: DoubleNode;

beforeEach(async () => {
  double = await KurrentDbDouble.start({ nodes: 3 });
  [first, second, third] = double.nodes as [DoubleNode, DoubleNode, DoubleNode];
});
afterEach(async () => {
  await disposeClients();
  await double.stop();
});

const send = (client: EventStoreDBClient, stream: string) =>
  client.appendToStream(stream, createEvents(1), { credentials, requiresLeader: true });
/** The node that the client is connected to: only the leader accepts this call. */
const reachesLeader = (client: EventStoreDBClient): Promise<boolean> =>
  send(client, 'a/1').then(
    () => true,
    () => false,
  );

it('a client that knows all nodes finds the leader', async () => {
  for (const node of [first, second, third]) {
    double.elect(node);
    expect(await reachesLeader(createClient(double.connectionString))).toBe(true);
  }
});

it('all nodes have the same log', async () => {
  for (const { connectionString } of double.nodes)
    await createClient(connectionString).appendToStream('a/1', createEvents(1), { credentials });
  for (const { connectionString } of double.nodes)
    expect(await collectEvents(createClient(connectionString).readStream('a/1'))).toHaveLength(3);
});

it('a follower names the leader, and the client reconnects there', async () => {
  const client = createClient(double.connectionString);
  expect(await reachesLeader(client)).toBe(true);
  double.elect(second);
  expect(await captureError(send(client, 'a/1'))).toMatchObject({
    type: 'not-leader',
    leader: { address: second.host, port: second.port },
  });
  expect(await reachesLeader(client)).toBe(true);
  const reading = collectEvents(createClient(third.connectionString).readAll({ requiresLeader: true }));
  expect(await captureError(reading)).toMatchObject({ type: 'not-leader' });
});

it('another node leads with all recorded events when the leader is gone', async () => {
  const client = createClient(double.connectionString);
  await send(client, 'a/1');
  const received = new SubscriptionRecorder(client.subscribeToAll({ fromPosition: 'end' }));
  await received.waitFor('caught up');
  await double.leader!.stop();
  expect(await received.waitForError()).toMatchObject({ type: 'unavailable' });
  expect(double.leader).toBe(second);
  expect(await reachesLeader(client)).toBe(true);
  expect(await collectEvents(client.readStream('a/1'))).toHaveLength(2);
  await first.start();
  expect(double.leader).toBe(second);
});

it('stopping one node leaves the others running', async () => {
  const [cutOff, other] = [createClient(second.connectionString), createClient(third.connectionString)];
  await cutOff.appendToStream('a/1', createEvents(1), { credentials });
  await second.stop();
  expect(await captureError(cutOff.appendToStream('a/1', createEvents(1), { credentials }))).toMatchObject({
    type: 'unavailable',
  });
  await other.appendToStream('a/1', createEvents(1), { credentials });
  await second.start();
  await cutOff.appendToStream('a/1', createEvents(1), { credentials });
  expect(double.log.stream('a/1')).toHaveLength(3);
});

it('a connection that is cut leaves those to other nodes open', async () => {
  const received = new SubscriptionRecorder(
    createClient(second.connectionString).subscribeToAll({ fromPosition: 'end' }),
  );
  await received.waitFor('caught up');
  double.faults.dropAfterAppend();
  const cut = createClient(third.connectionString).appendToStream('a/1', createEvents(1), { credentials });
  expect(await captureError(cut)).toMatchObject({ type: 'unavailable' });
  await received.waitFor('1@0');
  expect(received.error).toBeNull();
});

it('a fault or a delay can be limited to one node', async () => {
  const slow = new SubscriptionRecorder(
    createClient(second.connectionString).subscribeToAll({ fromPosition: 'end' }),
  );
  const fast = new SubscriptionRecorder(
    createClient(third.connectionString).subscribeToAll({ fromPosition: 'end' }),
  );
  for (const received of [slow, fast]) await received.waitFor('caught up');
  const release = double.faults.holdSubscriptions((at) => at === second);
  double.faults.timeoutBeforeAppend(1, (_, at) => at === third);
  await createClient(second.connectionString).appendToStream('a/1', createEvents(1), { credentials });
  const refused = createClient(third.connectionString).appendToStream('a/1', createEvents(1), {
    credentials,
  });
  expect(await captureError(refused)).toMatchObject({ type: 'timeout' });
  await fast.waitFor('1@0');
  expect(slow.events).toEqual([]);
  release();
  await slow.waitFor('1@0');
});

it('without a majority nothing is recorded, and reads go on', async () => {
  const client = createClient(third.connectionString);
  await client.appendToStream('a/1', createEvents(1), { credentials });
  await first.stop();
  await second.stop();
  expect(double.leader).toBeUndefined();
  const refused = await captureError(client.appendToStream('a/1', createEvents(1), { credentials }));
  expect(refused).toMatchObject({ type: 'unavailable', message: expect.stringContaining('Not Ready') });
  expect(await collectEvents(createClient(third.connectionString).readStream('a/1'))).toHaveLength(1);
  await first.start();
  await createClient(third.connectionString).appendToStream('a/1', createEvents(1), { credentials });
});

it('a node that is cut off from the others serves what it had, names no leader, and forwards nothing', async () => {
  const single = createClient(first.connectionString);
  await send(single, 'a/1');
  const heal = first.isolate();
  double.log.append('a/1', 'any', [createProposedEvent('Said', {})]);
  expect(await collectEvents(createClient(first.connectionString).readStream('a/1'))).toHaveLength(1);
  const forwarded = createClient(first.connectionString).appendToStream('a/1', createEvents(1), {
    credentials,
  });
  expect(await captureError(forwarded)).toMatchObject({
    type: 'timeout',
    message: expect.stringContaining('Forwarding timeout'),
  });
  expect(
    await captureError(
      collectEvents(createClient(first.connectionString).readStream('a/1', { requiresLeader: true })),
    ),
  ).toMatchObject({ type: 'unavailable', message: expect.stringContaining('Server Is Not Ready') });
  expect(await reachesLeader(createClient(double.connectionString))).toBe(true);
  heal();
  expect(
    (await collectEvents(createClient(first.connectionString).readStream('a/1'))).length,
  ).toBeGreaterThan(1);
});

it('a frozen node answers nothing until it is thawed, and the others elect a leader', async () => {
  const client = createClient(first.connectionString);
  await send(client, 'a/1');
  const thaw = first.freeze();
  expect(double.leader).not.toBe(first);
  let isAnswered = false;
  const read = collectEvents(client.readStream('a/1')).then(() => (isAnswered = true));
  expect(await reachesLeader(createClient(second.connectionString))).toBe(true);
  expect(isAnswered).toBe(false);
  thaw();
  expect(await read).toBe(true);
});

it('without a leader no node serves a read that requires one', async () => {
  await first.stop();
  await second.stop();
  const read = createClient(third.connectionString).readStream('a/1', { requiresLeader: true });
  expect(await captureError(collectEvents(read))).toMatchObject({ type: 'unavailable' });
});

it('a client discovers the leader although a node that is cut off believes itself alone', async () => {
  const heal = first.isolate();
  for (let attempt = 0; attempt < 4; attempt++)
    expect(await reachesLeader(createClient(double.connectionString))).toBe(true);
  heal();
});
