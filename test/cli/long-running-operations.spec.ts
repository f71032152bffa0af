import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { canonicalJson } from '../../src/json/canonical-json.js';
import { LedgerWriter } from '../../src/ledger/sqlite/ledger-writer.js';
import { createAppend } from '../ledger/support/create-append.js';
import { itEmbedded, IMPORT_UNSUPPORTED_REASON } from '../support/embedded-or-cluster.js';
import type { ChildProgram } from '../support/child-program.js';
import { SUCCESS, Shell } from './support/shell.js';

const shell = new Shell();
afterAll(() => shell.cleanUp());

const MIB = 1024 * 1024;

/** A ledger of entries that are a little larger than `bytes` each, written without a server. */
function writeBook(name: string, entries: number, weight = 4_000): string {
  const note = 'n'.repeat(weight);
  const directory = shell.path(name);
  mkdirSync(directory);
  const writer = new LedgerWriter(join(directory, 'ledger.db'));
  for (let from = 0; from < entries; from += 500)
    writer.commit(
      Array.from({ length: Math.min(500, entries - from) }, (_, index) => {
        const source = `s${from + index}`;
        const append = createAppend(`source-${source}`, -1, ['x']);
        const data = canonicalJson({ note, source, title: `Source ${source}` });
        return {
          ...append,
          events: append.events.map((event) => ({ ...event, type: 'SourceRegistered', data })),
        };
      }),
    );
  writer.close();
  return directory;
}

describe('a long book', () => {
  /** The process prints its peak memory at its end, in KiB, on stderr. */
  const REPORT =
    "import{isMainThread}from'node:worker_threads';if(isMainThread)process.on('exit',()=>process.stderr.write(`\\nmost ${process.resourceUsage().maxRSS}`))";
  /** No thread may have as many bytes of JavaScript objects as the ledger has. */
  const LITTLE = {
    NODE_OPTIONS: `--max-old-space-size=96 --import data:text/javascript,${encodeURIComponent(REPORT)}`,
  };
  const mostOf = ({ stderr }: { stderr: string }): number => Number(/most (\d+)$/.exec(stderr)?.[1]) * 1024;

  const [entries, weight] = [12_000, 20_000];
  let file: string;
  beforeAll(async () => {
    file = shell.path('long.ndjson');
    const directory = writeBook('long', entries, weight);
    const exported = await shell.runMinutebook(['export', '--data', directory, '--to', file], LITTLE);
    expect(exported.code).toBe(0);
    expect(statSync(file).size).toBeGreaterThan(entries * weight);
  }, 300_000);

  const isTheSame = (other: string): void =>
    // All but the first line, which holds the key of the ledger.
    void execFileSync('bash', ['-c', 'cmp <(tail -n +2 "$0") <(tail -n +2 "$1")', file, other]);

  it('is exported and imported between directories in bounded memory', async () => {
    const copy = shell.path('copy');
    const imported = await shell.runMinutebook(['import', file, '--data', copy], LITTLE);
    expect([imported.code, imported.stdout]).toEqual([0, `Imported: ${entries} entries.\n`]);
    const again = shell.path('again.ndjson');
    const exported = await shell.runMinutebook(['export', '--data', copy, '--to', again], LITTLE);
    expect(exported.code).toBe(0);
    isTheSame(again);
  }, 300_000);

  itEmbedded(
    IMPORT_UNSUPPORTED_REASON,
    'is exported and imported through a server in bounded memory',
    async () => {
      const server = await shell.startServer('through', LITTLE);
      const settings = { ...server.settings, ...LITTLE };
      const nothing = await shell.runMinutebook(['projections'], settings);
      const imported = await shell.runMinutebook(['import', file], settings);
      expect([imported.code, imported.stdout]).toEqual([0, `Imported: ${entries} entries.\n`]);
      const again = shell.path('through.ndjson');
      const exported = await shell.runMinutebook(['export', '--to', again], settings);
      expect(exported.code).toBe(0);
      isTheSame(again);
      expect((await server.program.stop()).code).toBe(0);
      // The base memory of such a process and garbage that is not collected yet, but not the whole ledger as well.
      const most = mostOf(nothing) + 0.8 * statSync(file).size;
      for (const each of [imported, exported]) expect(mostOf(each)).toBeLessThan(most);
    },
    300_000,
  );
});

/** The first half of an export that is piped in. */
async function importHalf(
  words: readonly string[],
  text: string,
  isBegun: () => boolean,
): Promise<ChildProgram> {
  const program = shell.startMinutebook(words, {}, true);
  program.child.stdin!.on('error', () => undefined); // the process may end while this writes
  program.child.stdin!.write(text.slice(0, text.length / 2));
  while (!isBegun()) {
    if (program.child.exitCode !== null) throw new Error(`It ended too early: ${program.stderr}`);
    await pause(20);
  }
  return program;
}

describe('an interrupted import leaves an empty ledger', () => {
  let exported: string;
  const [entries, weight] = [1_500, 40_000]; // half of it is larger than the page cache of the writer, 16 MB
  beforeAll(async () => {
    const directory = writeBook('whole', entries, weight);
    exported = (await shell.runMinutebook(['export', '--data', directory])).stdout;
    expect(exported.length).toBeGreaterThan(entries * weight);
  });

  /** Megabytes were written to the file, and nothing of it is committed. */
  const hasWritten = (directory: string) => () => {
    const log = statSync(join(directory, 'ledger.db-wal'), { throwIfNoEntry: false });
    return (log?.size ?? 0) > 3 * MIB;
  };

  it.each<[how: NodeJS.Signals, code: number | null]>([
    ['SIGKILL', null],
    ['SIGINT', 130],
    ['SIGTERM', 130],
  ])('by %s, in a directory', async (signal, code) => {
    const directory = shell.path(`broken-by-${signal}`);
    const words = ['import', '-', '--data', directory];
    const program = await importHalf(words, exported, hasWritten(directory));
    expect(await program.stop(signal)).toEqual({ code, stdout: '', stderr: '' });
    const [header] = (await shell.runMinutebook(['export', '--data', directory])).stdout.split('\n');
    expect(JSON.parse(header!)).toMatchObject({ entries: 0 });
    expect(await shell.runMinutebook(words, {}, exported)).toEqual({
      ...SUCCESS,
      stdout: `Imported: ${entries} entries.\n`,
    });
  });

  it('by the end of the standard input', async () => {
    const directory = shell.path('broken-by-itself');
    const half = exported.slice(0, exported.indexOf('\n', exported.length / 2) + 1);
    const ended = await shell.runMinutebook(['import', '-', '--data', directory], {}, half);
    expect(ended).toEqual({
      code: 1,
      stdout: '',
      stderr: `Line ${half.split('\n').length}: The line is missing: line 1 states ${entries} entries (invalid-export).\nNothing was imported.\n`,
    });
  });

  itEmbedded(IMPORT_UNSUPPORTED_REASON, 'by the end of the server, which is reported', async () => {
    const server = await shell.startServer('killed');
    const words = ['import', '-', '--url', server.url, '--key', readFileSync(join(server.directory, 'admin.key'), 'utf8').trim()]; // prettier-ignore
    const program = await importHalf(words, exported, hasWritten(server.directory));
    await server.program.stop('SIGKILL');
    const { code, stdout, stderr } = await program.exit;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^The connection to \S+ failed \(\w+\)\.\n$/);
    const again = await shell.startServer('killed');
    expect(await (await fetch(`${again.url}/events`)).json()).toEqual({ items: [], next: null, entry: 0 });
    expect((await shell.runMinutebook(['import', '-'], again.settings, exported)).stdout).toBe(
      `Imported: ${entries} entries.\n`,
    );
    await again.program.stop();
  });

  itEmbedded(IMPORT_UNSUPPORTED_REASON, 'by the client of a server, which keeps running', async () => {
    const server = await shell.startServer('goes-on');
    const words = ['import', '-', '--url', server.url, '--key', readFileSync(join(server.directory, 'admin.key'), 'utf8').trim()]; // prettier-ignore
    const program = await importHalf(words, exported, hasWritten(server.directory));
    expect(await program.stop('SIGINT')).toEqual({ code: 130, stdout: '', stderr: '' });
    let ended;
    do ended = await shell.runMinutebook(['import', '-'], server.settings, exported);
    while (ended.stderr.includes('(busy)')); // until the server has noticed that the client is gone
    expect(ended).toEqual({ ...SUCCESS, stdout: `Imported: ${entries} entries.\n` });
    await server.program.stop();
  });
});

describe('an interrupted export', () => {
  let answer: (out: ServerResponse) => void;
  const other = createServer((_, out) => {
    out.setHeader('content-type', 'application/x-ndjson');
    out.write('{"entries":3,"export":"minutebook","key":null,"root":null,"v":1}\n{"entry":1}\n');
    answer(out);
  });
  const folder = shell.path('exports');
  let words: string[];
  beforeAll(async () => {
    mkdirSync(folder);
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    words = ['export', '--url', url, '--to', join(folder, 'book.ndjson')];
  });
  afterAll(() => other.close());
  afterEach(() => expect(readdirSync(folder)).toEqual([]));

  it.each<[how: string, end: (out: ServerResponse) => void, says: RegExp]>([
    [
      'by a connection that fails',
      (out) => setTimeout(() => out.destroy(), 50),
      /^The connection to \S+ failed \(\w+\)\.\n$/,
    ],
    [
      'at the end of a line',
      (out) => out.end(),
      /^Only 2 of 4 lines arrived: the export is incomplete, so do not use it\.\n$/,
    ],
    ['within a line', (out) => out.end('{"entry":2}\n{"entry"'), /^Only 3 of 4 lines arrived: .*\.\n$/],
    [
      'before the end of the last line',
      (out) => out.end('{"entry":2}\n{"entry":3}'),
      /^Only 3 of 4 lines arrived: .*\.\n$/,
    ],
  ])('%s leaves no file, and reports it', async (_, end, expected) => {
    answer = end;
    const { code, stdout, stderr } = await shell.runMinutebook(words);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(expected);
  });

  it('by the user leaves no file, and prints nothing', async () => {
    const requested = Promise.withResolvers<void>();
    answer = () => requested.resolve();
    const program = shell.startMinutebook(words);
    await requested.promise;
    while (readdirSync(folder).length === 0) await pause(20);
    expect(await program.stop('SIGINT')).toEqual({ code: 130, stdout: '', stderr: '' });
  });
});

describe('progress', () => {
  const isHere = existsSync('/usr/bin/script');
  if (!isHere) console.warn('Skipped: a terminal is made with script (util-linux), which is not here.');
  const onTerminal = isHere ? it : it.skip;
  let directory: string;
  beforeAll(() => {
    directory = writeBook('shown', 1_500);
  });

  /** Clears the line. */
  const CLEAR = '\r\u001b[K';

  onTerminal('is one line of a terminal, cleared at the end', async () => {
    const file = shell.path('shown.ndjson');
    const exporting = await shell.runOnTerminal(['export', '--data', directory, '--to', file]);
    expect(exporting).toContain(`${CLEAR}Exporting lines: 1 of 1,501 (0 %)`);
    expect(exporting.endsWith(CLEAR)).toBe(true);
    const importing = await shell.runOnTerminal(['import', file, '--data', shell.path('shown-too')]);
    expect(importing).toContain(`${CLEAR}Importing entries: 1,000 of 1,500 (66 %)`);
    expect(importing.replaceAll('\r\n', '\n').endsWith(`${CLEAR}Imported: 1500 entries.\n`)).toBe(true);
  });

  onTerminal('is cleared before an error is printed', async () => {
    const lines = shell.path('lines.ndjson');
    writeFileSync(lines, '{"command":"register-source","data":{"source":"x","title":"x"}}\n{\n');
    const shown = await shell.runOnTerminal(['import', lines, '--data', shell.path('cleared')]);
    expect(shown).toContain(`Importing lines: 1${CLEAR}Line 2: `);
  });

  it('is not written to a pipe', async () => {
    const file = shell.path('piped.ndjson');
    expect(await shell.runMinutebook(['export', '--data', directory, '--to', file])).toEqual({
      ...SUCCESS,
      stdout: '',
    });
    expect(await shell.runMinutebook(['import', file, '--data', shell.path('piped')])).toEqual({
      ...SUCCESS,
      stdout: 'Imported: 1500 entries.\n',
    });
  });
});
