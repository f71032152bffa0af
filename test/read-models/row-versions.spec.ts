import { describe, expect, it } from '@jest/globals';
import { STANDING } from '../../src/read-models/declaration/table-schema.js';
import { folded, rowsAsOf, versions } from './support/project-in-process.js';
import { corrected, disputed, placed, retracted, swept, taken } from './support/shelves.js';
import { newBook } from './support/start-read-models.js';

const shelf = 'shelf-x';

describe('a row', () => {
  it('names the entry that made it and the entry that ended it', () => {
    const book = newBook();
    book.record(shelf, placed('x', '1', 'Emma'));
    book.record('shelf-y', placed('y', '1', 'Ivanhoe'));
    book.record(shelf, taken('x', '1'));

    const { books } = versions(folded(book).file);
    expect(books).toMatchObject([
      { row: 1, stream: 'shelf-x', title: 'Emma', tags: '[]', disputes: null, from_entry: 1, to_entry: 3 },
      { row: 2, stream: 'shelf-y', title: 'Ivanhoe', from_entry: 2, to_entry: STANDING },
    ]);
  });

  it('that is put as it stands makes no version', () => {
    const book = newBook();
    book.record(shelf, placed('x', '1', 'Emma'));
    book.record(shelf, placed('x', '2', 'Persuasion'));

    expect(versions(folded(book).file)['known']).toHaveLength(1);
  });

  it('is the row of its stream only, even where another stream has the same key', () => {
    const book = newBook();
    book.record(shelf, placed('x', '1', 'Emma'));
    book.record('shelf-other', placed('x', '1', 'Ivanhoe'));
    book.record('shelf-other', swept('x'));

    const { file } = folded(book);
    expect(rowsAsOf(file, 2)['books']).toMatchObject([
      { stream: 'shelf-other', title: 'Ivanhoe', times: 1 },
      { stream: 'shelf-x', title: 'Emma', times: 1 },
    ]);
    expect(rowsAsOf(file, 3)['books']).toMatchObject([{ stream: 'shelf-x', title: 'Emma' }]);
  });
});

describe('the facts of a group', () => {
  it('become readable together, at its last entry, as one version', () => {
    const book = newBook();
    book.record(shelf, placed('x', '0', 'Emma'));
    book.recordGroup(shelf, [placed('x', '1', 'A'), placed('x', '1', 'B'), placed('x', '2', 'C')]);

    const { file } = folded(book);
    expect(versions(file)['books']?.slice(1)).toMatchObject([
      { book: '1', title: 'B', times: 2, from_entry: 4, to_entry: STANDING },
      { book: '2', title: 'C', from_entry: 4, to_entry: STANDING },
    ]);
    expect(rowsAsOf(file, 3)).toEqual(rowsAsOf(file, 1));
  });

  it('leave nothing behind where they come back to what stood', () => {
    const book = newBook();
    book.record(shelf, placed('x', '0', 'Emma'));
    const before = versions(folded(book).file);
    book.recordGroup(shelf, [placed('x', '1', 'A'), taken('x', '1')]);

    expect(versions(folded(book).file)).toEqual(before);
  });

  it('are never cut in two by a batch or by a head inside the group', () => {
    const book = newBook();
    book.record(shelf, placed('x', '0', 'Emma'));
    book.recordGroup(shelf, [placed('x', '1', 'A'), placed('x', '2', 'B'), placed('x', '3', 'C')]);

    expect(folded(book, { upTo: 3 }).entry).toBe(1);
    expect(folded(book, { batch: 2 }).entry).toBe(4);
    const late = newBook();
    late.recordOfGroup(shelf, placed('x', '1', 'A'), 0, 2);
    expect(folded(late).entry).toBe(0);
  });
});

describe('a correction', () => {
  it('writes only the differences, at its own entry, and leaves readable what was said before', () => {
    const book = newBook();
    book.record(shelf, placed('x', '1', 'Ema'));
    book.record(shelf, placed('x', '2', 'Ivanhoe'));
    book.record(shelf, corrected(`${shelf}@0`, placed('x', '1', 'Emma')));

    const { books, shelf_sizes } = versions(folded(book).file);
    expect(books).toMatchObject([
      { book: '1', title: 'Ema', from_entry: 1, to_entry: 3 },
      { book: '2', title: 'Ivanhoe', from_entry: 2, to_entry: STANDING },
      { book: '1', title: 'Emma', from_entry: 3, to_entry: STANDING },
    ]);
    expect(shelf_sizes).toMatchObject([
      { size: 1, to_entry: 2 },
      { size: 2, to_entry: STANDING },
    ]);
  });

  it('is followed by the facts after it as usual', () => {
    const book = newBook();
    book.record(shelf, placed('x', '1', 'Emma'));
    book.record(shelf, retracted(`${shelf}@0`));
    book.record(shelf, placed('x', '1', 'Ivanhoe'));

    const { file } = folded(book);
    expect(rowsAsOf(file, 2)).toMatchObject({ books: [], known: [], shelf_sizes: [] });
    expect(rowsAsOf(file, 3)).toMatchObject({
      books: [{ title: 'Ivanhoe', times: 1 }],
      known: [{ first: 3 }],
    });
  });

  it('that is a dispute shows beside the fact that it disputes', () => {
    const book = newBook();
    book.record(shelf, placed('x', '1', 'Emma'));
    book.record(shelf, disputed(`${shelf}@0`));

    expect(rowsAsOf(folded(book).file, 2)).toMatchObject({ books: [{ title: 'Emma', disputes: 1 }] });
  });

  it('in a group takes effect with the group', () => {
    const book = newBook();
    book.record(shelf, placed('x', '1', 'Ema'));
    book.recordGroup(shelf, [
      corrected(`${shelf}@0`, placed('x', '1', 'Emma')),
      placed('x', '2', 'Ivanhoe'),
      retracted(`${shelf}@1`),
    ]);

    const { file } = folded(book);
    expect(rowsAsOf(file, 3)).toEqual(rowsAsOf(file, 1));
    expect(rowsAsOf(file, 4)).toMatchObject({ books: [{ title: 'Ema' }, { title: 'Ivanhoe' }] });
  });
});
