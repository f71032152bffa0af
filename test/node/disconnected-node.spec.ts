// One node of several loses its connection to the cluster; the other nodes and the cluster go on.
import { jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { cstoCommands } from '../support/csto-commands.js';
import { countEvents, readEndOfLog } from '../support/kurrentdb/other-client.js';
import {
  addConnectionOption,
  type BreakableLine,
  openBreakableLine,
  startKurrentDb,
  type TestKurrentDb,
} from '../support/kurrentdb/test-kurrentdb.js';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import { waitUntil } from '../support/wait-until.js';

let cluster: TestKurrentDb;
let line: BreakableLine;
let other: TestServer;
let node: TestServer;
const startNode = (connection: string): Promise<TestServer> =>
  startTestServer({ LEDGER: connection, LEDGER_PREFIX: cluster.prefix, LOG_LEVEL: 'fatal' });
beforeAll(async () => {
  cluster = await startKurrentDb();
  line = await openBreakableLine(cluster.connectionString);
  other = await startNode(cluster.connectionString);
  // By default the driver notices it after 20 seconds. It warns of a value this small.
  jest.spyOn(console, 'warn').mockReturnValue();
  node = await startNode(
    addConnectionOption(line.connectionString, 'keepAliveInterval=300&keepAliveTimeout=300'),
  );
  await other.recordCommands(...cstoCommands);
});
afterAll(async () => {
  await cleanUp();
  await line.proxy.close();
  await cluster.stop();
  jest.restoreAllMocks();
});

const createOrganizationCommand = (id: string) =>
  ['register-organization', { organization: id, name: id, classification: 'state' }] as const;
const waitForConnectionState = async (condition: string): Promise<void> => {
  while ((await node.get('/health/ready')).json.cluster !== condition) await sleep(10);
};

const disconnections = [
  ['because its connection broke and no new one can be made', 'broken', () => line.proxy.disconnect()],
  ['because its open connection transfers nothing', 'stalled', () => line.proxy.stall()],
] as const;
describe.each(disconnections)('a node that is cut off %s', (_, name, cutOff) => {
  it('serves reads, refuses commands, and has all entries when it reconnects by itself', async () => {
    await waitForConnectionState('live');
    cutOff();
    await waitForConnectionState('cut-off');
    const meanwhile = await other.recordCommands(createOrganizationCommand(`meanwhile-${name}`));

    const refused = await node.sendCommand(...createOrganizationCommand(`refused-${name}`));
    expect([refused.status, refused.json.code, refused.headers.get('retry-after')]).toEqual([
      503,
      'cut-off',
      '5',
    ]);
    expect((await node.get('/organizations/csto/members?on=2010-01-01')).status).toBe(200);
    expect((await node.get(`/organizations/meanwhile-${name}`)).status).toBe(404);

    line.proxy.restore();
    await waitForConnectionState('live');
    const after = { 'ledger-entry': String(meanwhile) };
    expect((await node.get(`/organizations/meanwhile-${name}`, after)).status).toBe(200);
    const entry = await node.recordCommands(createOrganizationCommand(`refused-${name}`));
    expect(entry).toBe(meanwhile + 1);
    const roots = [other, node].map((each) => each.get(`/organizations/refused-${name}?asOf=${entry}`));
    const [one, another] = (await Promise.all(roots)).map(({ text, headers }) => [text, headers.get('ledger-root')]); // prettier-ignore
    expect(another).toEqual(one);
  });

  it('knows the outcome of a command that was in flight', async () => {
    const id = `in-flight-${name}`;
    await waitForConnectionState('live');
    const posting = { headers: { 'idempotency-key': id } };
    const begin = await readEndOfLog(cluster.connectionString);
    line.proxy.stall('responses');
    const sent = node.sendCommand(...createOrganizationCommand(id), posting);
    const stream = `${cluster.prefix}/organization-${id}`;
    await waitUntil(async () => (await countEvents(cluster.connectionString, stream, begin)) === 1);
    cutOff();
    await waitForConnectionState('cut-off');
    line.proxy.restore();
    expect((await sent).status).toBe(201);
    const again = await node.sendCommand(...createOrganizationCommand(id), posting);
    expect([again.status, again.json.entry]).toEqual([200, (await sent).json.entry]);
    expect(node.headEntry).toBe((await sent).json.entry);
  });
});
