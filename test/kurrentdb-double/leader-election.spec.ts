// A double of several nodes, as a client finds its way among them.
import type { EventStoreDBClient } from '@eventstore/db-client';
import { KurrentDouble } from '../support/kurrentdb/kurrentdb-double.js';
import { credentials } from '../support/kurrentdb/test-kurrentdb.js';
import type { Node } from '../support/kurrentdb/double-node.js';
import { clientOf, disposeClients, facts, Heard, read, refusal } from './support/clients.js';

let double: KurrentDouble;
let first: Node;
let second: Node;
let third: Node;

beforeEach(async () => {
  double = await KurrentDouble.start({ nodes: 3 });
  [first, second, third] = double.nodes as [Node, Node, Node];
});
afterEach(async () => {
  await disposeClients();
  await double.stop();
});

const send = (client: EventStoreDBClient, stream: string) =>
  client.appendToStream(stream, facts(1), { credentials, requiresLeader: true });
/** Whom the client speaks to: only the leader takes this. */
const reachesLeader = (client: EventStoreDBClient): Promise<boolean> =>
  send(client, 'a/1').then(
    () => true,
    () => false,
  );

it('a client that knows all nodes finds the one that leads', async () => {
  for (const node of [first, second, third]) {
    double.elect(node);
    expect(await reachesLeader(clientOf(double.connectionString))).toBe(true);
  }
});

it('all nodes have one log', async () => {
  for (const { connectionString } of double.nodes)
    await clientOf(connectionString).appendToStream('a/1', facts(1), { credentials });
  for (const { connectionString } of double.nodes)
    expect(await read(clientOf(connectionString).readStream('a/1'))).toHaveLength(3);
});

it('a node that does not lead says who does, and the client goes there', async () => {
  const client = clientOf(double.connectionString);
  expect(await reachesLeader(client)).toBe(true);
  double.elect(second);
  expect(await refusal(send(client, 'a/1'))).toMatchObject({
    type: 'not-leader',
    leader: { address: second.host, port: second.port },
  });
  expect(await reachesLeader(client)).toBe(true);
  const reading = read(clientOf(third.connectionString).readAll({ requiresLeader: true }));
  expect(await refusal(reading)).toMatchObject({ type: 'not-leader' });
});

it('when the node that leads is gone another one does, and what was recorded is there', async () => {
  const client = clientOf(double.connectionString);
  await send(client, 'a/1');
  const heard = new Heard(client.subscribeToAll({ fromPosition: 'end' }));
  await heard.until('caught up');
  await double.leader!.stop();
  expect(await heard.untilError()).toMatchObject({ type: 'unavailable' });
  expect(double.leader).toBe(second);
  expect(await reachesLeader(client)).toBe(true);
  expect(await read(client.readStream('a/1'))).toHaveLength(2);
  await first.start();
  expect(double.leader).toBe(second);
});

it('cutting one node off leaves the others', async () => {
  const [cutOff, other] = [clientOf(second.connectionString), clientOf(third.connectionString)];
  await cutOff.appendToStream('a/1', facts(1), { credentials });
  await second.stop();
  expect(await refusal(cutOff.appendToStream('a/1', facts(1), { credentials }))).toMatchObject({
    type: 'unavailable',
  });
  await other.appendToStream('a/1', facts(1), { credentials });
  await second.start();
  await cutOff.appendToStream('a/1', facts(1), { credentials });
  expect(double.log.stream('a/1')).toHaveLength(3);
});

it('a connection that is cut leaves those to other nodes', async () => {
  const heard = new Heard(clientOf(second.connectionString).subscribeToAll({ fromPosition: 'end' }));
  await heard.until('caught up');
  double.faults.dropAfterAppend();
  const cut = clientOf(third.connectionString).appendToStream('a/1', facts(1), { credentials });
  expect(await refusal(cut)).toMatchObject({ type: 'unavailable' });
  await heard.until('1@0');
  expect(heard.error).toBeNull();
});

it('a fault, or a wait, can be meant for one node', async () => {
  const slow = new Heard(clientOf(second.connectionString).subscribeToAll({ fromPosition: 'end' }));
  const fast = new Heard(clientOf(third.connectionString).subscribeToAll({ fromPosition: 'end' }));
  for (const heard of [slow, fast]) await heard.until('caught up');
  const release = double.faults.holdSubscriptions((at) => at === second);
  double.faults.timeoutBeforeAppend(1, (_, at) => at === third);
  await clientOf(second.connectionString).appendToStream('a/1', facts(1), { credentials });
  const refused = clientOf(third.connectionString).appendToStream('a/1', facts(1), { credentials });
  expect(await refusal(refused)).toMatchObject({ type: 'timeout' });
  await fast.until('1@0');
  expect(slow.events).toEqual([]);
  release();
  await slow.until('1@0');
});

it('without a majority nothing is recorded, and what there is can be read', async () => {
  const client = clientOf(third.connectionString);
  await client.appendToStream('a/1', facts(1), { credentials });
  await first.stop();
  await second.stop();
  expect(double.leader).toBeUndefined();
  const refused = await refusal(client.appendToStream('a/1', facts(1), { credentials }));
  expect(refused).toMatchObject({ type: 'unavailable', message: expect.stringContaining('Not Ready') });
  expect(await read(clientOf(third.connectionString).readStream('a/1'))).toHaveLength(1);
  await first.start();
  await clientOf(third.connectionString).appendToStream('a/1', facts(1), { credentials });
});
