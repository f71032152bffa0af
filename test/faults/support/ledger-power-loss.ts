// Ledgers that were recorded under strace, and the states that a power loss leaves of them.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSeededRandom } from '../../durability/support/seeded-random.js';
import type { OutputLine, AppendStep } from './append-process.js';
import { generateCrashes } from './disk-model.js';
import { withDiskContents, createMemoryDirectory } from './memory-directory.js';
import { type InjectedFaults, type Operation, recordProcess, type Recording } from './strace-recorder.js';
import { readEntries, findProblem } from './check-reopened-ledger.js';

/** The seed of the random subsets. */
const SEED = 1;

const APPENDER = fileURLToPath(new URL('./append-process.js', import.meta.url));
/** The data directory. Its parent does not exist either, as at a first start. */
const DATA_DIRECTORY = 'books/csto';

/** One run of the appending process. */
export type ProcessRun = {
  readonly steps: readonly AppendStep[];
  /** Whether the ledger is closed at the end; otherwise the process is killed. */
  readonly close?: true;
  readonly faults?: InjectedFaults;
};

/** Single appends, and two in one transaction. */
export const SMALL_STEPS: readonly AppendStep[] = [[10], [20, 3_000], [30]];
/** Enough to grow the write-ahead log over its thousand pages, so that a wal_checkpoint restarts it. */
export const LARGE_STEPS: readonly AppendStep[] = [
  [10],
  Array<number>(8).fill(400_000),
  [400_000, 400_000, 400_000],
  [10],
  [20, 30],
];
type RecordedRuns = {
  readonly operations: readonly Operation[];
  /** The entries at the end, without a power loss. */
  readonly history: readonly string[];
  readonly runs: readonly Recording[];
};

/** Several runs, one after the other, without a power loss between them. */
export function recordRuns(runs: readonly ProcessRun[], script = APPENDER): RecordedRuns {
  const folder = createMemoryDirectory();
  const data = join(folder, DATA_DIRECTORY);
  const recordings = runs.map(({ steps, close, faults }) =>
    recordProcess(folder, script, [data, JSON.stringify(steps), ...(close ? ['close'] : [])], faults),
  );
  for (const { stderr } of recordings) if (stderr !== '') throw new Error(stderr);
  return { operations: concatenateOperations(recordings), history: readEntries(data), runs: recordings };
}

/**
 * A commit of the second run fails at its sync, as do all later syncs and all attempts to truncate the log, so that
 * the process ends with a log that is only in memory. The third run starts again. Which calls have to fail is found
 * by trying.
 */
export function recordFailedCommit(script = APPENDER): RecordedRuns {
  for (let sync = 1; sync <= 12; sync++)
    for (let emptying = 3; emptying <= 5; emptying++) {
      const inject = [`fsync:error=EIO:when=${sync}+`, `ftruncate:error=EIO:when=${emptying}+`];
      const runs: readonly ProcessRun[] = [
        { steps: [[10], [20]] },
        { steps: [[10, 10]], faults: { inject } },
        { steps: [] },
      ];
      const book = recordRuns(runs, script);
      const [, failed] = book.runs;
      if (failed && hasFailedAtEntries(failed) && /ended.*A commit failed/.test(failed.outputLines[0] ?? ''))
        return book;
    }
  throw new Error('No injected failure made a commit fail as required.');
}

/** Whether the first failed sync was that of entries in the log. */
const hasFailedAtEntries = ({ operations }: Pick<Recording, 'operations'>): boolean => {
  const before = operations[operations.findIndex((each) => each.is === 'sync' && each.failed) - 1];
  return before?.is === 'write' && before.path.endsWith('-wal') && before.offset > 0;
};

function concatenateOperations(recordings: readonly Recording[]): readonly Operation[] {
  const all: Operation[] = [];
  for (const { operations } of recordings) {
    const before = all.length;
    for (const each of operations)
      all.push(each.is === 'sync' ? { ...each, covers: each.covers + before } : each);
  }
  return all;
}

export type PowerLossResult = {
  /** The number of different states of the disk. */
  readonly states: number;
  /** What is wrong with any of them, with the first state that shows it. */
  readonly problems: ReadonlyMap<string, string>;
};

/** Opens the ledger on every disk that a power loss can leave, or until a problem matches `stopAt`. */
export function testPowerLosses(
  { operations, history }: Omit<RecordedRuns, 'runs'>,
  samples: number,
  stopAt?: RegExp,
): PowerLossResult {
  const target = join(createMemoryDirectory(), 'disk');
  const unknown = operations.some((each) => each.is === 'output' && /outcome-unknown|ended/.test(each.line));
  const problems = new Map<string, string>();
  let states = 0;
  for (const { operationCount, outputLines, survivors, readContents } of generateCrashes(operations, {
    randomBelow: createSeededRandom(SEED),
    samples,
  })) {
    states++;
    const problem = withDiskContents(target, readContents(), () =>
      findProblem(join(target, DATA_DIRECTORY), getLastAcknowledged(outputLines), history, unknown),
    );
    if (problem !== undefined && !problems.has(problem))
      problems.set(problem, `before operation ${operationCount}, of which there are ${survivors}`);
    if (problem !== undefined && stopAt?.test(problem)) break;
  }
  return { states, problems };
}

const getLastAcknowledged = (outputLines: readonly string[]): number =>
  Math.max(
    0,
    ...outputLines.map((text) => {
      const line = JSON.parse(text) as OutputLine;
      return 'acknowledged' in line ? line.acknowledged : 0;
    }),
  );
