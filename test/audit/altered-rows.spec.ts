import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import type { TestLedger } from '../read-models/support/test-ledger.js';
import {
  factCorrected,
  bookPlaced,
  placings,
  FAILING_TITLE,
  shelves,
  bookTaken,
} from '../read-models/support/shelves.js';
import { getReadModelsDirectory, createTestLedger } from '../read-models/support/start-read-models.js';
import {
  alterReadModelFile,
  auditLedger,
  findDifferences,
  writeReadModelFiles,
} from './support/audit-in-process.js';

let book: TestLedger;
beforeEach(async () => {
  book = createTestLedger();
  book.record('shelf-x', bookPlaced('x', '1', 'Emma', ['novel'])); // 1
  book.record('shelf-x', bookPlaced('x', '2', 'Persuasion')); // 2
  book.recordGroup('shelf-y', [bookPlaced('y', '1', 'Ivanhoe'), bookPlaced('y', '2', 'Rob Roy')]); // 3, 4
  book.record('shelf-x', factCorrected('shelf-x@0', bookPlaced('x', '1', 'Emma Watson'))); // 5
  book.record('shelf-z', bookPlaced('z', '1', FAILING_TITLE)); // 6
  book.record('shelf-x', bookTaken('x', '2')); // 7
  await writeReadModelFiles(book);
});

const EMMA = { stream: 'shelf-x', shelf: 'x', book: '1' };

it('an audit of unaltered read models finds no differences', async () => {
  expect(await auditLedger(book)).toEqual({
    entry: 7,
    differences: [],
    differencesCount: 0,
    compared: [
      { projection: 'shelves', version: 1, generation: 1, entry: 7 },
      { projection: 'placings', version: 1, generation: 1, entry: 7 },
    ],
    resumedFrom: 0,
    root: expect.stringMatching(/^[\w+/]{43}=$/),
  });
});

describe('an altered table of a read model', () => {
  it('is reported with the stored and the replayed value of an altered column', async () => {
    alterReadModelFile(
      book,
      `UPDATE books SET title = 'Emmas' WHERE book = '1' AND shelf = 'x' AND from_entry = 5`,
    );
    const row = { shelf: 'x', book: '1', times: 1, tags: [], disputes: null, from_entry: 5, to_entry: null };
    expect(await findDifferences(book)).toEqual([
      {
        projection: 'shelves',
        table: 'books',
        key: EMMA,
        entry: 5,
        live: { ...row, title: 'Emmas' },
        replayed: { ...row, title: 'Emma Watson' },
        detail:
          'shelves: books, stream "shelf-x", shelf "x", book "1" as of entry 5, has title "Emmas" where a replay leads to "Emma Watson".',
      },
    ]);
  });

  it.each([
    [
      'a column of a closed row version',
      `title = 'Emmas'`,
      'has title "Emmas" where a replay leads to "Emma"',
    ],
    ['the entry that closed the row version', 'to_entry = 4', 'has to_entry 4 where a replay leads to 5'],
    ['a closing entry beyond the head', 'to_entry = 100', 'has to_entry 100 where'],
    [
      'the elements of a json column',
      `tags = '["novel","altered"]'`,
      'has tags ["novel","altered"] where a replay leads to ["novel"]',
    ],
    ['a json column to invalid json', `tags = 'novel'`, 'has tags "novel" where a replay leads to ["novel"]'],
    [
      'the bytes of a json column, but not its value',
      `tags = '["novel" ]'`,
      'is stored in other bytes than a replay leads to',
    ],
    ['null to a number', 'disputes = 0', 'has disputes 0 where a replay leads to null'],
    ['a number to another one', 'times = 2', 'has times 2 where a replay leads to 1'],
  ])('is reported after an UPDATE of %s', async (_, set, detail) => {
    alterReadModelFile(book, `UPDATE books SET ${set} WHERE shelf = 'x' AND book = '1' AND from_entry = 1`);
    const found = await findDifferences(book);
    expect(found).toMatchObject([{ table: 'books', key: EMMA, entry: 1 }]);
    expect(found[0]?.detail).toContain(detail);
  });

  it('is reported where a closed row version was opened again', async () => {
    alterReadModelFile(book, `UPDATE books SET to_entry = 9007199254740991 WHERE shelf = 'x' AND book = '2'`);
    expect(await findDifferences(book)).toMatchObject([
      { key: { book: '2' }, entry: 2, live: { to_entry: null }, replayed: { to_entry: 7 } },
    ]);
  });

  it.each([
    ['its stream', `stream = 'shelf-other'`],
    ['its key', `book = '9'`],
    ['the entry that made it', 'from_entry = 2'],
  ])('is reported as one missing and one unexpected row after an UPDATE of %s', async (_, set) => {
    alterReadModelFile(book, `UPDATE books SET ${set} WHERE shelf = 'x' AND book = '1' AND from_entry = 1`);
    const found = await findDifferences(book);
    expect(found).toHaveLength(2);
    expect(found).toContainEqual(
      expect.objectContaining({
        key: EMMA,
        entry: 1,
        live: null,
        detail: expect.stringMatching(/is missing, but/),
      }),
    );
    expect(found).toContainEqual(
      expect.objectContaining({ replayed: null, detail: expect.stringMatching(/no replay leads to it/) }),
    );
  });

  it.each(['known', 'books', 'shelf_sizes'])(
    'is reported with the one row that was deleted from %s',
    async (table) => {
      alterReadModelFile(book, `DELETE FROM ${table} WHERE row = 1`);
      expect(await findDifferences(book)).toMatchObject([
        { table, key: { stream: 'shelf-x', shelf: 'x' }, entry: 1, live: null, replayed: { from_entry: 1 } },
      ]);
    },
  );

  it.each([
    ['for a shelf that no event registered', `'shelf-w', 'w', 1, 3, 9007199254740991`, { shelf: 'w' }, 3],
    ['for a row that is stored already', `'shelf-x', 'x', 1, 1, 2`, { shelf: 'x' }, 1],
    ['beyond the head of the ledger', `'shelf-x', 'x', 1, 100, 9007199254740991`, { shelf: 'x' }, 100],
    ['before the first entry of the ledger', `'shelf-x', 'x', 1, -3, 0`, { shelf: 'x' }, -3],
  ])('is reported with a row that was inserted %s', async (_, values, key, entry) => {
    alterReadModelFile(
      book,
      'DROP INDEX shelf_sizes_standing',
      `INSERT INTO shelf_sizes (stream, shelf, size, from_entry, to_entry) VALUES (${values})`,
    );
    expect(await findDifferences(book)).toMatchObject([
      { table: 'sqlite_schema', key: { type: 'index', name: 'shelf_sizes_standing' }, live: null },
      { table: 'shelf_sizes', key, entry, live: { size: 1 }, replayed: null },
    ]);
  });

  it('is reported with the row numbers of two rows that were swapped', async () => {
    alterReadModelFile(
      book,
      'UPDATE known SET row = 99 WHERE row = 1',
      'UPDATE known SET row = 1 WHERE row = 2',
      'UPDATE known SET row = 2 WHERE row = 99',
    );
    expect(await findDifferences(book)).toMatchObject([
      {
        table: 'known',
        key: { row: 1, shelf: 'x' },
        live: { row: 1, shelf: 'y' },
        replayed: { row: 1, shelf: 'x' },
      },
      {
        table: 'known',
        key: { row: 2, shelf: 'y' },
        live: { row: 2, shelf: 'x' },
        replayed: { row: 2, shelf: 'y' },
      },
    ]);
  });

  it('is compared correctly for texts outside the Basic Multilingual Plane', async () => {
    const other = createTestLedger();
    for (const title of ['\u{ff5e}', '\u{1f4d6}', '\u{e000}', 'z'])
      other.record(`shelf-${title}`, bookPlaced(title, title, title));
    await writeReadModelFiles(other);
    expect(await findDifferences(other)).toEqual([]);
    alterReadModelFile(other, `UPDATE books SET times = 7 WHERE title = '\u{1f4d6}'`);
    expect(await findDifferences(other)).toMatchObject([{ key: { book: '\u{1f4d6}' }, live: { times: 7 } }]);
  });
});

describe('an altered full-text index', () => {
  it('is reported with a word that was added to a row', async () => {
    alterReadModelFile(book, `INSERT INTO books_search (rowid, words) VALUES (1, 'forged')`);
    expect(await findDifferences(book)).toMatchObject([
      {
        table: 'books_search',
        key: { word: 'forged', place: 0, row: 1, ...EMMA },
        entry: 1,
        live: { word: 'forged' },
        replayed: null,
      },
    ]);
  });

  it('is reported with words of a row that does not exist', async () => {
    alterReadModelFile(book, `INSERT INTO books_search (rowid, words) VALUES (77, 'emma')`);
    expect(await findDifferences(book)).toMatchObject([
      { key: { word: 'emma', row: 77 }, entry: null, replayed: null },
    ]);
  });

  it('is reported with words that were removed', async () => {
    alterReadModelFile(
      book,
      `INSERT INTO books_search (books_search, rowid, words) VALUES ('delete', 4, 'rob roy')`,
    );
    expect(await findDifferences(book)).toMatchObject([
      { table: 'books_search', key: { word: 'rob', stream: 'shelf-y', book: '2' }, entry: 4, live: null },
      { table: 'books_search', key: { word: 'roy', stream: 'shelf-y', book: '2' }, entry: 4, live: null },
    ]);
  });
});

describe('an altered read model file, outside its declared tables,', () => {
  it.each([
    ['removed', 'DELETE FROM parked', { live: null, replayed: { stamp: 6 } }],
    ['altered', `UPDATE parked SET reason = 'none'`, { live: { reason: 'none' }, replayed: { stamp: 6 } }],
  ])('is reported with a parked stream that was %s', async (_, sql, sides) => {
    alterReadModelFile(book, sql);
    expect(await findDifferences(book)).toMatchObject([
      { table: 'parked', key: { stream: 'shelf-z' }, entry: 6, ...sides },
    ]);
  });

  it('is reported with a parked stream that was inserted by hand', async () => {
    alterReadModelFile(book, `INSERT INTO parked VALUES ('shelf-y', 3, 4, 'because')`);
    expect(await findDifferences(book)).toMatchObject([
      { table: 'parked', key: { stream: 'shelf-y' }, live: { reason: 'because' }, replayed: null },
    ]);
  });

  it.each([
    ['leaf', `UPDATE checkpoint SET leaf = zeroblob(32)`],
    ['schema', `UPDATE checkpoint SET schema = schema || ' '`],
    ['entry, to one that does not exist', 'UPDATE checkpoint SET entry = 8'],
  ])('is reported when its checkpoint row has another %s', async (_, sql) => {
    alterReadModelFile(book, sql);
    expect(await findDifferences(book)).toMatchObject([{ table: 'checkpoint' }]);
  });

  it('is reported when it has a second checkpoint row or none', async () => {
    alterReadModelFile(book, `INSERT INTO checkpoint SELECT 5, leaf, complete, schema FROM checkpoint`);
    expect(await findDifferences(book)).toMatchObject([
      { table: 'checkpoint', key: { entry: 5 }, replayed: null },
    ]);
    alterReadModelFile(book, `DELETE FROM checkpoint`);
    expect((await findDifferences(book))[0]).toMatchObject({ table: 'checkpoint', live: null });
  });

  it.each([
    ['table', 'CREATE TABLE notes (text)', { type: 'table', name: 'notes' }],
    ['view', 'CREATE VIEW notes AS SELECT * FROM books', { type: 'view', name: 'notes' }],
    [
      'trigger',
      `CREATE TRIGGER lies AFTER INSERT ON books BEGIN UPDATE books SET title = 'x'; END`,
      { type: 'trigger', name: 'lies' },
    ],
  ])('is reported with a %s that was added', async (_, sql, key) => {
    alterReadModelFile(book, sql);
    expect(await findDifferences(book)).toMatchObject([{ table: 'sqlite_schema', key, replayed: null }]);
  });

  it('is reported with a view of the current rows that shows others', async () => {
    alterReadModelFile(
      book,
      'DROP VIEW current_books',
      `CREATE VIEW "current_books" AS SELECT stream, 'x' AS title FROM books`,
    );
    expect(await findDifferences(book)).toMatchObject([
      { table: 'sqlite_schema', key: { type: 'view', name: 'current_books' } },
    ]);
  });

  it('is reported with a table that cannot be read, and its other tables are still compared', async () => {
    alterReadModelFile(book, 'DROP TABLE known', 'UPDATE shelf_sizes SET size = 9 WHERE from_entry = 1');
    const found = await findDifferences(book);
    expect(found).toContainEqual(
      expect.objectContaining({
        table: 'known',
        detail: 'shelves: known cannot be read: no such table: known.',
      }),
    );
    expect(found).toContainEqual(
      expect.objectContaining({ table: 'shelf_sizes', live: expect.objectContaining({ size: 9 }) }),
    );
  });

  it('is reported when it is not a database', async () => {
    writeFileSync(join(getReadModelsDirectory(book), 'shelves-1-1.db'), 'these are no rows'.repeat(1000));
    const { differences, compared } = await auditLedger(book);
    expect(differences).toMatchObject([
      { table: 'sqlite_schema', detail: 'shelves-1-1.db is damaged: file is not a database.' },
      { table: 'checkpoint', detail: 'shelves: checkpoint cannot be read: file is not a database.' },
    ]);
    expect(compared).toMatchObject([{ projection: 'shelves', entry: null }, { entry: 7 }]);
  });
});

it('an audit reports the rows of a handler that changed without a new version', async () => {
  const [own, ...others] = shelves.handlers.toReversed();
  const mutant = {
    ...shelves,
    handlers: [...others, { ...own!, when: { ...own!.when, BookTaken: () => undefined } }],
  };
  expect(await findDifferences(book, { readModels: [mutant, placings] })).toMatchObject([
    {
      projection: 'shelves',
      table: 'books',
      key: { book: '2' },
      live: { to_entry: 7 },
      replayed: { to_entry: null },
    },
    { table: 'shelf_sizes', entry: 2, live: { to_entry: 7 } },
    { table: 'shelf_sizes', entry: 7, live: { size: 1 }, replayed: null },
  ]);
});

it('an audit shows the first thousand differences and counts all', async () => {
  const large = createTestLedger();
  for (let n = 1; n <= 1_200; n++) large.record(`shelf-${n}`, bookPlaced(String(n), '1', 'Emma'));
  await writeReadModelFiles(large);
  alterReadModelFile(large, 'UPDATE books SET times = 2');
  const { differences, differencesCount } = await auditLedger(large);
  expect([differences.length, differencesCount]).toEqual([1_000, 1_200]);
});

it('an audit does not compare a read model without a file, and reports its generation as null', async () => {
  const db = new Database(join(getReadModelsDirectory(book), 'shelves-1-1.db'));
  db.exec('UPDATE checkpoint SET complete = 0');
  db.close();
  expect((await auditLedger(book)).compared[0]).toEqual({
    projection: 'shelves',
    version: 1,
    generation: null,
    entry: null,
  });
});
