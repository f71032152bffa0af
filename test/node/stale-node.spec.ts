// A node whose server was cut off from the others keeps its connection. What it answers over HTTP meanwhile.
import { CredentialWatcher } from '../../src/api/shared/credential-watcher.js';
import { openRawRequest, type RawConnection } from '../api/support/raw-request.js';
import { createProposedEvent } from '../support/kurrentdb/transaction-log.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { startKurrentDb, isDouble, type TestKurrentDb } from '../support/kurrentdb/test-kurrentdb.js';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import { waitUntil } from '../support/wait-until.js';

(isDouble ? describe : describe.skip)('a node whose server was cut off from the others', () => {
  let cluster: TestKurrentDb;
  let node: TestServer;
  let heal: () => void;
  let openImport: RawConnection;
  let publicFeed: RawConnection;
  beforeAll(async () => {
    cluster = await startKurrentDb({ nodes: 3 });
    const { connectionString: LEDGER } = cluster.double!.nodes[0]!;
    node = await startTestServer({
      LEDGER,
      LEDGER_PREFIX: cluster.prefix,
      LOG_LEVEL: 'fatal',
      KEYS_TRUST: '1',
    });
  });
  afterAll(async () => {
    await cleanUp();
    await cluster.stop();
  });

  const register = (source: string) => node.sendCommand('register-source', { source, title: 'A source' });

  it('answers without an age as long as it has everything', async () => {
    await waitUntil(() => node.server.node.sequencer.connectionState === 'live');
    expect((await register('before')).status).toBe(201);
    expect((await node.get('/events')).headers.has('ledger-age')).toBe(false);
    expect((await node.get('/health/ready')).json.cluster).toBe('live');
    const recorder = ['content-type: application/x-ndjson', 'transfer-encoding: chunked', `authorization: Bearer ${node.getKey()}`]; // prettier-ignore
    openImport = await openRawRequest(node, 'POST /commands HTTP/1.1', ...recorder);
    await openImport.received(/^HTTP\/1\.1 200 /);
    const reader = ['accept: text/event-stream', `authorization: Bearer ${node.getKey()}`];
    publicFeed = await openRawRequest(node, 'GET /events HTTP/1.1', ...reader);
    await publicFeed.received(/retry: /);
    heal = cluster.double!.nodes[0]!.isolate();
    await waitUntil(() => node.server.node.sequencer.connectionState === 'cut-off');
  });

  it('answers reads with their age, which grows', async () => {
    const getAge = async (): Promise<number> => {
      const { status, headers } = await node.get('/events');
      expect([status, headers.get('ledger-age')]).toEqual([200, expect.stringMatching(/^\d+$/)]);
      return Number(headers.get('ledger-age'));
    };
    const age = await getAge();
    await waitUntil(async () => (await getAge()) > age);
  });

  it('is ready for reads and not for commands', async () => {
    const [reads, commands] = [await node.get('/health/ready'), await node.get('/health/ready?for=commands')];
    expect([reads.status, commands.status]).toEqual([200, 503]);
    expect(commands.json).toMatchObject({ reads: true, commands: false, reasons: ['cut-off'] });
  });

  it('accepts no key once it has been cut off for KEYS_TRUST, and says so', async () => {
    await waitUntil(() => node.server.node.apiKeys.getAgeMs() > 1_000);
    const refused = await register('meanwhile');
    expect([refused.status, refused.json.code, refused.headers.get('retry-after')]).toEqual([
      503,
      'cut-off',
      '5',
    ]);
    expect(refused.json.detail).toContain('KEYS_TRUST');
    expect((await node.get('/events', { authorization: '' })).status).toBe(200);
  });

  it('ends an import that was open before, since its key may have been revoked, and no feed that needs none', async () => {
    node.server.app.get(CredentialWatcher).check();
    await openImport.closed;
    expect(openImport.text()).toMatch(/\{"line":1,"status":503,"code":"cut-off","detail":"[^"]*KEYS_TRUST/);
    expect(publicFeed.socket.closed).toBe(false);
    publicFeed.socket.destroy();
  });

  it('accepts keys and commands again when its server is in touch with the others', async () => {
    heal();
    await waitUntil(() => node.server.node.sequencer.connectionState === 'live');
    await waitUntil(async () => {
      const { status } = await register('after');
      if (status === 503) await sleep(100);
      return status === 201;
    });
    expect((await node.get('/events')).headers.has('ledger-age')).toBe(false);
  });
});

(isDouble ? describe : describe.skip)(
  'a node that has seen a change of the keys which the cluster has lost',
  () => {
    let cluster: TestKurrentDb;
    afterAll(async () => {
      await cleanUp();
      await cluster.stop();
    });

    it('lets nobody administer it and says so, until the change is there again', async () => {
      cluster = await startKurrentDb();
      const { double, connectionString: LEDGER, prefix: LEDGER_PREFIX } = cluster;
      const node = await startTestServer({ LEDGER, LEDGER_PREFIX, LOG_LEVEL: 'fatal' });
      const { apiKeys } = node.server.node;
      const before = double!.log.backup();
      await apiKeys.add('guest', 'reader');
      const whole = double!.log.backup();
      await double!.restore(before);
      double!.log.append('others/1', 'any', [createProposedEvent('Said', { words: 'x'.repeat(2_000) })]);
      await waitUntil(() => apiKeys.doubt !== undefined);
      await waitUntil(() => node.server.node.sequencer.connectionState === 'live');
      const ready = await node.get('/health/ready?for=commands');
      expect([ready.status, ready.json.reasons]).toEqual([503, ['keys-in-doubt']]);
      const headers = { authorization: `Bearer ${node.getKey()}` };
      const rebuild = () => node.fetch('/projections/membership/rebuild', { method: 'POST', headers });
      expect((await rebuild()).json).toMatchObject({ status: 503, code: 'keys-in-doubt' });
      await double!.restore(whole);
      await waitUntil(async () => (await rebuild()).status === 202);
    });
  },
);
