// A node whose server was cut off from the others keeps its connection. What it answers over HTTP meanwhile.
import { setTimeout as sleep } from 'node:timers/promises';
import { startKurrentDb, isDouble, type TestKurrentDb } from '../support/kurrentdb/test-kurrentdb.js';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import { waitUntil } from '../support/wait-until.js';

(isDouble ? describe : describe.skip)('a node whose server was cut off from the others', () => {
  let cluster: TestKurrentDb;
  let node: TestServer;
  let heal: () => void;
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
