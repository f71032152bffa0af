import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TestLedger } from '../read-models/support/test-ledger.js';
import { arbitraryHistory, recordHistory } from '../read-models/support/random-histories.js';
import { factCorrected, bookPlaced, FAILING_TITLE } from '../read-models/support/shelves.js';
import { createTestLedger, startLiveReadModels } from '../read-models/support/start-read-models.js';
import {
  alterReadModelFile,
  auditLedger,
  findDifferences,
  writeReadModelFiles,
} from './support/audit-in-process.js';

const createLedger = (entries: number): TestLedger =>
  createTestLedger(
    TestLedger.create(entries, (n) => [`shelf-${n % 9}`, bookPlaced('x', String(n % 50), `t${n}`)]),
  );

describe('an audit of unaltered read models', () => {
  it('finds no differences for any history, as of every entry', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryHistory, async (steps) => {
        const book = await writeReadModelFiles(createTestLedger(recordHistory(steps)));
        for (let entry = 0; entry <= book.head; entry++)
          expect(await findDifferences(book, { entry })).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  it('finds no difference after a correction that parks a stream', async () => {
    const book = createTestLedger();
    book.record('shelf-x', bookPlaced('x', '1', 'Emma'));
    book.record('shelf-x', factCorrected('shelf-x@0', bookPlaced('x', '1', FAILING_TITLE)));
    book.record('shelf-x', bookPlaced('x', '2', 'Persuasion'));
    await writeReadModelFiles(book);
    expect(await findDifferences(book)).toEqual([]);
  });
});

describe('an audit as of an entry', () => {
  it('ignores altered rows of later entries and reports those of earlier ones', async () => {
    const book = await writeReadModelFiles(createLedger(100));
    alterReadModelFile(book, 'UPDATE books SET times = 77 WHERE from_entry = 60');
    expect(await findDifferences(book, { entry: 59 })).toEqual([]);
    expect(await findDifferences(book, { entry: 60 })).toMatchObject([{ entry: 60, live: { times: 77 } }]);
  });

  it('inside a group compares as of the entry before the group', async () => {
    const book = createTestLedger();
    book.record('shelf-x', bookPlaced('x', '1', 'Emma'));
    book.recordGroup('shelf-x', [bookPlaced('x', '2', 'A'), bookPlaced('x', '3', 'B')]);
    await writeReadModelFiles(book);
    expect(await auditLedger(book, { entry: 2 })).toMatchObject({
      entry: 2,
      differencesCount: 0,
      compared: [{ entry: 1 }, { entry: 1 }],
    });
  });

  it('compares a file that lags behind as far as it goes, and reports the compared entry', async () => {
    const book = await writeReadModelFiles(createLedger(50));
    book.record('shelf-x', bookPlaced('x', '1', 'Emma'));
    expect(await auditLedger(book)).toMatchObject({
      entry: 51,
      differencesCount: 0,
      compared: [{ entry: 50 }, { entry: 50 }],
    });
    alterReadModelFile(book, 'UPDATE books SET times = 77 WHERE from_entry = 50');
    expect(await findDifferences(book)).toMatchObject([{ entry: 50 }]);
  });

  it('does not count entries without effect on a read model as lag', async () => {
    const book = await writeReadModelFiles(createLedger(50));
    book.record('shelf-x', { type: 'ShelfDusted', data: { shelf: 'x' } });
    expect(await auditLedger(book)).toMatchObject({ compared: [{ entry: 51 }, { entry: 51 }] });
  });
});

describe('an audit of read models in use', () => {
  it('finds no differences after rebuilds and restarts', async () => {
    const book = createLedger(300);
    for (let round = 0; round < 2; round++) {
      const { models } = await startLiveReadModels(book);
      await models.rebuild('shelves').finished;
      await models.close();
      book.record('shelf-x', bookPlaced('x', String(round), 'Emma'));
    }
    await writeReadModelFiles(book);
    expect(await auditLedger(book)).toMatchObject({
      differencesCount: 0,
      compared: [{ generation: 3 }, { generation: 1 }],
    });
  });

  it('finds no differences while entries are recorded and files are rebuilt and removed', async () => {
    const book = createLedger(2_500);
    const { models } = await startLiveReadModels(book);
    let [n, leasedGeneration] = [0, 0];
    const result = await auditLedger(book, {
      lease: async ({ name }) => {
        // The leased file either is replaced by a rebuild and grows no more, or keeps growing.
        const job = name === 'shelves' ? models.rebuild(name) : undefined;
        const loan = models.leaseFile(name);
        models.notify(book.record('shelf-x', bookPlaced('x', `later ${++n}`, 'Emma')));
        await models.waitForEntry(book.head, { timeoutMs: 30_000 });
        if (!job) return loan;
        while (models.leaseFile(name).generation === loan.generation) await new Promise(setImmediate);
        const release = (): void => {
          expect(models.statuses()[0]?.progress).toBeDefined(); // the old file is still there
          loan.release();
          leasedGeneration = loan.generation;
        };
        return { ...loan, release };
      },
    });
    expect(result).toMatchObject({
      entry: 2_500,
      differencesCount: 0,
      compared: [{ entry: 2_500 }, { entry: 2_500 }],
    });
    expect([n, leasedGeneration]).toEqual([2, 1]);
  });
});
