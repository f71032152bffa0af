// The n-th system call of a kind on the ledger's files fails, or kills the process, for every n of a short history that
// creates a directory, appends, and shares a transaction. The reported outcomes must match the ledger that is found.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasStrace } from '../support/strace.js';
import type { OutputLine } from './support/append-process.js';
import { EARLY_ACKNOWLEDGMENT, type Mutation, createMutatedBuild } from './support/mutated-build.js';
import { createMemoryDirectory } from './support/memory-directory.js';
import { recordProcess } from './support/strace-recorder.js';
import { readEntries, findProblem } from './support/check-reopened-ledger.js';

const APPENDER = fileURLToPath(new URL('./support/append-process.js', import.meta.url));
const STEPS = [[10], [20, 30]];
/** More calls of one kind than the history makes; a loop that goes further has faults that never end. */
const CALLS_MAX = 150;
/** The messages for the operator; none of these faults is repaired by restoring a copy. */
const FATAL_MESSAGE =
  /^The disk under .* is full or failing .* then start again\.$|cannot be opened .* then start again\.$|^A commit failed .*: all acknowledged entries are safe\.$/s;

type InjectedFault = {
  readonly calls: string;
  readonly fault: string;
  /** Whether all calls after the n-th fail, too. */
  readonly lasting?: true;
};

/** The first reported outcome that the ledger contradicts; undefined if there is none; null if no call failed. */
function findContradiction(
  { calls, fault, lasting }: InjectedFault,
  nth: number,
  script: string,
): string | undefined | null {
  const folder = createMemoryDirectory();
  const data = join(folder, 'data');
  const files = ['', '-wal', '-shm', '-journal'].map((suffix) => join(data, `ledger.db${suffix}`));
  const { outputLines, injected, stderr } = recordProcess(
    folder,
    script,
    [data, JSON.stringify(STEPS), 'close'],
    {
      inject: [`${calls}:${fault}:when=${nth}${lasting ? '+' : ''}`],
      only: [data, ...files],
    },
  );
  const lines = outputLines.map((line) => JSON.parse(line) as OutputLine);
  const acknowledged = lines.flatMap((line) => ('acknowledged' in line ? [line] : []));
  if (!injected) return acknowledged.length === STEPS.flat().length ? null : 'It stopped without a failure.';
  const isUnknown = (id: string) =>
    lines.some((line) => 'refused' in line && line.id === id && line.refused === 'outcome-unknown');

  let entries: readonly string[];
  try {
    entries = readEntries(data);
  } catch (error) {
    return `It does not open: ${String(error)}`;
  }
  const idAt = (entry: number) => (JSON.parse(entries[entry - 1] ?? '{}') as { id?: string }).id;
  const ids = new Set(entries.map((_, index) => idAt(index + 1)));
  for (const line of lines) {
    if ('ended' in line && !FATAL_MESSAGE.test(line.ended)) return `It ended with: ${line.ended}`;
    if ('acknowledged' in line && idAt(line.acknowledged) !== line.id)
      return `Entry ${line.acknowledged} was acknowledged and is not there.`;
    if (
      'refused' in line &&
      ids.has(line.id) &&
      !isUnknown(line.id) &&
      !acknowledged.some(({ id }) => id === line.id)
    )
      return `The append that was refused as ${line.refused} is there.`;
  }
  if (stderr !== '') return `It wrote to stderr: ${stderr}`;
  return findProblem(data, acknowledged.length * 2, entries, false);
}

/** The contradictions, by the number of the failing call. Stops at the first one that matches `stopAt`. */
function injectFaultAtEachCall(
  fault: InjectedFault,
  script = APPENDER,
  stopAt?: RegExp,
): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  let nth = 1;
  for (; nth < CALLS_MAX; nth++) {
    const what = findContradiction(fault, nth, script);
    if (what === null) break;
    if (what !== undefined) found.set(nth, what);
    if (what !== undefined && stopAt?.test(what)) return found;
  }
  expect(nth).toBeGreaterThan(1);
  expect(nth).toBeLessThan(CALLS_MAX);
  return found;
}

const createWriterMutation = (instead: string, write: string): Mutation => ({
  file: 'ledger/sqlite/ledger-writer.js',
  instead,
  write,
});
const KILL = 'signal=KILL';
const EIO = 'error=EIO';
const ENOSPC = 'error=ENOSPC';
const SYNC_CALLS = 'fsync,fdatasync';
const NAME_CALLS = 'openat,ftruncate,unlink';

(hasStrace() ? describe : describe.skip)('at the n-th', () => {
  it.each<[string, InjectedFault]>([
    ['call that opens, truncates or removes a file, which fails,', { calls: NAME_CALLS, fault: EIO }],
    [
      'call that opens, truncates or removes a file, which kills the process,',
      { calls: NAME_CALLS, fault: KILL },
    ],
    ['sync, which fails,', { calls: SYNC_CALLS, fault: EIO }],
    ['sync, which fails as do all after it,', { calls: SYNC_CALLS, fault: EIO, lasting: true }],
    ['sync, which kills the process,', { calls: SYNC_CALLS, fault: KILL }],
    ['write, which fails,', { calls: 'pwrite64', fault: EIO }],
    ['write, which finds the disk full,', { calls: 'pwrite64', fault: ENOSPC }],
    ['write, from which on the disk is full,', { calls: 'pwrite64', fault: ENOSPC, lasting: true }],
    ['write, which kills the process,', { calls: 'pwrite64', fault: KILL }],
  ])('%s every reported outcome is true', (_, fault) => {
    expect([...injectFaultAtEachCall(fault)]).toEqual([]);
  });

  it.each<[string, readonly Mutation[], InjectedFault, RegExp]>([
    [
      'treats every failure as a full disk: a refused append is there',
      [createWriterMutation("if (getSqliteCode(error) === 'SQLITE_FULL') {", 'if (true) {')],
      { calls: SYNC_CALLS, fault: EIO, lasting: true },
      /refused as disk-full is there/,
    ],
    [
      'acknowledges entries that were not written: they are missing, or there is a gap',
      [
        createWriterMutation(
          'const result = work();',
          "const result = work(); try { this.#db.exec('COMMIT'); } catch {} return result;",
        ),
      ],
      { calls: 'pwrite64', fault: EIO },
      /acknowledged and is not there|It does not open/,
    ],
    [
      'acknowledges before it commits: acknowledged entries are missing',
      EARLY_ACKNOWLEDGMENT,
      { calls: 'pwrite64', fault: KILL },
      /acknowledged and is not there/,
    ],
    [
      'treats a failing disk as a damaged ledger: it advises to restore it',
      [{ file: 'ledger/sqlite/sqlite-errors.js', instead: 'SQLITE_(?:CANTOPEN|', write: 'SQLITE_(?:' }],
      { calls: 'openat', fault: EIO },
      /It ended with: .*restore it from a copy/,
    ],
  ])('a ledger that %s', (_, mutations, fault, expected) => {
    const found = injectFaultAtEachCall(
      fault,
      createMutatedBuild('faults/support/append-process.js', mutations),
      expected,
    );
    expect([...found.values()].join('\n')).toMatch(expected);
  });
});
