import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Book } from '../read-models/support/test-ledger.js';
import { placed, taken } from '../read-models/support/shelves.js';
import { newBook } from '../read-models/support/start-read-models.js';
import type { Step } from '../../src/audit/run-audit.js';
import { alter, audited, interrupted, scratchOf, settled } from './support/run-audit.js';

const bookOf = (entries: number): Promise<Book> =>
  settled(newBook(Book.of(entries, (n) => [`shelf-${n % 9}`, placed('x', String(n % 50), `t${n}`)])));
const onceFolded =
  (entry: number) =>
  ({ phase, progress }: Step): boolean =>
    phase === 'refold' && progress.done >= entry;

describe('an audit that is interrupted', () => {
  it('goes on from what it has folded, and finds the same', async () => {
    const book = await bookOf(4_500);
    alter(book, 'UPDATE books SET times = 77 WHERE from_entry IN (10, 4400)');
    await interrupted(book, onceFolded(4_000));

    const { resumedFrom, differences } = await audited(book);
    expect(resumedFrom).toBe(4_000);
    expect(differences).toMatchObject([{ entry: 10 }, { entry: 4400 }]);
  });

  it('may be interrupted again, also while it compares, and goes on to a later entry', async () => {
    const book = await bookOf(4_100);
    await interrupted(book, onceFolded(2_000));
    await interrupted(book, onceFolded(4_000));
    await interrupted(book, ({ phase }) => phase === 'compare');
    book.record('shelf-x', taken('x', '1'));
    await settled(book);
    expect(await audited(book)).toMatchObject({ entry: 4_101, resumedFrom: 4_100, differencesCount: 0 });
  });

  it('before anything is folded, begins again', async () => {
    const book = await bookOf(100);
    await interrupted(book, ({ phase }) => phase === 'ledger');
    expect(await audited(book)).toMatchObject({ resumedFrom: 0, differencesCount: 0 });
  });
});

describe('what was folded is not believed', () => {
  it.each([
    ['by another release', { code: 'another one' }],
    ['if it is beyond the entry', { entry: 1_500 }],
  ])('%s', async (_, more) => {
    const book = await bookOf(4_100);
    await interrupted(book, onceFolded(2_000));
    expect(await audited(book, more)).toMatchObject({ resumedFrom: 0, differencesCount: 0 });
  });

  it('if the ledger has another entry there', async () => {
    const book = await bookOf(4_100);
    await interrupted(book, onceFolded(2_000));
    book.loseAfter(1_990);
    while (book.head < 2_500) book.record('shelf-x', placed('x', '1', 'Emma'));
    await settled(book);
    expect(await audited(book)).toMatchObject({ resumedFrom: 0 });
  });

  it('after a crash, whose remains are removed', async () => {
    const book = await bookOf(100);
    mkdirSync(scratchOf(book));
    writeFileSync(join(scratchOf(book), 'shelves-1-1.db'), 'half of a file');
    expect(await audited(book)).toMatchObject({ resumedFrom: 0, differencesCount: 0 });
  });

  it('once it is gone on from: a crash then leaves nothing to go on from', async () => {
    const book = await bookOf(4_100);
    await interrupted(book, onceFolded(2_000));
    await interrupted(book, (step) => {
      if (step.phase === 'refold') expect(readdirSync(scratchOf(book))).not.toContain('interrupted');
      return onceFolded(4_000)(step);
    });
  });
});
