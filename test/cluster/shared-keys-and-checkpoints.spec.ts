// Three nodes with HTTP over one cluster: API keys and checkpoints are the same on all of them.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NoteSigningKey } from '../../src/ledger/checkpoints/signed-note.js';
import { forgeEntry } from '../ledger/kurrentdb/support/node-cluster.js';
import {
  openBreakableLine,
  startKurrentDb,
  type TestKurrentDb,
} from '../support/kurrentdb/test-kurrentdb.js';
import { verifyCheckpointNote } from '../support/checkpoint-note-verifier.js';
import { type ProgramExit, runScript, stopAllPrograms } from '../support/child-program.js';
import {
  cleanUp,
  startTestServer,
  createTemporaryDirectory,
  type TestServer,
} from '../support/test-server.js';
import { waitUntil } from '../support/wait-until.js';

const key = NoteSigningKey.generate('example.org/book');
const keyFile = join(createTemporaryDirectory(), 'checkpoint.key');
writeFileSync(keyFile, key.secret);

let cluster: TestKurrentDb;
let settings: { LEDGER: string; LEDGER_PREFIX: string; CHECKPOINT_KEY_FILE: string };
let nodes: TestServer[];
beforeAll(async () => {
  cluster = await startKurrentDb();
  settings = {
    LEDGER: cluster.connectionString,
    LEDGER_PREFIX: cluster.prefix,
    CHECKPOINT_KEY_FILE: keyFile,
  };
  const first = await startTestServer(settings);
  const [second, third] = [
    await startTestServer(settings),
    await startTestServer({ ...settings, CHECKPOINT_KEY_FILE: '' }),
  ];
  nodes = [first, second, third];
});
afterAll(async () => {
  await stopAllPrograms();
  await cleanUp();
  await cluster.stop();
});

const registerSource = async (node: TestServer, source: string, apiKey: string): Promise<number> =>
  (await node.sendCommand('register-source', { source, title: 'A source' }, { apiKey })).status;
const runMinutebook = (...words: string[]): Promise<ProgramExit> =>
  runScript('cli/minutebook', words, { ...settings, DATA_DIR: '/nowhere' }).exit;

describe('an API key of a cluster', () => {
  it('is created by the first node and accepted by all', async () => {
    expect(nodes.map(({ directory }) => existsSync(join(directory, 'admin.key')))).toEqual([
      true,
      false,
      false,
    ]);
    for (const [n, node] of nodes.entries()) {
      await waitUntil(() => node.server.node.apiKeys.find(node.getKey()) !== undefined);
      expect(await registerSource(node, `admin-${n}`, node.getKey())).toBe(201);
    }
  });

  it('is accepted by all nodes when one has added it, until another one revokes it', async () => {
    const [one, two, three] = nodes as [TestServer, TestServer, TestServer];
    const secret = await one.server.node.apiKeys.add('clerk', 'recorder');
    await waitUntil(() => [two, three].every(({ server }) => server.node.apiKeys.find(secret)));
    expect(await registerSource(three, 'clerk-1', secret)).toBe(201);
    await two.server.node.apiKeys.revoke('clerk');
    expect(await registerSource(two, 'clerk-2', secret)).toBe(401);
    await waitUntil(() => [one, three].every(({ server }) => server.node.apiKeys.find(secret) === undefined));
    expect(await registerSource(three, 'clerk-3', secret)).toBe(401);
  });

  it('is added, listed and revoked on all nodes by the command line', async () => {
    const { code, stdout, stderr } = await runMinutebook('keys', 'add', 'by hand', '--role', 'recorder');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const secret = stdout.trim();
    await waitUntil(() => nodes.every(({ server }) => server.node.apiKeys.find(secret)));
    expect((await runMinutebook('keys', 'list')).stdout).toMatch(
      /^admin\tadmin\t\S+\n(.*\n)*by hand\trecorder\t\S+\n$/,
    );
    expect(await runMinutebook('keys', 'add', 'by hand', '--role', 'reader')).toMatchObject({
      code: 1,
      stderr: 'There is or was a key named "by hand", and names are not used twice.\n',
    });
    expect(await runMinutebook('keys', 'revoke', 'by hand')).toEqual({ code: 0, stdout: '', stderr: '' });
    await waitUntil(() => nodes.every(({ server }) => server.node.apiKeys.find(secret) === undefined));
  });

  it('is refused by the command line if the cluster has no ledger', async () => {
    const environment = { ...settings, LEDGER_PREFIX: `${settings.LEDGER_PREFIX}x` };
    const { code, stderr } = await runScript('cli/minutebook', ['keys', 'list'], environment).exit;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^The cluster has no keys of a book with the prefix "\w+x": start a server on it first/,
    );
  });
});

describe('a checkpoint of a cluster', () => {
  it('covers the same history on every node, also on one that does not sign', async () => {
    for (const [n, node] of nodes.entries()) {
      expect((await node.get('/checkpoint/key')).text).toBe(`${key.verifierKey}\n`);
      await registerSource(node, `signed-${n}`, node.getKey());
      const { text } = await node.get('/checkpoint');
      const { size, root } = verifyCheckpointNote(text, key.verifierKey);
      expect(size).toBeGreaterThanOrEqual(n + 1);
      for (const { headEntry, server } of nodes)
        if (headEntry >= size) expect(server.node.ledger.tree.getRoot(size)).toEqual(root);
    }
  });

  it('lets one node issue receipts for entries that another node recorded', async () => {
    const [one, , three] = nodes as [TestServer, TestServer, TestServer];
    const { json } = await one.sendCommand('register-source', { source: 'proved', title: 'A source' });
    const { id } = json.events[0] as { id: string };
    await waitUntil(() => three.server.node.ledger.findById(id) !== undefined);
    const receipt = await three.get(`/proofs/inclusion/${id}.tlog-proof`);
    expect([receipt.status, receipt.text.split('\n')[0]]).toEqual([200, 'c2sp.org/tlog-proof@v1']);
  });

  it('has no verifier key while no node has signed', async () => {
    const alone = await startTestServer({
      LEDGER: settings.LEDGER,
      LEDGER_PREFIX: `${settings.LEDGER_PREFIX}y`,
    });
    const answer = await alone.get('/checkpoint/key');
    expect([answer.status, answer.json.code]).toEqual([503, 'not-signed']);
    await registerSource(alone, 'a', alone.getKey());
    const checkpoint = await alone.get('/checkpoint');
    expect([checkpoint.status, checkpoint.json.code]).toEqual([503, 'not-signed']);
    expect(checkpoint.headers.get('retry-after')).toBe('5');
    expect(existsSync(join(alone.directory, 'checkpoint.key'))).toBe(false);
  });
});

describe('a node of a cluster', () => {
  it('accepts the known keys while it is cut off', async () => {
    const line = await openBreakableLine(cluster.connectionString);
    const node = await startTestServer({ ...settings, LEDGER: line.connectionString });
    const [one] = nodes as [TestServer];
    const secret = await one.server.node.apiKeys.add('kept', 'recorder');
    await one.server.node.apiKeys.add('lost', 'reader');
    await one.server.node.apiKeys.revoke('lost');
    await waitUntil(() => node.server.node.apiKeys.find(secret) !== undefined);
    line.proxy.disconnect();
    expect((await node.get('/organizations', { authorization: `Bearer ${secret}` })).status).toBe(200);
    expect(await registerSource(node, 'no', secret)).toBe(503);
    line.proxy.restore();
    await waitUntil(() => node.server.node.sequencer.connectionState === 'live');
    expect(await registerSource(node, 'yes', secret)).toBe(201);
    await node.close();
    await line.proxy.close();
  });

  it('reports an altered ledger.db in every answer and records nothing, while the other nodes work', async () => {
    const [one] = nodes as [TestServer];
    await one.get('/checkpoint');
    const directory = createTemporaryDirectory();
    const before = await startTestServer({ ...settings, directory });
    await waitUntil(() => before.headEntry === one.headEntry);
    await before.get('/checkpoint');
    await before.close();
    forgeEntry(directory, 2);
    rmSync(join(directory, 'read-models'), { recursive: true });
    const node = await startTestServer({ ...settings, directory });
    await waitUntil(() => /ledger\.db differs/.test(node.server.node.checkpoints.fault ?? ''));
    const refused = await node.sendCommand('register-source', { source: 'forged', title: 'x' });
    expect([refused.status, refused.json.code]).toEqual([503, 'diverged']);
    expect(refused.json.detail).toMatch(/own ledger\.db differs from the cluster's log from entry 2 on/);
    const ready = await node.get('/health/ready');
    expect([ready.status, ready.json.status, ready.json.fault]).toEqual([
      503,
      'diverged',
      refused.json.detail,
    ]);
    const read = await node.get('/events?limit=1');
    expect([read.status, read.headers.get('ledger-fault'), read.headers.get('cache-control')]).toEqual([
      200,
      'diverged',
      'no-store',
    ]);
    expect(await registerSource(one, 'unharmed', one.getKey())).toBe(201);
    expect((await one.get('/health/ready')).status).toBe(200);
    expect((await one.get('/events?limit=1')).headers.has('ledger-fault')).toBe(false);
  });
});

it('several nodes that start at the same time create one first key', async () => {
  const prefix = `${settings.LEDGER_PREFIX}z`;
  const environment = { ...settings, LEDGER_PREFIX: prefix, PORT: '0', LOG_LEVEL: 'error' };
  const directories = [createTemporaryDirectory(), createTemporaryDirectory(), createTemporaryDirectory()];
  const programs = directories.map((DATA_DIR) => runScript('main', [], { ...environment, DATA_DIR }));
  for (const program of programs) await program.waitForOutput('/docs).\n');
  const made = directories.filter((directory) => existsSync(join(directory, 'admin.key')));
  expect(made).toHaveLength(1);
  expect(programs.filter(({ stdout }) => stdout.includes('Made the first admin key'))).toHaveLength(1);
  const secret = readFileSync(join(made[0]!, 'admin.key'), 'utf8').trim();
  for (const { stdout } of programs) {
    const [, url] = /open at (\S+)/.exec(stdout) ?? [];
    const answers = async () =>
      (await fetch(`${url}/organizations`, { headers: { authorization: `Bearer ${secret}` } })).status ===
      200;
    await waitUntil(answers);
    expect(stdout).toContain(`Checkpoints are signed with the key ${key.verifierKey}`);
  }
  for (const program of programs) expect(await program.stop()).toMatchObject({ code: 0 });
});
