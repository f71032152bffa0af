// minutebook import: files of every kind, checks, and files that are sent again.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { findCommandSchema } from '../../src/commands/command-schema.js';
import { addIdempotencyKeys } from '../../src/cli/import/idempotency-keys.js';
import { openJsonInput } from '../../src/cli/import/import-input.js';
import { openCsvInput } from '../../src/cli/import/csv-input.js';
import type { ColumnMapping } from '../../src/cli/import/csv-row-mapper.js';
import type { JsonObject } from '../../src/json/json.js';
import { cstoCommands } from '../support/csto-commands.js';
import { SUCCESS, type ShellServer, Shell } from './support/shell.js';

const shell = new Shell();
let server: ShellServer;
beforeAll(async () => {
  server = await shell.startServer('book');
  const lines = cstoCommands.map(([command, data]) => JSON.stringify({ command, data }));
  await shell.runMinutebook(['import', '-'], server.settings, lines.join('\n'));
});
afterAll(() => shell.cleanUp());

const runImport = (...words: readonly string[]) => shell.runMinutebook(['import', ...words], server.settings);
function writeFile(name: string, text: string | Buffer): string {
  const file = shell.path(name);
  writeFileSync(file, text);
  return file;
}
const writeLines = (name: string, lines: readonly unknown[]): string =>
  writeFile(name, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
const register = (organization: string, more: object = {}) => ({
  command: 'register-organization',
  data: { organization, name: organization, classification: 'state' },
  ...more,
});
const admit = (member: string, effective: string) => ({
  command: 'admit-member',
  data: { organization: 'csto', member, effective },
});
const schedule = (meeting: string) => ({
  command: 'schedule-meeting',
  data: { meeting, title: meeting, convenedBy: 'csto', scheduledFor: '2011-05-31' },
});
const open = (meeting: string) => ({ command: 'open-meeting', data: { meeting, at: '2011-05-31' } });
const readHead = async (): Promise<number> =>
  ((await (await fetch(`${server.url}/events?limit=1`)).json()) as { entry: number }).entry;
const summarize = (recorded: number, already: number, refused: number, verb = 'Recorded') =>
  `${verb}: ${recorded}. Already recorded: ${already}. Refused: ${refused}.\n`;

describe('a file that is imported again after a partial failure', () => {
  it('records the rest, and nothing twice: steps and equal lines too', async () => {
    const lines = [
      register('a1'),
      admit('a2', '2001'),
      schedule('am1'),
      open('am1'),
      { command: 'adjourn-meeting', data: { meeting: 'am1', at: '2011-05-31' } },
      open('am1'),
      { command: 'close-meeting', data: { meeting: 'am1', at: '2011-05-31' } },
    ];
    const file = writeLines('again.ndjson', lines);
    const first = await runImport(file);
    expect([first.code, first.stdout]).toEqual([1, summarize(6, 0, 1)]);
    await runImport(writeLines('missing.ndjson', [register('a2')]));
    expect(await runImport(file)).toEqual({ ...SUCCESS, stdout: summarize(1, 6, 0) });
    const head = await readHead();
    expect(await runImport(file)).toEqual({ ...SUCCESS, stdout: summarize(0, 7, 0) });
    expect(await readHead()).toBe(head);
  });

  it('names lines whose recordedAt is older than the head, also in a check', async () => {
    const file = writeLines('old.ndjson', [register('b1', { recordedAt: '1992-05-15T00:00:00Z' })]);
    for (const words of [[file], [file, '--check']]) {
      const { code, stderr } = await runImport(...words);
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^Line 1, \/recordedAt: recordedAt must lie between that of the last entry \(.*\) and the current time \(invalid-value\)\.\n/,
      );
    }
  });

  it('keeps the keys that lines bring, and gives none to the standard input', async () => {
    const lines = [register('c1', { idempotencyKey: 'own' }), register('c2')];
    const keys = async (file: string): Promise<readonly unknown[]> => {
      const source = Readable.from([Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n'))]);
      const input = await openJsonInput(source, file);
      const found: unknown[] = [];
      for await (const { bytes } of input.readLines())
        found.push((JSON.parse(bytes.toString()) as { idempotencyKey?: string }).idempotencyKey);
      return found;
    };
    expect(await keys('/x/file.ndjson')).toEqual(['own', expect.stringMatching(/^import-[\w-]{43}$/)]);
    expect(await keys('/y/file.ndjson')).toEqual(await keys('/x/file.ndjson'));
    expect(await keys('other.ndjson')).not.toEqual(await keys('file.ndjson'));
    expect(await keys('-')).toEqual(['own', undefined]);
  });

  it('has a key for each of equal lines, whatever the order of their members', async () => {
    async function* lines() {
      for (const [index, text] of ['{"command":"x","data":{}}', '{"data":{},"command":"x"}', 'no JSON', '{"command":"x","data":{"n":1}}', '{"n":1.0000000000000000001}'].entries())
        yield await Promise.resolve({ number: index + 1, bytes: Buffer.from(text), tooLong: false }); // prettier-ignore
    }
    const found = async () => {
      const texts: string[] = [];
      for await (const { bytes } of addIdempotencyKeys(lines(), 'f')) texts.push(bytes.toString());
      return texts;
    };
    const texts = await found();
    expect(new Set(texts).size).toBe(5);
    expect(texts.map((text) => text.includes('"idempotencyKey":"import-'))).toEqual([true, true, false, true, false]); // prettier-ignore
    expect(await found()).toEqual(texts);
  });
});

describe('a check', () => {
  it('judges each line on those before it, prints all errors, and records nothing', async () => {
    const head = await readHead();
    const lines = [
      register('d1'),
      '',
      admit('d1', '2001'),
      admit('d1', '2005'),
      { command: 'register-source', data: { source: 'D', title: 5 } },
    ];
    const { code, stdout, stderr } = await runImport(writeLines('check.ndjson', lines), '--check');
    expect([code, stdout]).toEqual([1, summarize(2, 0, 2, 'Would be recorded')]);
    expect(stderr.split('\n')).toEqual([
      'Line 4: "d1" would join "csto" in 2005, but is already a member then (already-member).',
      expect.stringMatching(/^Line 5, \/source: .* \(invalid-id\)\.$/),
      expect.stringMatching(/^Line 5, \/title: .* \(invalid-value\)\.$/),
      '2 lines were refused.',
      '',
    ]);
    expect(await readHead()).toBe(head);
  });

  it('of a directory leaves it is, and makes none', async () => {
    const file = writeLines('into.ndjson', [register('e1'), register('e1'), admit('e2', '2001')]);
    const [fresh, used] = [shell.path('fresh'), shell.path('used')];
    const checked = await runImport(file, '--check', '--data', fresh);
    expect([checked.code, checked.stdout]).toEqual([1, summarize(1, 1, 1, 'Would be recorded')]);
    expect(existsSync(fresh)).toBe(false);
    await runImport(writeLines('first.ndjson', [register('e1')]), '--data', used);
    const again = await runImport(file, '--check', '--data', used);
    expect(again.stdout).toBe(summarize(0, 2, 1, 'Would be recorded'));
    expect((await runImport(file, '--data', used)).stdout).toBe(summarize(0, 2, 1));
  });

  it('of one command prints what would be recorded', async () => {
    const file = writeFile('one.json', '{"source":"f1","title":"x"}');
    const post = (...words: string[]) =>
      shell.runMinutebook(['post', 'register-source', file, ...words], server.settings);
    const { stdout, ...ended } = await post('--check');
    expect(ended).toEqual(SUCCESS);
    expect(JSON.parse(stdout)).toEqual({ stream: 'source-f1', revision: 0, events: [{ type: 'SourceRegistered' }] }); // prettier-ignore
    expect((await fetch(`${server.url}/sources/f1`)).status).toBe(404);
  });
});

describe('a table', () => {
  const csv = (...rows: readonly string[]) => `${rows.join('\r\n')}\r\n`;

  it('becomes one command a row', async () => {
    await runImport(writeLines('g.ndjson', [register('g1'), register('g2'), register('g3')]));
    const file = writeFile(
      'members.csv',
      csv(
        '\ufeffid;since;sources.0.source;sources.0.locator;remarks',
        'g1;1992-05-15;treaty;"Article 1; and ""2"""; paid',
        ';;;;',
        'g2;[..1994];;;',
      ),
    );
    const words = ['--as', 'admit-member', '--map', 'member=id,effective=since', '--set', 'organization=csto', '--ignore', 'remarks']; // prettier-ignore
    const checked = await runImport(file, ...words, '--check');
    expect(checked).toEqual({ ...SUCCESS, stdout: summarize(2, 0, 0, 'Would be recorded') });
    expect(await runImport(file, ...words)).toEqual({ ...SUCCESS, stdout: summarize(2, 0, 0) });
    expect(await runImport(file, ...words)).toEqual({ ...SUCCESS, stdout: summarize(0, 2, 0) });
    const { items } = (await (await fetch(`${server.url}/events?stream=membership-csto:g1`)).json()) as {
      items: { data: unknown }[];
    };
    expect(items[0]?.data).toEqual({
      organization: 'csto',
      member: 'g1',
      effective: '1992-05-15',
      sources: [{ source: 'treaty', locator: 'Article 1; and "2"' }],
    });
  });

  it('has its errors by row and column', async () => {
    const file = writeFile('errors.csv', csv('id,since', 'g3,1992', '"G,\n3",31.12.1992', '', 'g9,'));
    const { code, stdout, stderr } = await runImport(
      file,
      ...[
        '--as',
        'admit-member',
        '--map',
        'member=id,effective=since',
        '--set',
        'organization=csto',
        '--check',
      ],
    );
    expect([code, stdout]).toEqual([1, summarize(1, 0, 2, 'Would be recorded')]);
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^Row 3, column "id": .* \(invalid-id\)\.$/),
      expect.stringMatching(/^Row 3, column "since": .* \(invalid-date\)\.$/),
      'Row 5, column "since": "effective" is missing (missing-field).',
      '2 lines were refused.',
      '',
    ]);
  });

  it('ends at a row that is not CSV, after what came before it', async () => {
    const file = writeFile('broken.csv', csv('source,title', 'h1,One', 'h2,Two,and more', 'h3,Three'));
    const { code, stdout, stderr } = await runImport(file, '--as', 'register-source');
    expect([code, stdout]).toEqual([1, summarize(1, 0, 0)]);
    expect(stderr).toMatch(/^Row 3 has 3 cells, but the header has 2: .*\.\n$/);
  });

  it.each<[why: string, text: string | Buffer, words: string[], says: RegExp]>([
    ['no such column', 'id,since\n', ['--map', 'member=name'], /There is no column "name"; the columns are id, since\./], // prettier-ignore
    [
      'a column that is no field',
      'member,phone\n',
      [],
      /column "phone" is no field of admit-member: .*--ignore/,
    ],
    ['two columns of one name', 'member,member\n', [], /There are two columns "member"\./],
    ['a field twice', 'member,id\n', ['--map', 'member=id'], /same field, "member"/],
    ['a field from a column and a constant', 'member\n', ['--set', 'member=x'], /same field, "member"/],
    ['a list without a place in it', 'member,sources\n', [], /has members: name them, such as sources\.0/],
    ['an empty file', '', [], /is empty/],
    [
      'another encoding',
      Buffer.from('member,note\nx,\xe9\n', 'latin1'),
      [],
      /is not UTF-8: save it as "CSV UTF-8"/,
    ],
    ['an unknown command', 'a\n', ['--as', 'admit-members'], /There is no command "admit-members"/],
    ['a quote that never ends', 'member,note\nx,"y\n', [], /Row 2 of ".*" is not CSV/],
  ])('is refused with a sentence: %s', async (_, text, words, expected) => {
    const file = writeFile('refused.csv', text);
    const { code, stderr } = await runImport(
      file,
      '--as',
      'admit-member',
      '--set',
      'organization=csto',
      ...words,
    );
    expect(code).toBeGreaterThan(0);
    expect(stderr).toMatch(expected);
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  const mapping: ColumnMapping = {
    columnsByField: new Map(),
    constants: new Map([['decision', 'd1']]),
    ignoredColumns: new Set(),
  };
  const openRows = (source: Readable, command: string, more: Partial<ColumnMapping> = {}) =>
    openCsvInput(source, 'f.csv', {
      command,
      mapping: { ...mapping, ...more },
      schema: findCommandSchema(command) as JsonObject,
    });

  it('has numbers where the command has them, members of lists, and keys of maps', async () => {
    const rows = ['tally.for,tally.against,tally.abstain,title,topics.1', '5,x,,007,'];
    const source = Readable.from([Buffer.from(rows.join('\n'))]);
    const input = await openRows(source, 'record-decision', { ignoredColumns: new Set(['topics.1']) });
    const data: unknown[] = [];
    for await (const { bytes } of input.readLines()) data.push((JSON.parse(bytes.toString()) as { data: unknown }).data); // prettier-ignore
    expect(data).toEqual([{ decision: 'd1', title: '007', tally: { for: 5, against: 'x' } }]);
    const people = ['person,name,names.ru,names.fr', 'anna,Anna,Анна,'];
    const named = await openRows(Readable.from([Buffer.from(people.join('\n'))]), 'register-person', { constants: new Map() }); // prettier-ignore
    for await (const { bytes } of named.readLines())
      expect(JSON.parse(bytes.toString())).toMatchObject({ data: { person: 'anna', names: { ru: 'Анна' } } });
  });

  it('is read as far as its commands are taken, whatever its length', async () => {
    let sent = 0;
    async function* rows(): AsyncGenerator<Buffer> {
      yield Buffer.from('source,title\n');
      for (; sent < 1_000_000; sent++)
        yield await Promise.resolve(Buffer.from(`s${sent},A report of some length\n`));
    }
    const input = await openRows(Readable.from(rows()), 'register-source', { constants: new Map() });
    const lines = input.readLines();
    for (let n = 0; n < 100; n++) expect((await lines.next()).done).toBe(false);
    expect(sent).toBeLessThan(5_000);
    await lines.return(undefined);
  });
});

describe('a file that is no NDJSON', () => {
  const refused = (says: string) => ({ code: 2, stdout: '', stderr: expect.stringMatching(says) as string });

  it.each([
    ['pretty-printed JSON', '{\n  "name": "x",\n  "version": "1"\n}\n'],
    ['a table', 'id,since\na,1992\nb,1993\n'],
    ['a text', 'Minutes of the meeting\n\nPresent: all.\n'],
    ['an array that does not end', '[{"command":"register-source","data":{}},\n'],
  ])('ends with one sentence, and leaves no directory: %s', async (_, text) => {
    const directory = shell.path('never');
    const file = writeFile('no.ndjson', text);
    expect(await runImport(file, '--data', directory)).toEqual(refused('is not NDJSON.*--as'));
    expect(await runImport(file)).toEqual(refused('is not NDJSON.*--as'));
    expect(existsSync(directory)).toBe(false);
  });

  it('may be a JSON array of commands', async () => {
    const file = writeFile(
      'array.json',
      JSON.stringify([register('i1'), register('I2'), register('i3')], null, 2),
    );
    const { code, stdout, stderr } = await runImport(file);
    expect([code, stdout]).toEqual([1, summarize(2, 0, 1)]);
    expect(stderr).toMatch(/^Command 2, \/organization: .* \(invalid-id\)\.\n/);
  });

  it('may be empty, which is said', async () => {
    const empty = await shell.runMinutebook(['import', '-'], server.settings, '\n');
    expect(empty).toEqual({ ...SUCCESS, stdout: `The input has no commands.\n${summarize(0, 0, 0)}` });
  });

  it('may have a broken first line', async () => {
    const { stdout } = await runImport(writeLines('first-broken.ndjson', ['{ oops', register('i4')]));
    expect(stdout).toBe(summarize(1, 0, 1));
  });
});

it('leaves no temporary directory behind', async () => {
  const listChecks = () => readdirSync(tmpdir()).filter((name) => name.startsWith('minutebook-check-'));
  const before = listChecks();
  const scratch = mkdtempSync(join(tmpdir(), 'minutebook-cli-'));
  await runImport(writeLines('tidy.ndjson', [register('j1')]), '--check', '--data', join(scratch, 'new'));
  rmSync(scratch, { recursive: true });
  expect(listChecks()).toEqual(before);
});
