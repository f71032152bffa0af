import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { auditDirectory } from '../../src/cli/audit/audit-targets.js';
import { ProgressLine } from '../../src/cli/_shared/progress-line.js';
import { Configuration } from '../../src/node/configuration.js';
import { type RunningServer, startServer } from '../../src/server/start-server.js';
import { runScript, stopAllPrograms } from '../support/child-program.js';
import { addLedgerSettings, describeEmbedded } from '../support/embedded-or-cluster.js';
import {
  cleanUp,
  createTemporaryDirectory,
  startTestServer,
  type TestServer,
} from '../support/test-server.js';
import { waitUntil } from '../support/wait-until.js';

afterEach(stopAllPrograms);
afterAll(cleanUp);

const backUp = (data: string, to: string, environment = {}) =>
  runScript('cli/minutebook', ['backup', '--data', data, '--to', to], environment).exit;
const newPath = () => join(createTemporaryDirectory(), 'backups', 'today');
const running: RunningServer[] = [];
/** A server on a copy, which has the keys of the original. */
async function serve(directory: string): Promise<string> {
  const settings = addLedgerSettings({ DATA_DIR: directory, PORT: '0', LOG_LEVEL: 'error' });
  const server = await startServer(new Configuration(settings), (sentence) => {
    throw new Error(sentence);
  });
  running.push(server);
  await waitUntil(async () => (await fetch(`${server.url}/health/ready`)).status === 200);
  return server.url;
}
afterEach(async () => {
  for (const { app } of running.splice(0)) await app.close();
});
const audit = (directory: string) =>
  auditDirectory(directory, new ProgressLine(), new AbortController().signal);
const getText = async (address: string) => (await fetch(address)).text();
const getHead = async (url: string) =>
  ((await (await fetch(`${url}/health/ready`)).json()) as { readonly entry: number }).entry;
const registerSources = (server: TestServer, from: number, count: number) =>
  server.sendLines(
    Array.from({ length: count }, (_, n) => ({
      command: 'register-source',
      data: { source: `s-${from + n}`, title: 'x'.repeat(500) },
    })),
  );

describeEmbedded('a cluster is backed up with its own means', 'minutebook backup', () => {
  it('copies what a server needs, with its keys, and the copy is audited and served', async () => {
    const server = await startTestServer();
    await registerSources(server, 0, 300);
    const checkpoint = (await server.get('/checkpoint')).text;
    const to = newPath();
    const { code, stdout, stderr } = await backUp(server.directory, to);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/has the book up to entry 300, whose tree has the root \S+\.\n$/);
    expect(readdirSync(to).sort()).toEqual(['checkpoint', 'checkpoint.key', 'keys.db', 'ledger.db']);
    expect(readdirSync(join(to, '..'))).toEqual(['today']);
    for (const name of readdirSync(to))
      expect([name, statSync(join(to, name)).mode & 0o077]).toEqual([name, 0]);
    expect(readFileSync(join(to, 'checkpoint'), 'utf8')).toBe(checkpoint);

    expect(await audit(to)).toMatchObject({ entry: 300, differencesCount: 0 });
    const url = await serve(to);
    expect(await getHead(url)).toBe(300);
    expect(await getText(`${url}/checkpoint`)).toBe(checkpoint);
    const recorded = await fetch(`${url}/commands/register-source`, {
      method: 'POST',
      body: JSON.stringify({ source: 'after', title: 'x' }),
      headers: { authorization: `Bearer ${server.getKey()}`, 'content-type': 'application/json' },
    });
    expect(recorded.status).toBe(201);
    expect(await getHead(url)).toBe(301);
  });

  it('ends while facts are recorded without a pause, with a beginning of the book', async () => {
    const server = await startTestServer();
    await registerSources(server, 0, 500);
    let isRecording = true;
    const recording = (async () => {
      for (let from = 500; isRecording; from += 100) await registerSources(server, from, 100);
    })();
    const to = newPath();
    const { code, stdout } = await backUp(server.directory, to);
    isRecording = false;
    await recording;
    expect(code).toBe(0);
    const entries = Number(/up to entry (\d+)/.exec(stdout)?.[1]);
    expect(entries).toBeGreaterThanOrEqual(500);
    expect(server.headEntry).toBeGreaterThan(entries); // it did not wait for a moment of rest
    const getLast = async (url: string) => {
      const page = await fetch(`${url}/events?after=${entries - 1}&limit=1`);
      return ((await page.json()) as { readonly items: readonly unknown[] }).items;
    };
    const url = await serve(to);
    expect(await getHead(url)).toBe(entries);
    expect(await getLast(url)).toEqual(await getLast(server.url));
  });

  it('of a stopped server, and with a session key and a signing key from elsewhere', async () => {
    const key = join(createTemporaryDirectory(), 'elsewhere.key');
    await runScript('cli/minutebook', ['keys', 'sign-with', key]).exit;
    const server = await startTestServer({ CHECKPOINT_KEY_FILE: key });
    await registerSources(server, 0, 3);
    await server.close();
    writeFileSync(join(server.directory, 'session.key'), 'secret\n');
    const to = newPath();
    expect((await backUp(server.directory, to, { CHECKPOINT_KEY_FILE: key })).code).toBe(0);
    expect(readFileSync(join(to, 'session.key'), 'utf8')).toBe('secret\n');
    expect(readFileSync(join(to, 'checkpoint.key'), 'utf8')).toBe(readFileSync(key, 'utf8'));
    expect(await getHead(await serve(to))).toBe(3);
  });
});

describe('minutebook backup refuses', () => {
  it('a directory that is not empty, and leaves it as it is', async () => {
    const server = await startTestServer();
    const to = newPath();
    mkdirSync(to, { recursive: true });
    writeFileSync(join(to, 'notes'), 'mine');
    const { code, stderr } = await backUp(server.directory, to, { LEDGER: 'sqlite' });
    expect([code, stderr]).toEqual([1, `${to} is not empty: name a new directory with --to.\n`]);
    expect(readdirSync(to)).toEqual(['notes']);
  });

  it('a directory without a book', async () => {
    const empty = createTemporaryDirectory();
    const { code, stderr } = await backUp(empty, newPath(), { LEDGER: 'sqlite' });
    expect([code, stderr]).toEqual([1, `There is no book in ${empty}: name its directory with --data.\n`]);
  });

  it('a call without a target', async () => {
    const { code, stderr } = await runScript('cli/minutebook', ['backup']).exit;
    expect([code, stderr]).toEqual([2, "Required option '--to <directory>' not specified.\n"]);
  });

  it('a damaged book, and leaves nothing under the name', async () => {
    const server = await startTestServer({ LEDGER: 'sqlite' });
    await registerSources(server, 0, 3);
    await server.close();
    const db = new Database(join(server.directory, 'ledger.db'));
    db.unsafeMode(true);
    db.pragma('writable_schema = ON');
    db.exec(
      `UPDATE sqlite_schema SET sql = 'CREATE INDEX entries_by_id ON entries (type)' WHERE name = 'entries_by_id'`,
    );
    db.close();
    const to = newPath();
    const { code, stderr } = await backUp(server.directory, to, { LEDGER: 'sqlite' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ledger\.db is damaged \(.*\), and so would be the backup: .*\.\n$/);
    expect(existsSync(to)).toBe(false);
    expect(readdirSync(join(to, '..'))).toEqual([]);
    rmSync(join(to, '..'), { recursive: true });
  });
});
