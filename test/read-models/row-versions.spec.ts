import { describe, expect, it } from '@jest/globals';
import { OPEN_ENDED } from '../../src/read-models/declaration/table-schema.js';
import { projectInProcess, readRowsAsOf, readRowVersions } from './support/project-in-process.js';
import {
  factCorrected,
  factDisputed,
  bookPlaced,
  factRetracted,
  shelfSwept,
  bookTaken,
} from './support/shelves.js';
import { createTestLedger } from './support/start-read-models.js';

const shelf = 'shelf-x';

describe('a row version', () => {
  it('has the entry that opened it and the entry that closed it', () => {
    const book = createTestLedger();
    book.record(shelf, bookPlaced('x', '1', 'Emma'));
    book.record('shelf-y', bookPlaced('y', '1', 'Ivanhoe'));
    book.record(shelf, bookTaken('x', '1'));

    const { books } = readRowVersions(projectInProcess(book).file);
    expect(books).toMatchObject([
      { row: 1, stream: 'shelf-x', title: 'Emma', tags: '[]', disputes: null, from_entry: 1, to_entry: 3 },
      { row: 2, stream: 'shelf-y', title: 'Ivanhoe', from_entry: 2, to_entry: OPEN_ENDED },
    ]);
  });

  it('is not added when the same values are put again', () => {
    const book = createTestLedger();
    book.record(shelf, bookPlaced('x', '1', 'Emma'));
    book.record(shelf, bookPlaced('x', '2', 'Persuasion'));

    expect(readRowVersions(projectInProcess(book).file)['known']).toHaveLength(1);
  });

  it('belongs to its stream, even where another stream has the same key', () => {
    const book = createTestLedger();
    book.record(shelf, bookPlaced('x', '1', 'Emma'));
    book.record('shelf-other', bookPlaced('x', '1', 'Ivanhoe'));
    book.record('shelf-other', shelfSwept('x'));

    const { file } = projectInProcess(book);
    expect(readRowsAsOf(file, 2)['books']).toMatchObject([
      { stream: 'shelf-other', title: 'Ivanhoe', times: 1 },
      { stream: 'shelf-x', title: 'Emma', times: 1 },
    ]);
    expect(readRowsAsOf(file, 3)['books']).toMatchObject([{ stream: 'shelf-x', title: 'Emma' }]);
  });
});

describe('the events of a group', () => {
  it('become readable together, at its last entry, as one version', () => {
    const book = createTestLedger();
    book.record(shelf, bookPlaced('x', '0', 'Emma'));
    book.recordGroup(shelf, [
      bookPlaced('x', '1', 'A'),
      bookPlaced('x', '1', 'B'),
      bookPlaced('x', '2', 'C'),
    ]);

    const { file } = projectInProcess(book);
    expect(readRowVersions(file)['books']?.slice(1)).toMatchObject([
      { book: '1', title: 'B', times: 2, from_entry: 4, to_entry: OPEN_ENDED },
      { book: '2', title: 'C', from_entry: 4, to_entry: OPEN_ENDED },
    ]);
    expect(readRowsAsOf(file, 3)).toEqual(readRowsAsOf(file, 1));
  });

  it('add no row version when they cancel each other out', () => {
    const book = createTestLedger();
    book.record(shelf, bookPlaced('x', '0', 'Emma'));
    const before = readRowVersions(projectInProcess(book).file);
    book.recordGroup(shelf, [bookPlaced('x', '1', 'A'), bookTaken('x', '1')]);

    expect(readRowVersions(projectInProcess(book).file)).toEqual(before);
  });

  it('are never divided by a batch or by a head inside the group', () => {
    const book = createTestLedger();
    book.record(shelf, bookPlaced('x', '0', 'Emma'));
    book.recordGroup(shelf, [
      bookPlaced('x', '1', 'A'),
      bookPlaced('x', '2', 'B'),
      bookPlaced('x', '3', 'C'),
    ]);

    expect(projectInProcess(book, { upTo: 3 }).entry).toBe(1);
    expect(projectInProcess(book, { batch: 2 }).entry).toBe(4);
    const late = createTestLedger();
    late.recordGroupMember(shelf, bookPlaced('x', '1', 'A'), 0, 2);
    expect(projectInProcess(late).entry).toBe(0);
  });
});

describe('a correction', () => {
  it('writes only the changed rows, at its own entry, and leaves the earlier versions readable', () => {
    const book = createTestLedger();
    book.record(shelf, bookPlaced('x', '1', 'Ema'));
    book.record(shelf, bookPlaced('x', '2', 'Ivanhoe'));
    book.record(shelf, factCorrected(`${shelf}@0`, bookPlaced('x', '1', 'Emma')));

    const { books, shelf_sizes } = readRowVersions(projectInProcess(book).file);
    expect(books).toMatchObject([
      { book: '1', title: 'Ema', from_entry: 1, to_entry: 3 },
      { book: '2', title: 'Ivanhoe', from_entry: 2, to_entry: OPEN_ENDED },
      { book: '1', title: 'Emma', from_entry: 3, to_entry: OPEN_ENDED },
    ]);
    expect(shelf_sizes).toMatchObject([
      { size: 1, to_entry: 2 },
      { size: 2, to_entry: OPEN_ENDED },
    ]);
  });

  it('is followed by later events as usual', () => {
    const book = createTestLedger();
    book.record(shelf, bookPlaced('x', '1', 'Emma'));
    book.record(shelf, factRetracted(`${shelf}@0`));
    book.record(shelf, bookPlaced('x', '1', 'Ivanhoe'));

    const { file } = projectInProcess(book);
    expect(readRowsAsOf(file, 2)).toMatchObject({ books: [], known: [], shelf_sizes: [] });
    expect(readRowsAsOf(file, 3)).toMatchObject({
      books: [{ title: 'Ivanhoe', times: 1 }],
      known: [{ first: 3 }],
    });
  });

  it('that is a dispute is shown with the event that it disputes', () => {
    const book = createTestLedger();
    book.record(shelf, bookPlaced('x', '1', 'Emma'));
    book.record(shelf, factDisputed(`${shelf}@0`));

    expect(readRowsAsOf(projectInProcess(book).file, 2)).toMatchObject({
      books: [{ title: 'Emma', disputes: 1 }],
    });
  });

  it('in a group takes effect at the last entry of the group', () => {
    const book = createTestLedger();
    book.record(shelf, bookPlaced('x', '1', 'Ema'));
    book.recordGroup(shelf, [
      factCorrected(`${shelf}@0`, bookPlaced('x', '1', 'Emma')),
      bookPlaced('x', '2', 'Ivanhoe'),
      factRetracted(`${shelf}@1`),
    ]);

    const { file } = projectInProcess(book);
    expect(readRowsAsOf(file, 3)).toEqual(readRowsAsOf(file, 1));
    expect(readRowsAsOf(file, 4)).toMatchObject({ books: [{ title: 'Ema' }, { title: 'Ivanhoe' }] });
  });
});
