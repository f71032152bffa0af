// minutebook replay: compares a saved answer with one that is computed again from an export.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScript, stopAllPrograms } from '../support/child-program.js';
import { cstoCommands } from '../support/csto-commands.js';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';

const MEMBERS = '/organizations/csto/members?on=2000-01-01';

let book: TestServer;
let folder: string;
const getPath = (name: string): string => join(folder, name);

/** The response as `curl -i` prints it. */
async function saveAnswer(name: string, address: string, server = book): Promise<void> {
  const response = await fetch(server.url + address);
  const head = [`HTTP/1.1 ${response.status} OK`];
  response.headers.forEach((value, header) => head.push(`${header}: ${value}`));
  const body = Buffer.from(await response.arrayBuffer());
  writeFileSync(getPath(name), Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]));
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'minutebook-replay-'));
  book = await startTestServer();
  await book.recordCommands(...cstoCommands);
  await saveAnswer('members', MEMBERS);
  await saveAnswer('members-then', `${MEMBERS}&asOf=8`);
  await saveAnswer('names-in-russian', '/organizations?lang=ru&limit=2');
  await saveAnswer('refusal', '/organizations/nobody');
  await saveAnswer('facts', '/events?limit=3');
  const { text } = await book.get('/events', { accept: 'application/x-ndjson' });
  writeFileSync(getPath('export'), text);
  writeFileSync(getPath('checkpoint'), (await book.get('/checkpoint')).text);
  writeFileSync(getPath('key'), (await book.get('/checkpoint/key')).text);
  await book.recordCommands(['register-source', { source: 'later', title: 'Later' }]);
  await saveAnswer('later', '/sources/later');
});
afterAll(async () => {
  await stopAllPrograms();
  await cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

const runReplay = (answer: string, ...more: string[]) =>
  runScript('cli/minutebook', [
    'replay',
    getPath('export'),
    '--checkpoint',
    getPath('checkpoint'),
    '--answer',
    getPath(answer),
    ...more,
  ]).exit;

describe('an answer of a server', () => {
  it.each(['members', 'members-then', 'names-in-russian'])(
    '%s: the replay gives the same bytes',
    async (name) => {
      const { code, stdout, stderr } = await runReplay(name, '--key', getPath('key'));
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/All \d+ entries match the checkpoint/);
      expect(stdout).toMatch(
        /The answer is byte for byte that of version \d+ of "(?:membership|organizations)" as of entry \d+, computed from these entries by the projections of this program\./,
      );
    },
  );
});

describe('an answer of a server under the path of a proxy', () => {
  it.each(['/minutebook', '/timemap/a'])('%s: the replay gives the same bytes', async (path) => {
    const proxied = await startTestServer({ BASE_PATH: path });
    for (const source of ['a', 'b'])
      await proxied.recordCommands(['register-source', { source, title: source }]);
    for (const [name, address] of [
      ['record', '/sources/a'],
      ['page', '/sources?limit=1'],
    ] as const)
      await saveAnswer(name, address, proxied);
    writeFileSync(
      getPath('proxied'),
      (await proxied.get('/events', { accept: 'application/x-ndjson' })).text,
    );
    writeFileSync(getPath('proxied-checkpoint'), (await proxied.get('/checkpoint')).text);
    expect(readFileSync(getPath('record'), 'utf8')).toContain(`"allFacts":"${path}/sources/a/facts"`);
    for (const name of ['record', 'page']) {
      const evidence = ['--checkpoint', getPath('proxied-checkpoint'), '--answer', getPath(name)];
      const { exit } = runScript('cli/minutebook', ['replay', getPath('proxied'), ...evidence]);
      expect(await exit).toMatchObject({ code: 0, stderr: '' });
    }
  });
});

describe('an altered answer', () => {
  const alter = (name: string, from: string | RegExp, to: string): string => {
    const text = readFileSync(getPath(name), 'utf8');
    const altered = text.replace(from, to);
    expect(altered).not.toBe(text);
    writeFileSync(getPath('altered'), altered);
    return 'altered';
  };

  it.each([
    [
      'another name',
      'Armenia',
      'Armenien',
      /the bodies differ from byte \d+ on: the answer has .*Armenien.*, and the replay has .*Armenia/,
    ],
    ['less', /\}$/, '', /the bodies differ from byte \d+ on: the answer has nothing more/],
    [
      'another entry',
      /ledger-entry: \d+/,
      'ledger-entry: 9',
      /is as of entry \d+, and the answer states 9\./,
    ],
    [
      'another root',
      /ledger-root: .*/,
      `ledger-root: ${Buffer.alloc(32).toString('base64')}`,
      /have the root .*, and the answer states AAAA/,
    ],
    ['another day', 'on=2000-01-01', 'on=1990-01-01', /the bodies differ/],
  ])('says %s', async (_, from, to, why) => {
    const { code, stderr } = await runReplay(alter('members', from, to));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The answer is not that of version \d+ of "membership" as of entry \d+: /);
    expect(stderr).toMatch(why);
  });
});

describe('an answer that cannot be replayed', () => {
  it('is of another version of the read model, which another release has', async () => {
    const text = readFileSync(getPath('members'), 'utf8');
    writeFileSync(getPath('older'), text.replace(/version=\d+/, 'version=999').replace(/v=\d+/, 'v=999'));
    const { code, stderr } = await runReplay('older');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^The answer is of version 999 of "membership", and this release has version \d+: replay it with the release that gave it/,
    );
  });

  it('is as of an entry after the end of the export', async () => {
    const { code, stderr } = await runReplay('later');
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^The answer is as of entry \d+, and the export ends at entry \d+: it cannot be replayed\.$/m,
      ),
    ]);
  });

  it.each([
    ['refusal', /has the status 404/],
    ['facts', /has no header projection/],
    ['key', /is not an answer with its headers/],
  ])('%s, which is not an answer of a read model', async (name, why) => {
    const { code, stderr } = await runReplay(name);
    expect([code, stderr]).toEqual([1, expect.stringMatching(why)]);
  });

  it('is not replayed from an export that does not match the checkpoint', async () => {
    const text = readFileSync(getPath('export'), 'utf8');
    writeFileSync(getPath('forged'), text.replace('Armenia', 'Armenien'));
    const words = [
      'replay',
      getPath('forged'),
      '--checkpoint',
      getPath('checkpoint'),
      '--answer',
      getPath('members'),
    ];
    const { code, stdout, stderr } = await runScript('cli/minutebook', words).exit;
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Entry \d+/);
    expect(stderr).toMatch(/does not match the checkpoint, so nothing is replayed from it\.$/m);
  });

  it('is refused as wrong usage with a missing file or option', async () => {
    expect((await runReplay('nowhere')).code).toBe(2);
    expect((await runScript('cli/minutebook', ['replay', getPath('export')]).exit).code).toBe(2);
  });
});
