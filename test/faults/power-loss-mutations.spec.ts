// Proves that the checkers find faults: each case is the product with one mutation, or a disk that does not sync.
import { hasStrace } from '../support/strace.js';
import { EARLY_ACKNOWLEDGMENT, type Mutation, createMutatedBuild } from './support/mutated-build.js';
import {
  recordFailedCommit,
  type ProcessRun,
  testPowerLosses,
  recordRuns,
  SMALL_STEPS,
} from './support/ledger-power-loss.js';
import type { Operation } from './support/strace-recorder.js';
import { recordProjectionProcess, testReadModelPowerLosses } from './support/read-model-power-loss.js';

const LOST_PATTERN = /was acknowledged and is not there/;
const DAMAGED_PATTERN = /damaged|malformed|missing from index|wrong # of entries/;
const WEAK_SYNC = { file: 'ledger/sqlite/ledger-writer.js', instead: "'synchronous = FULL'" };
const createDurabilityMutation = (level: number): Mutation => ({
  file: 'ledger/sqlite/durability-pragmas.js',
  instead: 'synchronous !== 2',
  write: `synchronous !== ${level}`,
});
const createWriterMutation = (instead: string, write: string): Mutation => ({
  file: 'ledger/sqlite/ledger-writer.js',
  instead,
  write,
});
const createModelFileMutation = (instead: string, write: string): Mutation => ({
  file: 'read-models/projecting/read-model-writer.js',
  instead,
  write,
});

(hasStrace() ? describe : describe.skip)('a ledger', () => {
  it.each<[string, readonly Mutation[], readonly ProcessRun[], RegExp]>([
    [
      'that commits with synchronous=NORMAL loses acknowledged entries',
      [{ ...WEAK_SYNC, write: "'synchronous = NORMAL'" }, createDurabilityMutation(1)],
      [{ steps: SMALL_STEPS }],
      LOST_PATTERN,
    ],
    [
      'that commits with synchronous=OFF is damaged by a wal_checkpoint',
      [{ ...WEAK_SYNC, write: "'synchronous = OFF'" }, createDurabilityMutation(0)],
      [{ steps: SMALL_STEPS }, { steps: SMALL_STEPS }],
      DAMAGED_PATTERN,
    ],
    [
      'that acknowledges before it commits loses acknowledged entries',
      EARLY_ACKNOWLEDGMENT,
      [{ steps: SMALL_STEPS }],
      LOST_PATTERN,
    ],
    [
      'in a directory whose own name was not synced loses everything',
      [{ file: 'ledger/durable-file.js', instead: 'fsyncSync(parent);', write: '' }],
      [{ steps: [[10]] }],
      /^Entry 1 was acknowledged and is not there/,
    ],
  ])('%s', (_, mutations, runs, expected) => {
    const book = recordRuns(runs, createMutatedBuild('faults/support/append-process.js', mutations));
    expect([...testPowerLosses(book, 4, expected).problems.keys()].join('\n')).toMatch(expected);
  });

  it('that checkpoints pages of a log that is only in memory is damaged', () => {
    const mutation = createWriterMutation('resyncWal(`${this.file}-wal`);', '');
    const book = recordFailedCommit(createMutatedBuild('faults/support/append-process.js', [mutation]));
    expect([...testPowerLosses(book, 4, DAMAGED_PATTERN).problems.keys()].join('\n')).toMatch(
      DAMAGED_PATTERN,
    );
  });

  it.each<[string, readonly ProcessRun[], (path: string) => boolean, RegExp]>([
    ['the log', [{ steps: SMALL_STEPS }], (path) => path.endsWith('-wal'), LOST_PATTERN],
    [
      'the main file',
      [{ steps: SMALL_STEPS }, { steps: SMALL_STEPS }],
      (path) => path.endsWith('ledger.db'),
      LOST_PATTERN,
    ],
    ['the directory', [{ steps: [[10]] }], (path) => path === 'books/csto', LOST_PATTERN],
  ])('on a disk that does not sync %s loses acknowledged entries', (_, runs, ignoresSync, expected) => {
    const book = recordRuns(runs);
    const operations = book.operations.map((each) =>
      each.is === 'sync' && ignoresSync(each.path) ? { ...each, failed: false, covers: 0 } : each,
    );
    const { problems } = testPowerLosses({ ...book, operations }, 2, expected);
    expect([...problems.keys()].join('\n')).toMatch(expected);
  });
});

(hasStrace() ? describe : describe.skip)('a read model', () => {
  const found = (operations: readonly Operation[], expected: RegExp) =>
    [...testReadModelPowerLosses(operations, 2, expected).problems.keys()].join('\n');
  it.each<[string, readonly Mutation[], RegExp]>([
    [
      'whose rows and position are two transactions has rows that do not belong to its position',
      [
        createModelFileMutation(
          'this.#updatePosition.run(entry, leaf);\n            this.#commit.run();',
          'this.#commit.run();\n            this.#updatePosition.run(entry, leaf);',
        ),
      ],
      /other rows than a projection up to its position/,
    ],
    [
      'whose position is committed before its rows has rows that do not belong to its position',
      [
        createModelFileMutation('this.#begin.run();', ''),
        createModelFileMutation('this.#commit.run();', ''),
        createModelFileMutation(
          'if (this.#parked.has(batch.stream))',
          'this.#updatePosition.run(batch.lastEntry, batch.leaf); if (this.#parked.has(batch.stream))',
        ),
      ],
      /other rows than a projection up to its position/,
    ],
    [
      'that is marked complete before the rest is on the disk is served without it',
      [createModelFileMutation("'journal_mode = DELETE'", "'journal_mode = MEMORY'")],
      /is served and damaged|other rows|was built and is not there/,
    ],
    [
      'that is marked complete without a sync is served without the rest',
      [createModelFileMutation("'synchronous = FULL'", "'synchronous = OFF'")],
      /is served and damaged|other rows|was built and is not there/,
    ],
  ])('%s', (_, mutations, expected) => {
    expect(
      found(
        recordProjectionProcess(createMutatedBuild('faults/support/projection-process.js', mutations)),
        expected,
      ),
    ).toMatch(expected);
  });

  it('on a disk that does not sync its log is damaged', () => {
    const operations = recordProjectionProcess().map((each) =>
      each.is === 'sync' && each.path.endsWith('-wal') ? { ...each, covers: 0 } : each,
    );
    expect(found(operations, /./)).not.toBe('');
  });
});
