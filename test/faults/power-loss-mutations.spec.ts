// The checkers are worth what they find: each of these is the product with one mistake, or a disk that lies.
import { hasStrace } from '../support/strace.js';
import { ACKNOWLEDGES_EARLY, type Mistake, mutated } from './support/mutated-build.js';
import { failedCommit, type Life, losses, recordedBook, SMALL } from './support/ledger-power-loss.js';
import type { Operation } from './support/strace-recorder.js';
import { recordedFoldings, tornFiles } from './support/read-model-power-loss.js';

const LOST = /was acknowledged and is not there/;
const DAMAGED = /damaged|malformed|missing from index|wrong # of entries/;
const SYNC_LESS = { file: 'ledger/sqlite/ledger-writer.js', instead: "'synchronous = FULL'" };
const asserted = (level: number): Mistake => ({
  file: 'ledger/sqlite/schema.js',
  instead: 'synchronous !== 2',
  write: `synchronous !== ${level}`,
});
const writer = (instead: string, write: string): Mistake => ({
  file: 'ledger/sqlite/ledger-writer.js',
  instead,
  write,
});
const modelFile = (instead: string, write: string): Mistake => ({
  file: 'read-models/projecting/read-model-writer.js',
  instead,
  write,
});

(hasStrace() ? describe : describe.skip)('a ledger', () => {
  it.each<[string, readonly Mistake[], readonly Life[], RegExp]>([
    [
      'that commits with synchronous=NORMAL loses what it acknowledged',
      [{ ...SYNC_LESS, write: "'synchronous = NORMAL'" }, asserted(1)],
      [{ steps: SMALL }],
      LOST,
    ],
    [
      'that commits with synchronous=OFF is damaged by a checkpoint',
      [{ ...SYNC_LESS, write: "'synchronous = OFF'" }, asserted(0)],
      [{ steps: SMALL }, { steps: SMALL }],
      DAMAGED,
    ],
    [
      'that acknowledges before it commits loses what it acknowledged',
      ACKNOWLEDGES_EARLY,
      [{ steps: SMALL }],
      LOST,
    ],
    [
      'in a directory whose own name was never synced loses everything',
      [{ file: 'ledger/data-directory.js', instead: 'fsyncSync(parent);', write: '' }],
      [{ steps: [[10]] }],
      /^Entry 1 was acknowledged and is not there/,
    ],
  ])('%s', (_, mistakes, lives, finds) => {
    const book = recordedBook(lives, mutated('faults/support/append-process.js', mistakes));
    expect([...losses(book, 4, finds).problems.keys()].join('\n')).toMatch(finds);
  });

  it('that carries a log over that is only in memory is damaged', () => {
    const mistake = writer('putLogOnDisk(`${this.file}-wal`);', '');
    const book = failedCommit(mutated('faults/support/append-process.js', [mistake]));
    expect([...losses(book, 4, DAMAGED).problems.keys()].join('\n')).toMatch(DAMAGED);
  });

  it.each<[string, readonly Life[], (path: string) => boolean, RegExp]>([
    ['the log', [{ steps: SMALL }], (path) => path.endsWith('-wal'), LOST],
    ['the main file', [{ steps: SMALL }, { steps: SMALL }], (path) => path.endsWith('ledger.db'), LOST],
    ['the directory', [{ steps: [[10]] }], (path) => path === 'books/csto', LOST],
  ])('on a disk that does not sync %s loses what it acknowledged', (_, lives, lies, finds) => {
    const book = recordedBook(lives);
    const operations = book.operations.map((each) =>
      each.is === 'sync' && lies(each.path) ? { ...each, failed: false, covers: 0 } : each,
    );
    const { problems } = losses({ ...book, operations }, 2, finds);
    expect([...problems.keys()].join('\n')).toMatch(finds);
  });
});

(hasStrace() ? describe : describe.skip)('a read model', () => {
  const found = (operations: readonly Operation[], finds: RegExp) =>
    [...tornFiles(operations, 2, finds).problems.keys()].join('\n');
  it.each<[string, readonly Mistake[], RegExp]>([
    [
      'whose rows and checkpoint are two transactions has rows that do not belong to its checkpoint',
      [
        modelFile(
          'this.#checkpoint.run(entry, leaf);\n            this.#commit.run();',
          'this.#commit.run();\n            this.#checkpoint.run(entry, leaf);',
        ),
      ],
      /other rows than a fold up to its checkpoint gives/,
    ],
    [
      'whose checkpoint comes before its rows has rows that do not belong to its checkpoint',
      [
        modelFile('this.#begin.run();', ''),
        modelFile('this.#commit.run();', ''),
        modelFile(
          'if (this.#parked.has(stamp.stream))',
          'this.#checkpoint.run(stamp.at, stamp.leaf); if (this.#parked.has(stamp.stream))',
        ),
      ],
      /other rows than a fold up to its checkpoint gives/,
    ],
    [
      'that is marked complete before the rest is on the disk is served without it',
      [modelFile("'journal_mode = DELETE'", "'journal_mode = MEMORY'")],
      /is served and damaged|other rows|was built and is not there/,
    ],
    [
      'that is marked complete without a sync is served without the rest',
      [modelFile("'synchronous = FULL'", "'synchronous = OFF'")],
      /is served and damaged|other rows|was built and is not there/,
    ],
  ])('%s', (_, mistakes, finds) => {
    expect(found(recordedFoldings(mutated('faults/support/projection-process.js', mistakes)), finds)).toMatch(finds);
  });

  it('on a disk that does not sync its log is damaged', () => {
    const operations = recordedFoldings().map((each) =>
      each.is === 'sync' && each.path.endsWith('-wal') ? { ...each, covers: 0 } : each,
    );
    expect(found(operations, /./)).not.toBe('');
  });
});
