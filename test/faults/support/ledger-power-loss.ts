// Books that were recorded under strace, and what a power loss leaves of them.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSeededRandom } from '../../durability/support/seeded-random.js';
import type { OutputLine, AppendStep } from './append-process.js';
import { generateCrashes } from './disk-model.js';
import { withDiskContents, createMemoryDirectory } from './memory-directory.js';
import { type InjectedFaults, type Operation, recordProcess, type Recording } from './strace-recorder.js';
import { readEntries, findProblem } from './check-reopened-ledger.js';

/** What is drawn where not all can be tried. */
const SEED = 1;

const APPENDER = fileURLToPath(new URL('./append-process.js', import.meta.url));
/** The data directory. It is made in a folder that is not there either, as by a first start. */
const DATA_DIRECTORY = 'books/csto';

/** One life of the process that records. */
export type ProcessRun = {
  readonly steps: readonly AppendStep[];
  /** Whether it is closed in the end; if not, it is killed. */
  readonly close?: true;
  readonly faults?: InjectedFaults;
};

/** Appends after each other, and two that share a transaction. */
export const SMALL_STEPS: readonly AppendStep[] = [[10], [20, 3_000], [30]];
/** Enough to bring the log over its thousand pages, after which it is written into the main file and begun anew. */
export const LARGE_STEPS: readonly AppendStep[] = [
  [10],
  Array<number>(8).fill(400_000),
  [400_000, 400_000, 400_000],
  [10],
  [20, 30],
];
type RecordedRuns = {
  readonly operations: readonly Operation[];
  /** Its entries as they are in the end, without a power loss. */
  readonly history: readonly string[];
  readonly runs: readonly Recording[];
};

/** Lives, one after the other, on a machine that goes on running. */
export function recordRuns(lives: readonly ProcessRun[], script = APPENDER): RecordedRuns {
  const folder = createMemoryDirectory();
  const data = join(folder, DATA_DIRECTORY);
  const recordings = lives.map(({ steps, close, faults }) =>
    recordProcess(folder, script, [data, JSON.stringify(steps), ...(close ? ['close'] : [])], faults),
  );
  for (const { stderr } of recordings) if (stderr !== '') throw new Error(stderr);
  return { operations: concatenateOperations(recordings), history: readEntries(data), runs: recordings };
}

/**
 * A commit of the second life fails at its sync, as do all syncs after it and all attempts to empty the log, so that the
 * process ends with a log that is only in memory. Then it is started again. Which calls have to fail is found by trying.
 */
export function recordFailedCommit(script = APPENDER): RecordedRuns {
  for (let sync = 1; sync <= 12; sync++)
    for (let emptying = 3; emptying <= 5; emptying++) {
      const inject = [`fsync:error=EIO:when=${sync}+`, `ftruncate:error=EIO:when=${emptying}+`];
      const lives: readonly ProcessRun[] = [
        { steps: [[10], [20]] },
        { steps: [[10, 10]], faults: { inject } },
        { steps: [] },
      ];
      const book = recordRuns(lives, script);
      const [, failed] = book.runs;
      if (failed && hasFailedAtEntries(failed) && /ended.*A commit failed/.test(failed.outputLines[0] ?? ''))
        return book;
    }
  throw new Error('No commit failed in the way that was asked for.');
}

/** Whether the first sync that failed was that of entries in the log. */
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
  /** How many different disks were looked at. */
  readonly states: number;
  /** What is wrong with any of them, with the first on which it is. */
  readonly problems: ReadonlyMap<string, string>;
};

/** Opens the book on every disk that a power loss can leave; or until something is wrong that is like `enough`. */
export function testPowerLosses(
  { operations, history }: Omit<RecordedRuns, 'lives'>,
  samples: number,
  enough?: RegExp,
): PowerLossResult {
  const target = join(createMemoryDirectory(), 'disk');
  const unknown = operations.some((each) => each.is === 'said' && /outcome-unknown|ended/.test(each.line));
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
    if (problem !== undefined && enough?.test(problem)) break;
  }
  return { states, problems };
}

const getLastAcknowledged = (said: readonly string[]): number =>
  Math.max(
    0,
    ...said.map((line) => {
      const told = JSON.parse(line) as OutputLine;
      return 'acknowledged' in told ? told.acknowledged : 0;
    }),
  );
