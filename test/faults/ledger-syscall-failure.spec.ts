// The n-th call of a kind on the ledger's files fails, or the process is killed at it, for every n of a short history
// that makes a directory, records, and shares a transaction. What was said then has to be true of what is found.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasStrace } from '../support/strace.js';
import type { Line } from './support/append-process.js';
import { ACKNOWLEDGES_EARLY, type Mistake, mutated } from './support/mutated-build.js';
import { place } from './support/memory-directory.js';
import { record } from './support/strace-recorder.js';
import { entriesIn, wrong } from './support/check-reopened-ledger.js';

const APPENDER = fileURLToPath(new URL('./support/append-process.js', import.meta.url));
const STEPS = [[10], [20, 30]];
/** More calls of one kind than the history has; a loop that goes on beyond is one whose faults never end. */
const CALLS_MAX = 150;
/** What an operator is told; nothing of this is mended by restoring a copy. */
const SENTENCE =
  /^The disk under .* is full or fails .* then start again\.$|cannot be opened .* then start again\.$|^A commit failed .*: what was acknowledged is safe\.$/s;

type Fault = {
  readonly calls: string;
  readonly fault: string;
  /** Whether all calls after the n-th fail, too. */
  readonly lasting?: true;
};

/** One sentence about what was said and is not so; undefined if all of it is. Null if nothing failed any more. */
function untrue({ calls, fault, lasting }: Fault, nth: number, script: string): string | undefined | null {
  const folder = place();
  const data = join(folder, 'data');
  const files = ['', '-wal', '-shm', '-journal'].map((suffix) => join(data, `ledger.db${suffix}`));
  const { said, injected, stderr } = record(folder, script, [data, JSON.stringify(STEPS), 'close'], {
    inject: [`${calls}:${fault}:when=${nth}${lasting ? '+' : ''}`],
    only: [data, ...files],
  });
  const lines = said.map((line) => JSON.parse(line) as Line);
  const acknowledged = lines.flatMap((line) => ('acknowledged' in line ? [line] : []));
  if (!injected) return acknowledged.length === STEPS.flat().length ? null : 'It stopped without a failure.';
  const isUnknown = (id: string) =>
    lines.some((line) => 'refused' in line && line.id === id && line.refused === 'outcome-unknown');

  let entries: readonly string[];
  try {
    entries = entriesIn(data);
  } catch (error) {
    return `It does not open: ${String(error)}`;
  }
  const idAt = (entry: number) => (JSON.parse(entries[entry - 1] ?? '{}') as { id?: string }).id;
  const ids = new Set(entries.map((_, index) => idAt(index + 1)));
  for (const line of lines) {
    if ('ended' in line && !SENTENCE.test(line.ended)) return `It ended with: ${line.ended}`;
    if ('acknowledged' in line && idAt(line.acknowledged) !== line.id)
      return `Entry ${line.acknowledged} was acknowledged and is not there.`;
    if (
      'refused' in line &&
      ids.has(line.id) &&
      !isUnknown(line.id) &&
      !acknowledged.some(({ id }) => id === line.id)
    )
      return `What was refused as ${line.refused} is there.`;
  }
  if (stderr !== '') return `It said ${stderr}`;
  return wrong(data, acknowledged.length * 2, entries, false);
}

/** What was untrue, by the call that failed. Stops at the first that is like `enough`. */
function tried(fault: Fault, script = APPENDER, enough?: RegExp): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  let nth = 1;
  for (; nth < CALLS_MAX; nth++) {
    const what = untrue(fault, nth, script);
    if (what === null) break;
    if (what !== undefined) found.set(nth, what);
    if (what !== undefined && enough?.test(what)) return found;
  }
  expect(nth).toBeGreaterThan(1);
  expect(nth).toBeLessThan(CALLS_MAX);
  return found;
}

const writer = (instead: string, write: string): Mistake => ({
  file: 'ledger/sqlite/ledger-writer.js',
  instead,
  write,
});
const kill = 'signal=KILL';
const EIO = 'error=EIO';
const ENOSPC = 'error=ENOSPC';
const syncs = 'fsync,fdatasync';
const names = 'openat,ftruncate,unlink';

(hasStrace() ? describe : describe.skip)('at the n-th', () => {
  it.each<[string, Fault]>([
    ['name that fails', { calls: names, fault: EIO }],
    ['name that the process is killed at', { calls: names, fault: kill }],
    ['sync that fails', { calls: syncs, fault: EIO }],
    ['sync that fails, as do all after it,', { calls: syncs, fault: EIO, lasting: true }],
    ['sync that the process is killed at', { calls: syncs, fault: kill }],
    ['write that fails', { calls: 'pwrite64', fault: EIO }],
    ['write for which there is no space', { calls: 'pwrite64', fault: ENOSPC }],
    ['write from which on there is no space', { calls: 'pwrite64', fault: ENOSPC, lasting: true }],
    ['write that the process is killed at', { calls: 'pwrite64', fault: kill }],
  ])('%s what was said is so', (_, fault) => {
    expect([...tried(fault)]).toEqual([]);
  });

  it.each<[string, readonly Mistake[], Fault, RegExp]>([
    [
      'takes every failure for a full disk: what it refused is there',
      [writer("if (sqliteCode(error) === 'SQLITE_FULL') {", 'if (true) {')],
      { calls: syncs, fault: EIO, lasting: true },
      /refused as disk-full is there/,
    ],
    [
      'acknowledges what was not written: it is not there, or there is a gap',
      [
        writer(
          'const result = work();',
          "const result = work(); try { this.#db.exec('COMMIT'); } catch {} return result;",
        ),
      ],
      { calls: 'pwrite64', fault: EIO },
      /acknowledged and is not there|It does not open/,
    ],
    [
      'acknowledges before it commits: what it acknowledged is not there',
      ACKNOWLEDGES_EARLY,
      { calls: 'pwrite64', fault: kill },
      /acknowledged and is not there/,
    ],
    [
      'takes a disk that fails for a damaged ledger: it advises to restore it',
      [{ file: 'ledger/sqlite/schema.js', instead: 'SQLITE_(?:CANTOPEN|', write: 'SQLITE_(?:' }],
      { calls: 'openat', fault: EIO },
      /It ended with: .*restore it from a copy/,
    ],
  ])('a ledger that %s', (_, mistakes, fault, finds) => {
    const found = tried(fault, mutated('faults/support/append-process.js', mistakes), finds);
    expect([...found.values()].join('\n')).toMatch(finds);
  });
});
