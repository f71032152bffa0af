import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Book } from '../read-models/support/test-ledger.js';
import { histories, written } from '../read-models/support/random-histories.js';
import { corrected, placed, POISON } from '../read-models/support/shelves.js';
import { newBook, startLive } from '../read-models/support/start-read-models.js';
import { alter, audited, differences, settled } from './support/run-audit.js';

const bookOf = (entries: number): Book =>
  newBook(Book.of(entries, (n) => [`shelf-${n % 9}`, placed('x', String(n % 50), `t${n}`)]));

describe('whatever was recorded', () => {
  it('a replay leads to the files, as of every entry', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (steps) => {
        const book = await settled(newBook(written(steps)));
        for (let entry = 0; entry <= book.head; entry++)
          expect(await differences(book, { entry })).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  it('a correction that parks a stream is no difference', async () => {
    const book = newBook();
    book.record('shelf-x', placed('x', '1', 'Emma'));
    book.record('shelf-x', corrected('shelf-x@0', placed('x', '1', POISON)));
    book.record('shelf-x', placed('x', '2', 'Persuasion'));
    await settled(book);
    expect(await differences(book)).toEqual([]);
  });
});

describe('as of an entry', () => {
  it('what was altered in what was recorded later is not found, what was altered before is', async () => {
    const book = await settled(bookOf(100));
    alter(book, 'UPDATE books SET times = 77 WHERE from_entry = 60');
    expect(await differences(book, { entry: 59 })).toEqual([]);
    expect(await differences(book, { entry: 60 })).toMatchObject([{ entry: 60, live: { times: 77 } }]);
  });

  it('inside a group it is as of the entry before the group', async () => {
    const book = newBook();
    book.record('shelf-x', placed('x', '1', 'Emma'));
    book.recordGroup('shelf-x', [placed('x', '2', 'A'), placed('x', '3', 'B')]);
    await settled(book);
    expect(await audited(book, { entry: 2 })).toMatchObject({
      entry: 2,
      differencesCount: 0,
      compared: [{ entry: 1 }, { entry: 1 }],
    });
  });

  it('of a file that lags behind, what it has is compared, and the answer says how far', async () => {
    const book = await settled(bookOf(50));
    book.record('shelf-x', placed('x', '1', 'Emma'));
    expect(await audited(book)).toMatchObject({
      entry: 51,
      differencesCount: 0,
      compared: [{ entry: 50 }, { entry: 50 }],
    });
    alter(book, 'UPDATE books SET times = 77 WHERE from_entry = 50');
    expect(await differences(book)).toMatchObject([{ entry: 50 }]);
  });

  it('a file that lacks only what concerns nothing does not lag behind', async () => {
    const book = await settled(bookOf(50));
    book.record('shelf-x', { type: 'ShelfDusted', data: { shelf: 'x' } });
    expect(await audited(book)).toMatchObject({ compared: [{ entry: 51 }, { entry: 51 }] });
  });
});

describe('while it is served', () => {
  it('after rebuilds and restarts there are no differences', async () => {
    const book = bookOf(300);
    for (let round = 0; round < 2; round++) {
      const { models } = await startLive(book);
      await models.rebuild('shelves').finished;
      await models.close();
      book.record('shelf-x', placed('x', String(round), 'Emma'));
    }
    await settled(book);
    expect(await audited(book)).toMatchObject({
      differencesCount: 0,
      compared: [{ generation: 3 }, { generation: 1 }],
    });
  });

  it('what is recorded, rebuilt and removed meanwhile makes no difference', async () => {
    const book = bookOf(2_500);
    const { models } = await startLive(book);
    let [n, lent] = [0, 0];
    const result = await audited(book, {
      lend: async ({ name }) => {
        // The file that is lent is on its way out, and grows no more; or it goes on growing.
        const job = name === 'shelves' ? models.rebuild(name) : undefined;
        const loan = models.lend(name);
        models.notify(book.record('shelf-x', placed('x', `later ${++n}`, 'Emma')));
        await models.reached(book.head, { timeoutMs: 30_000 });
        if (!job) return loan;
        while (models.lend(name).generation === loan.generation) await new Promise(setImmediate);
        const giveBack = (): void => {
          expect(models.statuses()[0]?.progress).toBeDefined(); // the old file is still there
          loan.giveBack();
          lent = loan.generation;
        };
        return { ...loan, giveBack };
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
