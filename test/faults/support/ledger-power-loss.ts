// Books that were recorded under strace, and what a power loss leaves of them.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomFrom } from '../../durability/support/seeded-random.js';
import type { Line, Step } from './append-process.js';
import { crashes } from './disk-model.js';
import { lookedAt, place } from './memory-directory.js';
import { type Faults, type Operation, record, type Recording } from './strace-recorder.js';
import { entriesIn, wrong } from './check-reopened-ledger.js';

/** What is drawn where not all can be tried. */
const SEED = 1;

const APPENDER = fileURLToPath(new URL('./append-process.js', import.meta.url));
/** The data directory. It is made in a folder that is not there either, as by a first start. */
const DATA = 'books/csto';

/** One life of the process that records. */
export type Life = {
  readonly steps: readonly Step[];
  /** Whether it is closed in the end; if not, it is killed. */
  readonly close?: true;
  readonly faults?: Faults;
};

/** Appends after each other, and two that share a transaction. */
export const SMALL: readonly Step[] = [[10], [20, 3_000], [30]];
/** Enough to bring the log over its thousand pages, after which it is written into the main file and begun anew. */
export const LARGE: readonly Step[] = [
  [10],
  Array<number>(8).fill(400_000),
  [400_000, 400_000, 400_000],
  [10],
  [20, 30],
];
export type RecordedBook = {
  readonly operations: readonly Operation[];
  /** Its entries as they are in the end, without a power loss. */
  readonly history: readonly string[];
  readonly lives: readonly Recording[];
};

/** Lives, one after the other, on a machine that goes on running. */
export function recordedBook(lives: readonly Life[], script = APPENDER): RecordedBook {
  const folder = place();
  const data = join(folder, DATA);
  const recordings = lives.map(({ steps, close, faults }) =>
    record(folder, script, [data, JSON.stringify(steps), ...(close ? ['close'] : [])], faults),
  );
  for (const { stderr } of recordings) if (stderr !== '') throw new Error(stderr);
  return { operations: inARow(recordings), history: entriesIn(data), lives: recordings };
}

/**
 * A commit of the second life fails at its sync, as do all syncs after it and all attempts to empty the log, so that the
 * process ends with a log that is only in memory. Then it is started again. Which calls have to fail is found by trying.
 */
export function failedCommit(script = APPENDER): RecordedBook {
  for (let sync = 1; sync <= 12; sync++)
    for (let emptying = 3; emptying <= 5; emptying++) {
      const inject = [`fsync:error=EIO:when=${sync}+`, `ftruncate:error=EIO:when=${emptying}+`];
      const lives: readonly Life[] = [
        { steps: [[10], [20]] },
        { steps: [[10, 10]], faults: { inject } },
        { steps: [] },
      ];
      const book = recordedBook(lives, script);
      const [, failed] = book.lives;
      if (failed && failedAtEntries(failed) && /ended.*A commit failed/.test(failed.said[0] ?? ''))
        return book;
    }
  throw new Error('No commit failed in the way that was asked for.');
}

/** Whether the first sync that failed was that of entries in the log. */
const failedAtEntries = ({ operations }: Pick<Recording, 'operations'>): boolean => {
  const before = operations[operations.findIndex((each) => each.is === 'sync' && each.failed) - 1];
  return before?.is === 'write' && before.path.endsWith('-wal') && before.offset > 0;
};

export function inARow(recordings: readonly Recording[]): readonly Operation[] {
  const all: Operation[] = [];
  for (const { operations } of recordings) {
    const before = all.length;
    for (const each of operations)
      all.push(each.is === 'sync' ? { ...each, covers: each.covers + before } : each);
  }
  return all;
}

export type Losses = {
  /** How many different disks were looked at. */
  readonly states: number;
  /** What is wrong with any of them, with the first on which it is. */
  readonly problems: ReadonlyMap<string, string>;
};

/** Opens the book on every disk that a power loss can leave; or until something is wrong that is like `enough`. */
export function losses(
  { operations, history }: Omit<RecordedBook, 'lives'>,
  samples: number,
  enough?: RegExp,
): Losses {
  const target = join(place(), 'disk');
  const unknown = operations.some((each) => each.is === 'said' && /outcome-unknown|ended/.test(each.line));
  const problems = new Map<string, string>();
  let states = 0;
  for (const { at, said, survivors, remains } of crashes(operations, { random: randomFrom(SEED), samples })) {
    states++;
    const problem = lookedAt(target, remains(), () =>
      wrong(join(target, DATA), acknowledged(said), history, unknown),
    );
    if (problem !== undefined && !problems.has(problem))
      problems.set(problem, `before operation ${at}, of which there are ${survivors}`);
    if (problem !== undefined && enough?.test(problem)) break;
  }
  return { states, problems };
}

const acknowledged = (said: readonly string[]): number =>
  Math.max(
    0,
    ...said.map((line) => {
      const told = JSON.parse(line) as Line;
      return 'acknowledged' in told ? told.acknowledged : 0;
    }),
  );
