import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { LedgerWriter } from '../../src/ledger/sqlite/ledger-writer.js';
import { createAppend } from '../ledger/support/create-append.js';
import { cstoCommands } from '../support/csto-commands.js';
import { itEmbedded, IMPORT_UNSUPPORTED_REASON } from '../support/embedded-or-cluster.js';
import { SUCCESS, type ShellServer, Shell } from './support/shell.js';

const shell = new Shell();
const commands = cstoCommands.map(([command, data]) => JSON.stringify({ command, data })).join('\n');
const { length } = cstoCommands;
let directory: string;
let exported: string;
let live: ShellServer;
beforeAll(async () => {
  const server = await shell.startServer('book');
  ({ directory } = server);
  await shell.runMinutebook(['import', '-'], server.settings, commands);
  exported = (await shell.runMinutebook(['export'], server.settings)).stdout;
  expect(exported.split('\n')).toHaveLength(length + 2);
  await server.program.stop();
  live = await shell.startServer('live');
});
afterAll(() => shell.cleanUp());

const runMinutebook = (words: readonly string[], input?: string) =>
  shell.runMinutebook(words, { LEDGER: 'sqlite' }, input);
/** Without the key, which differs in each ledger. */
const removeKey = (text: string) => text.replace(/"key":"[^"]*"/, '"key":""');

describe('the directory of a running server is locked', () => {
  it.each([
    ['export', []],
    ['import', ['-']],
  ])('%s refuses to touch it', async (verb, words) => {
    expect(await runMinutebook([verb, ...words, '--data', live.directory], exported)).toEqual({
      code: 1,
      stdout: '',
      stderr: `${live.directory} is in use by another Minutebook process: stop that one first.\n`,
    });
  });
});

describe('minutebook export --data', () => {
  it('writes the same bytes as the server', async () => {
    expect(await runMinutebook(['export', '--data', directory])).toEqual({ ...SUCCESS, stdout: exported });
    const to = shell.path('book.ndjson');
    expect(await runMinutebook(['export', '--data', directory, '--to', to])).toEqual({
      ...SUCCESS,
      stdout: '',
    });
    expect(readFileSync(to, 'utf8')).toBe(exported);
  });

  it('does not connect to a server, whatever the settings are', async () => {
    expect(await shell.runMinutebook(['export', '--data', directory], live.settings)).toEqual({
      ...SUCCESS,
      stdout: exported,
    });
  });

  it('writes one stream with a receipt of the last checkpoint', async () => {
    const { stdout, ...ended } = await runMinutebook([
      'export',
      '--data',
      directory,
      '--stream',
      'organization-csto',
    ]);
    expect(ended).toEqual(SUCCESS);
    const lines = stdout.trimEnd().split('\n');
    const { key } = JSON.parse(exported.split('\n', 1)[0]!) as { key: string };
    expect(JSON.parse(lines[0]!)).toEqual({ entries: lines.length - 2, export: 'minutebook-stream', key, stream: 'organization-csto', v: 1 }); // prettier-ignore
    for (const line of lines.slice(1, -1)) expect(exported).toContain(`${line}\n`);
    const { receipt } = JSON.parse(lines.at(-1)!) as { receipt: string };
    expect(receipt).toContain(readFileSync(join(directory, 'checkpoint'), 'utf8'));
    const none = await runMinutebook(['export', '--data', directory, '--stream', 'nothing-x']);
    expect(none).toEqual({ code: 1, stdout: '', stderr: 'The book has no stream "nothing-x".\n' });
  });

  it('reports a directory without a book, and creates none', async () => {
    const nowhere = shell.path('no-book');
    expect(await runMinutebook(['export', '--data', nowhere])).toEqual({
      code: 1,
      stdout: '',
      stderr: `There is no book in ${nowhere}: name the data directory of a server with --data.\n`,
    });
    expect(existsSync(nowhere)).toBe(false);
  });

  it('reports a damaged entry, and leaves no file', async () => {
    const damaged = shell.path('damaged');
    mkdirSync(damaged);
    const bytes = readFileSync(join(directory, 'ledger.db'), 'latin1');
    // In any page, because a free page may still hold it.
    writeFileSync(
      join(damaged, 'ledger.db'),
      bytes.replaceAll('Collective defence', 'collective defence'),
      'latin1',
    );
    const { code, stderr } = await runMinutebook([
      'export',
      '--data',
      damaged,
      '--to',
      shell.path('half.ndjson'),
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Entry \d+ of the ledger does not match its leaf hash.*\.\n$/);
    expect(readdirSync(shell.folder).filter((name) => name.includes('half'))).toEqual([]);
  });
});

describe('minutebook import --data', () => {
  it('imports a file with a byte order mark and without its last line feed', async () => {
    const imported = { ...SUCCESS, stdout: `Imported: ${length} entries.\n` };
    const copy = shell.path('marked');
    const file = `\ufeff${exported.slice(0, -1)}`;
    expect(await runMinutebook(['import', '-', '--data', copy], file)).toEqual(imported);
    expect(removeKey((await runMinutebook(['export', '--data', copy])).stdout)).toBe(removeKey(exported));
  });

  it('imports an export into a new directory as the same ledger', async () => {
    const copy = shell.path('copy');
    expect(await runMinutebook(['import', '-', '--data', copy], exported)).toEqual({
      ...SUCCESS,
      stdout: `Imported: ${length} entries.\n`,
    });
    const again = await runMinutebook(['export', '--data', copy]);
    expect(again).toMatchObject(SUCCESS);
    expect(removeKey(again.stdout)).toBe(removeKey(exported));
    // With the key of the first ledger it is identical to the last byte.
    rmSync(join(copy, 'checkpoint'));
    copyFileSync(join(directory, 'checkpoint.key'), join(copy, 'checkpoint.key'));
    expect((await runMinutebook(['export', '--data', copy])).stdout).toBe(exported);
  });

  itEmbedded(IMPORT_UNSUPPORTED_REASON, 'a server on the copy gives the same answers', async () => {
    const served = await shell.startServer('copy');
    const original = await shell.startServer('book');
    try {
      for (const path of [
        '/organizations/csto/members?on=2000-01-01&asOf=10',
        '/organizations/csto/membership-history?asOf=11',
        '/events',
      ]) {
        const [one, other] = await Promise.all([original, served].map(({ url }) => fetch(url + path))); // prettier-ignore
        expect([other!.status, await other!.text()]).toEqual([200, await one!.text()]);
        for (const name of ['ledger-entry', 'ledger-root', 'projection', 'etag', 'content-location'])
          expect([name, other!.headers.get(name)]).toEqual([name, one!.headers.get(name)]);
      }
    } finally {
      await Promise.all([served.program.stop(), original.program.stop()]);
    }
  });

  itEmbedded(
    'in a cluster the directory is a replica',
    'refuses to import into a ledger that is not empty',
    async () => {
      const { code, stdout, stderr } = await runMinutebook(['import', '-', '--data', directory], exported);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toBe(
        `Line 1: The book has ${length} entries, and a whole book can be imported into an empty one only: start with a new data directory (book-not-empty).\nNothing was imported.\n`,
      );
    },
  );

  it('refuses to record in a directory while the settings name a cluster', async () => {
    const node = shell.path('node');
    const settings = { LEDGER: 'esdb://127.0.0.1:2113?tls=false' };
    expect(await shell.runMinutebook(['import', '-', '--data', node], settings, commands)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'LEDGER names a cluster, which is imported into through a running node: name one with --url.\n',
    });
    expect(existsSync(node)).toBe(false);
  });

  it('reports the altered line, and imports nothing', async () => {
    const tampered = exported.replace('Armenia', 'Ermenia');
    const line = tampered.slice(0, tampered.indexOf('Ermenia')).split('\n').length;
    const copy = shell.path('tampered');
    const { code, stdout, stderr } = await runMinutebook(['import', '-', '--data', copy], tampered);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      `Line ${line}: Entry ${line - 1} does not match its leaf hash: it was altered (invalid-export).\nNothing was imported.\n`,
    );
    expect(await runMinutebook(['import', '-', '--data', copy], exported)).toMatchObject(SUCCESS);
  });

  it('records commands as the admin key, which it creates for a new ledger', async () => {
    const fresh = shell.path('fresh');
    const first = await runMinutebook(['import', '-', '--data', fresh], commands);
    expect(first).toEqual({
      code: 0,
      stdout: `Recorded: ${length}. Already recorded: 0. Refused: 0.\n`,
      stderr: `Made the first admin key; it is in ${join(fresh, 'admin.key')}.\n`,
    });
    expect((await runMinutebook(['import', '-', '--data', fresh], commands)).stdout).toBe(
      `Recorded: 0. Already recorded: ${length}. Refused: 0.\n`,
    );
    const actors = (await runMinutebook(['export', '--data', fresh])).stdout.matchAll(/"actor":"([^"]*)"/g);
    expect([...actors].map(([, actor]) => actor)).toEqual(Array.from({ length }, () => 'admin'));
  });

  it('records commands as the key that is named, if its role allows it', async () => {
    const fresh = shell.path('fresh');
    const keyOf = async (name: string, role: string) =>
      (await runMinutebook(['keys', 'add', name, '--role', role, '--data', fresh])).stdout.trim();
    const line = JSON.stringify({ command: 'register-source', data: { source: 'by-clerk', title: 'x' } });
    const by = (key: string) => runMinutebook(['import', '-', '--data', fresh, '--key', key], line);
    expect(await by(await keyOf('reads', 'reader'))).toEqual({
      code: 1,
      stdout: '',
      stderr: 'The role of this key is "reader", which may not record.\n',
    });
    expect(await by('mb_unknown')).toMatchObject({
      code: 1,
      stderr:
        'The key is not known to this book, or was revoked: name another one with --key or MINUTEBOOK_KEY.\n',
    });
    expect(await by(await keyOf('clerk', 'recorder'))).toMatchObject({ ...SUCCESS, stdout: expect.stringContaining('Recorded: 1') }); // prettier-ignore
    expect((await runMinutebook(['export', '--data', fresh])).stdout).toMatch(
      /"actor":"clerk".*by-clerk|by-clerk.*"actor":"clerk"/,
    );
  });

  it('records after an entry that is later than the clock only if CLOCK_BEHIND_HEAD is continue', async () => {
    const ahead = shell.path('ahead');
    await runMinutebook(['import', '-', '--data', ahead], commands);
    const writer = new LedgerWriter(join(ahead, 'ledger.db'), () => Date.now() + 86_400_000);
    writer.commit([createAppend('note-1', -1)]);
    writer.close();
    const line = JSON.stringify({ command: 'register-source', data: { source: 'later', title: 'x' } });
    const record = (setting: string) =>
      shell.runMinutebook(
        ['import', '-', '--data', ahead],
        { LEDGER: 'sqlite', CLOCK_BEHIND_HEAD: setting },
        line,
      );
    expect(await record('refuse')).toMatchObject({
      code: 1,
      stdout: 'Recorded: 0. Already recorded: 0. Refused: 1.\n',
      stderr: expect.stringContaining('correct the clock (clock).'),
    });
    expect(await record('continue')).toMatchObject({
      code: 0,
      stdout: 'Recorded: 1. Already recorded: 0. Refused: 0.\n',
    });
  });

  it('requires a key that names the actor', async () => {
    const nameless = shell.path('nameless');
    await runMinutebook(['import', '-', '--data', nameless], commands);
    rmSync(join(nameless, 'admin.key'));
    expect(await runMinutebook(['import', '-', '--data', nameless], commands)).toEqual({
      code: 1,
      stdout: '',
      stderr: `Every entry names who recorded it, and ${join(nameless, 'admin.key')} does not exist: name a key with --key.\n`,
    });
  });
});
