import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TestLedger } from '../read-models/support/test-ledger.js';
import { arbitraryHistory, recordHistory } from '../read-models/support/random-histories.js';
import { factCorrected, bookPlaced, FAILING_TITLE } from '../read-models/support/shelves.js';
import { newLedger, startLiveReadModels } from '../read-models/support/start-read-models.js';
import {
  alterReadModelFile,
  auditLedger,
  findDifferences,
  writeReadModelFiles,
} from './support/run-audit.js';

const bookOf = (entries: number): TestLedger =>
  newLedger(TestLedger.create(entries, (n) => [`shelf-${n % 9}`, bookPlaced('x', String(n % 50), `t${n}`)]));

describe('whatever was recorded', () => {
  it('a replay leads to the files, as of every entry', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryHistory, async (steps) => {
        const book = await writeReadModelFiles(newLedger(recordHistory(steps)));
        for (let entry = 0; entry <= book.head; entry++)
          expect(await findDifferences(book, { entry })).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  it('a correction that parks a stream is no difference', async () => {
    const book = newLedger();
    book.record('shelf-x', bookPlaced('x', '1', 'Emma'));
    book.record('shelf-x', factCorrected('shelf-x@0', bookPlaced('x', '1', FAILING_TITLE)));
    book.record('shelf-x', bookPlaced('x', '2', 'Persuasion'));
    await writeReadModelFiles(book);
    expect(await findDifferences(book)).toEqual([]);
  });
});

describe('as of an entry', () => {
  it('what was altered in what was recorded later is not found, what was altered before is', async () => {
    const book = await writeReadModelFiles(bookOf(100));
    alterReadModelFile(book, 'UPDATE books SET times = 77 WHERE from_entry = 60');
    expect(await findDifferences(book, { entry: 59 })).toEqual([]);
    expect(await findDifferences(book, { entry: 60 })).toMatchObject([{ entry: 60, live: { times: 77 } }]);
  });

  it('inside a group it is as of the entry before the group', async () => {
    const book = newLedger();
    book.record('shelf-x', bookPlaced('x', '1', 'Emma'));
    book.recordGroup('shelf-x', [bookPlaced('x', '2', 'A'), bookPlaced('x', '3', 'B')]);
    await writeReadModelFiles(book);
    expect(await auditLedger(book, { entry: 2 })).toMatchObject({
      entry: 2,
      differencesCount: 0,
      compared: [{ entry: 1 }, { entry: 1 }],
    });
  });

  it('of a file that lags behind, what it has is compared, and the answer says how far', async () => {
    const book = await writeReadModelFiles(bookOf(50));
    book.record('shelf-x', bookPlaced('x', '1', 'Emma'));
    expect(await auditLedger(book)).toMatchObject({
      entry: 51,
      differencesCount: 0,
      compared: [{ entry: 50 }, { entry: 50 }],
    });
    alterReadModelFile(book, 'UPDATE books SET times = 77 WHERE from_entry = 50');
    expect(await findDifferences(book)).toMatchObject([{ entry: 50 }]);
  });

  it('a file that lacks only what concerns nothing does not lag behind', async () => {
    const book = await writeReadModelFiles(bookOf(50));
    book.record('shelf-x', { type: 'ShelfDusted', data: { shelf: 'x' } });
    expect(await auditLedger(book)).toMatchObject({ compared: [{ entry: 51 }, { entry: 51 }] });
  });
});

describe('while it is served', () => {
  it('after rebuilds and restarts there are no differences', async () => {
    const book = bookOf(300);
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

  it('what is recorded, rebuilt and removed meanwhile makes no difference', async () => {
    const book = bookOf(2_500);
    const { models } = await startLiveReadModels(book);
    let [n, lent] = [0, 0];
    const result = await auditLedger(book, {
      lease: async ({ name }) => {
        // The file that is lent is on its way out, and grows no more; or it goes on growing.
        const job = name === 'shelves' ? models.rebuild(name) : undefined;
        const loan = models.leaseFile(name);
        models.notify(book.record('shelf-x', bookPlaced('x', `later ${++n}`, 'Emma')));
        await models.waitForEntry(book.head, { timeoutMs: 30_000 });
        if (!job) return loan;
        while (models.leaseFile(name).generation === loan.generation) await new Promise(setImmediate);
        const release = (): void => {
          expect(models.statuses()[0]?.progress).toBeDefined(); // the old file is still there
          loan.release();
          lent = loan.generation;
        };
        return { ...loan, release };
      },
    });
    expect(result).toMatchObject({
      entry: 2_500,
      differencesCount: 0,
      compared: [{ entry: 2_500 }, { entry: 2_500 }],
    });
    expect([n, lent]).toEqual([2, 1]);
  });
});
