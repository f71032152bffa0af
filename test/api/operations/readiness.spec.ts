// GET /health/ready tells the truth about what others do to the files of a running server.
import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { LedgerWriter } from '../../../src/ledger/sqlite/ledger-writer.js';
import { createAppend } from '../../ledger/support/create-append.js';
import { describeEmbedded, isInCluster } from '../../support/embedded-or-cluster.js';
import {
  cleanUp,
  createTemporaryDirectory,
  startTestServer,
  type TestServer,
} from '../../support/test-server.js';
import { waitUntil } from '../../support/wait-until.js';

afterEach(cleanUp);

const registerSource = (server: TestServer, source: string) =>
  server.sendCommand('register-source', { source, title: source });
const getReadiness = async (server: TestServer, query = '') => {
  const { status, json } = await server.get(`/health/ready${query}`);
  return { ...(json as { reads: boolean; commands: boolean; reasons: string[] }), status };
};
const isReadyForCommands = async (server: TestServer) =>
  (await server.get('/health/ready?for=commands')).status === 200;

describe('readiness', () => {
  it('names what is served, and no reason while everything is', async () => {
    const server = await startTestServer();
    for (const query of ['', '?for=reads', '?for=commands']) {
      const { status, json } = await server.get(`/health/ready${query}`);
      expect(status).toBe(200);
      expect(json).toMatchObject({ status: 'ok', reads: true, commands: true, reasons: [], entry: 0 });
      expect(Object.keys(json as object)).toEqual(
        ['status', 'reads', 'commands', 'reasons', 'entry', 'projections'].toSpliced(
          5,
          0,
          ...(isInCluster ? ['cluster'] : []),
        ),
      );
    }
  });

  it.each(['?for=lunch', '?for=', '?of=commands', '?for=reads&for=commands'])('refuses %s', async (query) => {
    const server = await startTestServer();
    expect((await server.get(`/health/ready${query}`)).status).toBe(422);
  });
});

const REASON = 'the node of a cluster records in the log of the cluster';

describeEmbedded(REASON, 'while another program holds the lock of ledger.db', () => {
  it('commands are refused with 503 busy, reads go on, and both are well afterwards', async () => {
    const server = await startTestServer();
    await registerSource(server, 'one');
    const other = new Database(join(server.directory, 'ledger.db'));
    other.exec('BEGIN IMMEDIATE');
    const refused = await registerSource(server, 'two');
    expect([refused.status, refused.json.code]).toEqual([503, 'busy']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await server.get('/sources/one')).status).toBe(200);
    expect(await getReadiness(server)).toMatchObject({ status: 200, commands: false, reasons: ['busy'] });
    expect(await isReadyForCommands(server)).toBe(false);
    other.exec('ROLLBACK');
    other.close();
    await waitUntil(() => isReadyForCommands(server));
    expect((await registerSource(server, 'two')).status).toBe(201);
  });
});

describeEmbedded(REASON, 'once ledger.db was removed', () => {
  it('no command is acknowledged, reads go on, and the book can still be exported', async () => {
    const server = await startTestServer();
    await registerSource(server, 'one');
    const { text: whole } = await server.get('/events?limit=1000');
    renameSync(join(server.directory, 'ledger.db'), join(server.directory, 'moved.db'));
    expect(await getReadiness(server)).toMatchObject({
      status: 200,
      commands: false,
      reasons: ['ledger-lost'],
    });
    const refused = await registerSource(server, 'two');
    expect([refused.status, refused.json.code]).toEqual([503, 'ledger-lost']);
    expect((await server.get('/events?limit=1000')).text).toBe(whole);
    expect(readdirSync(server.directory)).not.toContain('ledger.db');
    renameSync(join(server.directory, 'moved.db'), join(server.directory, 'ledger.db'));
    expect((await registerSource(server, 'two')).status).toBe(201);
  });
});

describe('files of a read model', () => {
  const listFiles = (server: TestServer) =>
    readdirSync(join(server.directory, 'read-models')).filter((name) => /^sources-.*\.db$/.test(name));
  const getStatus = (server: TestServer) =>
    server.server.node.readModels.statuses().find(({ name }) => name === 'sources');

  it.each<[string, (path: string) => void]>([
    ['removed', (path) => ['', '-wal', '-shm'].forEach((end) => rmSync(path + end, { force: true }))],
    [
      'replaced',
      (path) => {
        writeFileSync(`${path}.new`, 'minutes of another meeting'.repeat(1_000));
        renameSync(`${path}.new`, path);
      },
    ],
  ])('that are %s are built again under a number that was never used', async (_, remove) => {
    const server = await startTestServer();
    await registerSource(server, 'one');
    for (const generation of [1, 2]) {
      const [file = ''] = listFiles(server);
      expect(getStatus(server)).toMatchObject({ generation, status: 'live' });
      remove(join(server.directory, 'read-models', file));
      const statuses = new Set<number>();
      await waitUntil(async () => {
        statuses.add((await server.get('/sources/one')).status);
        statuses.add((await server.get('/sources')).status);
        return (getStatus(server)?.generation ?? generation) > generation;
      });
      expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
      await waitUntil(async () => (await getReadiness(server)).status === 200);
      expect(getStatus(server)).toMatchObject({ generation: generation + 1, status: 'live' });
      expect((await server.get('/sources')).json.items).toHaveLength(1);
    }
    await registerSource(server, 'two');
    expect((await server.get('/sources')).json.items).toHaveLength(2);
  });

  it('that are overwritten in place are built again, and read with 503 meanwhile', async () => {
    const server = await startTestServer();
    await registerSource(server, 'one');
    const [file = ''] = listFiles(server);
    writeFileSync(join(server.directory, 'read-models', file), 'these are no minutes'.repeat(5_000));
    rmSync(join(server.directory, 'read-models', `${file}-wal`), { force: true });
    const unexpected: unknown[] = [];
    await waitUntil(async () => {
      for (const path of ['/sources', '/sources/one', '/sources?limit=1']) {
        const { status, json } = await server.get(path);
        if (status === 503) expect(json.code).toBe('projection-building');
        else if (status !== 200) unexpected.push(json);
      }
      return getStatus(server)?.generation === 2;
    });
    expect(unexpected).toEqual([]);
    expect((await server.get('/sources/one')).status).toBe(200);
  });
});

describeEmbedded(REASON, 'a clock behind the last entry', () => {
  const ahead = new Date(Date.now() + 86_400_000).toISOString();
  /** A book whose last entry was recorded while the clock was a day ahead. */
  const createBook = async () => {
    const server = await startTestServer();
    await registerSource(server, 'one');
    await server.close();
    const writer = new LedgerWriter(join(server.directory, 'ledger.db'), () => Date.parse(ahead));
    writer.commit([createAppend('note-1', -1)]);
    writer.close();
    return server.directory;
  };

  it('refuses commands by default, which readiness says', async () => {
    const server = await startTestServer({ directory: await createBook() });
    expect(await getReadiness(server)).toMatchObject({ status: 200, commands: false, reasons: ['clock'] });
    expect(await isReadyForCommands(server)).toBe(false);
    const refused = await registerSource(server, 'two');
    expect([refused.status, refused.json.code]).toEqual([503, 'clock']);
  });

  it('records with the time of the last entry if CLOCK_BEHIND_HEAD is continue, which readiness says, too', async () => {
    const server = await startTestServer({ directory: await createBook(), CLOCK_BEHIND_HEAD: 'continue' });
    const accepted = await registerSource(server, 'two');
    expect([accepted.status, accepted.json.recordedAt]).toEqual([201, ahead]);
    expect(await getReadiness(server, '?for=commands')).toMatchObject({
      status: 200,
      commands: true,
      reasons: ['clock'],
    });
  });
});

it('creates files that only their owner can read', async () => {
  const umask = process.umask(0o022);
  try {
    const directory = join(createTemporaryDirectory(), 'data');
    const server = await startTestServer({ directory });
    await registerSource(server, 'one');
    const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    expect(names).toContain('keys.db');
    expect(names.filter((name) => (statSync(join(directory, name)).mode & 0o077) !== 0)).toEqual([]);
  } finally {
    process.umask(umask);
  }
});
