import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { auditDirectory } from '../../src/cli/audit/audit-targets.js';
import { ProgressLine } from '../../src/cli/_shared/progress-line.js';
import { type ProgramExit, type ChildProgram, runScript, stopAllPrograms } from '../support/child-program.js';

/** The parent of the temporary directories of audits. */
const temporary = mkdtempSync(join(tmpdir(), 'minutebook-cli-'));
const directory = join(temporary, 'data');
const exported = join(temporary, 'export.ndjson');
const runAudit = (...words: string[]): Promise<ProgramExit> =>
  runScript('cli/minutebook', ['audit', ...words], {
    DATA_DIR: directory,
    TMPDIR: temporary,
    MINUTEBOOK_URL: '',
  }).exit;
const findAuditDirectories = (): string[] =>
  readdirSync(temporary).filter((name) => name.startsWith('minutebook-audit-'));

let server: ChildProgram;
let url: string;
beforeAll(async () => {
  server = runScript('cli/demo/run-demo', [], { PORT: '0', DATA_DIR: directory });
  await server.waitForOutput('records nothing twice.');
  url = /open at (\S+)/.exec(server.stdout)?.[1] ?? '';
  const answer = await fetch(`${url}/events`, { headers: { accept: 'application/x-ndjson' } });
  writeFileSync(exported, await answer.text());
});
afterAll(async () => {
  await stopAllPrograms();
  rmSync(temporary, { recursive: true, force: true });
});

const INTACT_BOOK = 'The book up to entry 93 is intact, and 11 read models match a rebuild.\n';
const INTACT_EXPORT = 'The book up to entry 93 is intact, and every read model can be built from it.\n';

describe('minutebook audit', () => {
  it('refuses the directory of a running server, which keeps running', async () => {
    expect(await runAudit()).toEqual({
      code: 1,
      stdout: '',
      stderr: `${directory} is in use by another Minutebook process: stop that one first, or audit the running server with --url.\n`,
    });
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  });

  it('audits a running server over HTTP', async () => {
    expect(await runAudit('--url', url)).toEqual({ code: 0, stdout: INTACT_BOOK, stderr: '' });
    const key = readFileSync(join(directory, 'admin.key'), 'utf8').trim();
    expect(await runAudit('--url', url, '--key', key, '--data', '/nowhere')).toMatchObject({
      code: 0,
      stdout: INTACT_BOOK,
    });
  });

  it('reports the refusal of a server, or that no server answers', async () => {
    expect(await runAudit('--url', url, '--key', 'mb_unknown')).toEqual({
      code: 1,
      stdout: '',
      stderr: `${url} does not accept the API key of --key: name another one with --key or MINUTEBOOK_KEY, or the data directory of the server with --data (unknown-key).\n`,
    });
    const { code, stderr } = await runAudit('--url', 'http://127.0.0.1:9');
    expect([code, stderr]).toEqual([1, expect.stringContaining('http://127.0.0.1:9')]);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it.each([
    [['a', 'b'], "Too many arguments for 'audit'. Expected 1 argument but got 2.\n"],
    [['file', '--data', 'x'], 'A file is audited on its own: leave out --data and --url.\n'],
    [['file', '--url'], 'A file is audited on its own: leave out --data and --url.\n'],
    [['--key', 'x'], 'A key is for a server: name the server with --url.\n'],
    [['--url', 'ftp://x'], '"ftp://x" is not the address of a server, such as http://127.0.0.1:3000.\n'],
    [['none.ndjson'], 'There is no file "none.ndjson".\n'],
  ])('%j is wrong usage', async (words, stderr) => {
    expect(await runAudit(...words)).toEqual({ code: 2, stdout: '', stderr });
  });
});

describe('minutebook audit of an exported file', () => {
  const altered = (change: (lines: string[]) => unknown): string => {
    const lines = readFileSync(exported, 'utf8').split('\n');
    change(lines);
    const file = join(temporary, 'altered.ndjson');
    writeFileSync(file, lines.join('\n'));
    return file;
  };
  afterEach(() => expect(findAuditDirectories()).toEqual([]));

  it('reports an intact ledger', async () => {
    expect(await runAudit(exported)).toEqual({ code: 0, stdout: INTACT_EXPORT, stderr: '' });
  });

  it('lists every altered line', async () => {
    const file = altered((lines) => {
      lines[10] = lines[10]!.replace('"correlationId":"', '"correlationId":"x');
      lines[20] = lines[20]!.replace(/"leaf":"../, (leaf) =>
        leaf.endsWith('00') ? '"leaf":"11' : '"leaf":"00',
      );
    });
    const { code, stdout, stderr } = await runAudit(file);
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toContain(
      'Entry 10 of the ledger does not match its leaf hash: its stored bytes were altered.\n',
    );
    expect(stdout).toContain(
      'Entry 20 of the ledger does not match its leaf hash: its stored bytes were altered.\n',
    );
    expect(stdout).toMatch(/\nThe book up to entry 93: \d+ differences\.\n$/);
  });

  it.each([
    [
      'another root',
      (lines: string[]) => (lines[0] = lines[0]!.replace(/"root":"..../, '"root":"AAAA')),
      'but the first line states AAAA',
    ],
    [
      'a last entry removed, and the header adapted',
      (lines: string[]) => {
        lines.splice(93, 1);
        lines[0] = lines[0]!.replace('"entries":93', '"entries":92');
      },
      'The tree of these 92 entries has the root ',
    ],
  ])('names %s', async (_, change, expected) => {
    const { code, stdout } = await runAudit(altered(change));
    expect(code).toBe(1);
    expect(stdout).toContain(expected);
    expect(stdout).toMatch(/: 1 difference\.\n$/);
  });

  it.each([
    [
      'a removed line',
      (lines: string[]) => lines.splice(40, 1),
      'altered.ndjson: Entry 41 is where entry 40 must be.\n',
    ],
    [
      'two exchanged lines',
      (lines: string[]) => lines.splice(40, 2, lines[41]!, lines[40]!),
      'altered.ndjson: Entry 41 is where entry 40 must be.\n',
    ],
    [
      'lines missing at the end',
      (lines: string[]) => lines.splice(90),
      'is missing: line 1 states 93 entries.\n',
    ],
    [
      'an additional line',
      (lines: string[]) => lines.splice(93, 0, lines[93]!),
      'follows the 93 entries that line 1 states.\n',
    ],
    ['a line that is not JSON', (lines: string[]) => (lines[7] = lines[7]!.slice(0, 50)), 'Line 8 of '],
  ])('refuses %s', async (_, change, expected) => {
    const { code, stdout, stderr } = await runAudit(altered(change));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(expected);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('cannot use a file that is not an export', async () => {
    for (const change of [(lines: string[]) => lines.splice(0), (lines: string[]) => lines.splice(0, 1)])
      expect(await runAudit(altered(change))).toEqual({
        code: 2,
        stdout: '',
        stderr:
          'The file is not an export of a book: its first line must be the header that "minutebook export" writes.\n',
      });
  });

  it('removes the temporary directory of a killed audit', async () => {
    const left = mkdtempSync(join(temporary, 'minutebook-audit-'));
    writeFileSync(join(left, 'ledger.db'), 'half of a ledger');
    expect(await runAudit(exported)).toMatchObject({ code: 0 });
    expect(existsSync(left)).toBe(false);
  });
});

describe("minutebook audit of a stopped server's directory", () => {
  /** Of the version that the release declares. */
  const getModelFile = (): string => {
    const folder = join(directory, 'read-models');
    const name = readdirSync(folder).find((each) => /^organizations-\d+-1\.db$/.test(each));
    return join(folder, name ?? 'organizations');
  };
  const alter = (sql: string): void => {
    const db = new Database(getModelFile());
    db.exec(sql);
    db.close();
  };
  const files = (): string[] => readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  beforeAll(() => server.stop('SIGINT'));

  it('reports an intact ledger, and leaves no files', async () => {
    const before = files().filter((name) => !/-(wal|shm)$/.test(name));
    expect(await runAudit()).toEqual({ code: 0, stdout: INTACT_BOOK, stderr: '' });
    expect(files()).toEqual(before);
  });

  it('prints the differences, one a line', async () => {
    const file = getModelFile();
    copyFileSync(file, join(temporary, 'kept.db'));
    alter(
      `UPDATE names SET name = 'Armenien' WHERE row = (SELECT min(row) FROM names WHERE name = 'Armenia')`,
    );
    const { code, stdout } = await runAudit('--data', directory);
    expect(code).toBe(1);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(
        /^organizations: names, stream "organization-armenia", .* has name "Armenien" where a replay leads to "Armenia"\.$/,
      ),
      'The book up to entry 93: 1 difference.',
      '',
    ]);
    copyFileSync(join(temporary, 'kept.db'), file);
  });

  it('says once that a restored ledger has no read models yet', async () => {
    const restored = mkdtempSync(join(temporary, 'restored-'));
    copyFileSync(join(directory, 'ledger.db'), join(restored, 'ledger.db'));
    expect((await runAudit('--data', restored)).stdout).toBe(
      'The book up to entry 93 is intact, and every read model can be built from it; none of them has a file that could be compared.\n',
    );
  });

  it('prints which read models it did not compare, or only in part', async () => {
    const file = getModelFile();
    alter('UPDATE checkpoint SET complete = 0');
    expect((await runAudit()).stdout).toBe(
      `organizations has no file, and was not compared.\n${INTACT_BOOK.replace('11', '10')}`,
    );
    copyFileSync(join(temporary, 'kept.db'), file);
  });

  it('an interrupted audit keeps its progress, unlocks the directory, and is completed by the next one', async () => {
    const progress = new ProgressLine({ write: () => true });
    await expect(auditDirectory(directory, progress, AbortSignal.abort())).rejects.toThrow('aborted');
    expect(files()).toContain('audit/interrupted');
    expect(await runAudit()).toMatchObject({ code: 0, stdout: INTACT_BOOK });
    expect(files()).not.toContain('audit');
  });

  it('reports a directory without a book, and creates none', async () => {
    const nowhere = join(temporary, 'nowhere');
    expect(await runAudit('--data', nowhere)).toEqual({
      code: 1,
      stdout: '',
      stderr: `There is no book in ${nowhere}: name its directory with --data, an exported file, or a running server with --url.\n`,
    });
    expect(existsSync(nowhere)).toBe(false);
  });
});
