// A double of several nodes, as a client finds its way among them.
import type { EventStoreDBClient } from '@eventstore/db-client';
import { KurrentDbDouble } from '../support/kurrentdb/kurrentdb-double.js';
import { credentials } from '../support/kurrentdb/test-kurrentdb.js';
import type { DoubleNode } from '../support/kurrentdb/double-node.js';
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
/** Whom the client speaks to: only the leader takes this. */
const reachesLeader = (client: EventStoreDBClient): Promise<boolean> =>
  send(client, 'a/1').then(
    () => true,
    () => false,
  );

it('a client that knows all nodes finds the one that leads', async () => {
  for (const node of [first, second, third]) {
    double.elect(node);
    expect(await reachesLeader(createClient(double.connectionString))).toBe(true);
  }
});

it('all nodes have one log', async () => {
  for (const { connectionString } of double.nodes)
    await createClient(connectionString).appendToStream('a/1', createEvents(1), { credentials });
  for (const { connectionString } of double.nodes)
    expect(await collectEvents(createClient(connectionString).readStream('a/1'))).toHaveLength(3);
});

it('a node that does not lead says who does, and the client goes there', async () => {
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

it('when the node that leads is gone another one does, and what was recorded is there', async () => {
  const client = createClient(double.connectionString);
  await send(client, 'a/1');
  const heard = new SubscriptionRecorder(client.subscribeToAll({ fromPosition: 'end' }));
  await heard.waitFor('caught up');
  await double.leader!.stop();
  expect(await heard.waitForError()).toMatchObject({ type: 'unavailable' });
  expect(double.leader).toBe(second);
  expect(await reachesLeader(client)).toBe(true);
  expect(await collectEvents(client.readStream('a/1'))).toHaveLength(2);
  await first.start();
  expect(double.leader).toBe(second);
});

it('cutting one node off leaves the others', async () => {
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

it('a connection that is cut leaves those to other nodes', async () => {
  const heard = new SubscriptionRecorder(
    createClient(second.connectionString).subscribeToAll({ fromPosition: 'end' }),
  );
  await heard.waitFor('caught up');
  double.faults.dropAfterAppend();
  const cut = createClient(third.connectionString).appendToStream('a/1', createEvents(1), { credentials });
  expect(await captureError(cut)).toMatchObject({ type: 'unavailable' });
  await heard.waitFor('1@0');
  expect(heard.error).toBeNull();
});

it('a fault, or a wait, can be meant for one node', async () => {
  const slow = new SubscriptionRecorder(
    createClient(second.connectionString).subscribeToAll({ fromPosition: 'end' }),
  );
  const fast = new SubscriptionRecorder(
    createClient(third.connectionString).subscribeToAll({ fromPosition: 'end' }),
  );
  for (const heard of [slow, fast]) await heard.waitFor('caught up');
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

it('without a majority nothing is recorded, and what there is can be read', async () => {
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
