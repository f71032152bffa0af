import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ReadModels } from '../../src/read-models/read-models.js';
import { factCorrected, bookPlaced, placings, shelves, bookTaken } from './support/shelves.js';
import { createTestLedger, startLiveReadModels } from './support/start-read-models.js';

let models: ReadModels;
beforeEach(async () => {
  const book = createTestLedger();
  book.record('shelf-x', bookPlaced('x', '1', 'Die Straße von Zürich', ['road']));
  book.record('shelf-x', bookPlaced('x', '2', 'ÉTUDES, de Frédéric Chopin'));
  book.record('shelf-y', bookPlaced('y', '1', '東京都の歴史 in brief'));
  book.record('shelf-x', bookTaken('x', '1'));
  book.record('shelf-y', factCorrected('shelf-y@0', bookPlaced('y', '1', '京都の歴史')));
  ({ models } = await startLiveReadModels(book));
});

describe('an indexed query', () => {
  it('is answered synchronously as of any entry', () => {
    const books = (entry: number) => models.query(shelves, 'on', { shelf: 'x' }, entry);
    expect(books(0)).toEqual([]);
    expect(books(1)).toMatchObject([{ book: '1', from_entry: 1 }]);
    expect(books(3)).toMatchObject([{ book: '1' }, { book: '2', from_entry: 2 }]);
    expect(books(5)).toMatchObject([{ book: '2' }]);
  });

  it('returns json columns parsed, also under an alias', () => {
    expect(models.query(shelves, 'tags', { book: '1' }, 2)).toEqual({ tags: ['road'] });
    expect(models.query(shelves, 'tags', { book: '9' }, 2)).toBeUndefined();
  });

  it('uses a declared index and needs no sort', () => {
    expect(models.query(shelves, 'plan', { shelf: 'x' }, 5)).toEqual([
      'SEARCH books USING INDEX books_by_shelf_book (shelf=?)',
    ]);
  });

  it('is refused if the read model does not declare it', () => {
    expect(() => models.query('shelves', 'colours', {}, 1)).toThrow("shelves has no query 'colours'.");
    expect(() => models.query('cupboards', 'on', {}, 1)).toThrow("There is no read model 'cupboards'.");
  });

  it('finds whole words in any case, and any substring in scripts without spaces', () => {
    const titled = (q: string, entry = 3) => models.query(shelves, 'titled', { q }, entry);
    expect(titled('STRASSE')).toEqual(['Die Straße von Zürich']);
    expect(titled('zu\u0308rich die')).toEqual(['Die Straße von Zürich']);
    expect(titled('études chopin')).toEqual(['ÉTUDES, de Frédéric Chopin']);
    expect(titled('etudes')).toEqual([]);
    expect(titled('chop')).toEqual([]);
    expect(titled('京都')).toEqual(['東京都の歴史 in brief']);
    expect(titled('東都')).toEqual([]);
    expect(titled('BRIEF 歴史')).toEqual(['東京都の歴史 in brief']);
    // Search is as of an entry as well.
    expect(titled('Straße', 4)).toEqual([]);
    expect(titled('東京都', 5)).toEqual([]);
    expect(titled('京都', 5)).toEqual(['京都の歴史']);
  });
});

describe('a query that scans a table', () => {
  it('is answered asynchronously by another thread', async () => {
    const answer = models.query(shelves, 'everything', {}, 3);
    expect(answer).toBeInstanceOf(Promise);
    expect(await answer).toMatchObject([{ from_entry: 1 }, { from_entry: 2 }, { from_entry: 3 }]);
  });

  it('can run many times concurrently', async () => {
    const answers = Array.from({ length: 50 }, (_, n) => models.query(shelves, 'everything', {}, n % 4));
    expect((await Promise.all(answers)).map(({ length }) => length)).toEqual(answers.map((_, n) => n % 4));
  });

  it('rejects with the error thrown in the other thread', async () => {
    await expect(models.query(shelves, 'fails', { word: 'luck' }, 1)).rejects.toThrow(
      new Error('no luck here'),
    );
    expect(await models.query(shelves, 'everything', {}, 1)).toHaveLength(1);
  });

  it('rejects parameters that cannot be cloned, and the next query is answered', async () => {
    await expect(models.query('shelves', 'fails', { word: () => 'luck' }, 1)).rejects.toThrow(
      'could not be cloned',
    );
    expect(await models.query(shelves, 'everything', {}, 1)).toHaveLength(1);
  });

  it('returns pages that continue after a row', async () => {
    const first = await models.query(shelves, 'pages', { limit: 2 }, 3);
    expect(first).toEqual({
      items: [
        { shelf: 'x', book: '1' },
        { shelf: 'x', book: '2' },
      ],
      next: ['x', '2'],
    });
    const second = await models.query(shelves, 'pages', { limit: 2, after: first.next ?? [] }, 3);
    expect(second).toEqual({ items: [{ shelf: 'y', book: '1' }], next: null });
    expect(await models.query(shelves, 'pages', { limit: 3 }, 3)).toMatchObject({ next: null });
  });
});

describe('closing the read models', () => {
  it('answers the scans in progress and refuses everything else', async () => {
    const answers = Array.from({ length: 3 }, () => models.query(shelves, 'everything', {}, 3));
    const outcomes = Promise.allSettled(answers);
    await models.close();

    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    await models.close();
    expect(() => models.query(placings, 'count', {}, 1)).toThrow('The read models are closed.');
  });
});
