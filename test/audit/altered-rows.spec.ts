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
import { getReadModelsDirectory, newLedger } from '../read-models/support/start-read-models.js';
import {
  alterReadModelFile,
  auditLedger,
  findDifferences,
  writeReadModelFiles,
} from './support/run-audit.js';

let book: TestLedger;
beforeEach(async () => {
  book = newLedger();
  book.record('shelf-x', bookPlaced('x', '1', 'Emma', ['novel'])); // 1
  book.record('shelf-x', bookPlaced('x', '2', 'Persuasion')); // 2
  book.recordGroup('shelf-y', [bookPlaced('y', '1', 'Ivanhoe'), bookPlaced('y', '2', 'Rob Roy')]); // 3, 4
  book.record('shelf-x', factCorrected('shelf-x@0', bookPlaced('x', '1', 'Emma Watson'))); // 5
  book.record('shelf-z', bookPlaced('z', '1', FAILING_TITLE)); // 6
  book.record('shelf-x', bookTaken('x', '2')); // 7
  await writeReadModelFiles(book);
});

const EMMA = { stream: 'shelf-x', shelf: 'x', book: '1' };

it('an untouched book has no differences', async () => {
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

describe('in a table', () => {
  it('an altered column is named with both values', async () => {
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
    ['what was closed long ago', `title = 'Emmas'`, 'has title "Emmas" where a replay leads to "Emma"'],
    ['when it was closed', 'to_entry = 4', 'has to_entry 4 where a replay leads to 5'],
    ['to be closed where nobody is yet', 'to_entry = 100', 'has to_entry 100 where'],
    [
      'json',
      `tags = '["novel","altered"]'`,
      'has tags ["novel","altered"] where a replay leads to ["novel"]',
    ],
    ['to what is no json', `tags = 'novel'`, 'has tags "novel" where a replay leads to ["novel"]'],
    ['json into other bytes', `tags = '["novel" ]'`, 'is stored in other bytes than a replay leads to'],
    ['null into a number', 'disputes = 0', 'has disputes 0 where a replay leads to null'],
    ['a number', 'times = 2', 'has times 2 where a replay leads to 1'],
  ])('altered: %s', async (_, set, says) => {
    alterReadModelFile(book, `UPDATE books SET ${set} WHERE shelf = 'x' AND book = '1' AND from_entry = 1`);
    const found = await findDifferences(book);
    expect(found).toMatchObject([{ table: 'books', key: EMMA, entry: 1 }]);
    expect(found[0]?.detail).toContain(says);
  });

  it('a row that stands again is named', async () => {
    alterReadModelFile(book, `UPDATE books SET to_entry = 9007199254740991 WHERE shelf = 'x' AND book = '2'`);
    expect(await findDifferences(book)).toMatchObject([
      { key: { book: '2' }, entry: 2, live: { to_entry: null }, replayed: { to_entry: 7 } },
    ]);
  });

  it.each([
    ['its stream', `stream = 'shelf-other'`],
    ['its key', `book = '9'`],
    ['the entry that made it', 'from_entry = 2'],
  ])('altered in %s, a row is another one: one too many, one too few', async (_, set) => {
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
    'a row that was removed from %s is named, and no other',
    async (table) => {
      alterReadModelFile(book, `DELETE FROM ${table} WHERE row = 1`);
      expect(await findDifferences(book)).toMatchObject([
        { table, key: { stream: 'shelf-x', shelf: 'x' }, entry: 1, live: null, replayed: { from_entry: 1 } },
      ]);
    },
  );

  it.each([
    ['of a shelf that nobody knows', `'shelf-w', 'w', 1, 3, 9007199254740991`, { shelf: 'w' }, 3],
    ['twice', `'shelf-x', 'x', 1, 1, 2`, { shelf: 'x' }, 1],
    ['beyond the head', `'shelf-x', 'x', 1, 100, 9007199254740991`, { shelf: 'x' }, 100],
    ['before the book', `'shelf-x', 'x', 1, -3, 0`, { shelf: 'x' }, -3],
  ])('a row that was added is named: %s', async (_, values, key, entry) => {
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

  it('rows that changed places are named with their numbers', async () => {
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

  it('texts are told apart beyond the basic plane, too', async () => {
    const other = newLedger();
    for (const title of ['\u{ff5e}', '\u{1f4d6}', '\u{e000}', 'z'])
      other.record(`shelf-${title}`, bookPlaced(title, title, title));
    await writeReadModelFiles(other);
    expect(await findDifferences(other)).toEqual([]);
    alterReadModelFile(other, `UPDATE books SET times = 7 WHERE title = '\u{1f4d6}'`);
    expect(await findDifferences(other)).toMatchObject([{ key: { book: '\u{1f4d6}' }, live: { times: 7 } }]);
  });
});

describe('in the full-text index', () => {
  it('a word that was added to a row is named with it', async () => {
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

  it('words of a row that there is not are named', async () => {
    alterReadModelFile(book, `INSERT INTO books_search (rowid, words) VALUES (77, 'emma')`);
    expect(await findDifferences(book)).toMatchObject([
      { key: { word: 'emma', row: 77 }, entry: null, replayed: null },
    ]);
  });

  it('words that were taken out are named', async () => {
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

describe('beside the tables', () => {
  it.each([
    ['removed', 'DELETE FROM parked', { live: null, replayed: { stamp: 6 } }],
    ['altered', `UPDATE parked SET reason = 'none'`, { live: { reason: 'none' }, replayed: { stamp: 6 } }],
  ])('a parked stream that was %s is named', async (_, sql, sides) => {
    alterReadModelFile(book, sql);
    expect(await findDifferences(book)).toMatchObject([
      { table: 'parked', key: { stream: 'shelf-z' }, entry: 6, ...sides },
    ]);
  });

  it('a stream that was parked by hand is named', async () => {
    alterReadModelFile(book, `INSERT INTO parked VALUES ('shelf-y', 3, 4, 'because')`);
    expect(await findDifferences(book)).toMatchObject([
      { table: 'parked', key: { stream: 'shelf-y' }, live: { reason: 'because' }, replayed: null },
    ]);
  });

  it.each([
    ['leaf', `UPDATE checkpoint SET leaf = zeroblob(32)`],
    ['schema', `UPDATE checkpoint SET schema = schema || ' '`],
    ['entry, to one that there is not', 'UPDATE checkpoint SET entry = 8'],
  ])('a checkpoint that was altered in its %s is named', async (_, sql) => {
    alterReadModelFile(book, sql);
    expect(await findDifferences(book)).toMatchObject([{ table: 'checkpoint' }]);
  });

  it('a checkpoint too many, or none, is named', async () => {
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
  ])('a %s that was added is named', async (_, sql, key) => {
    alterReadModelFile(book, sql);
    expect(await findDifferences(book)).toMatchObject([{ table: 'sqlite_schema', key, replayed: null }]);
  });

  it('a table that cannot be read is named, and the others are compared all the same', async () => {
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

  it('a file that is no database is named', async () => {
    writeFileSync(join(getReadModelsDirectory(book), 'shelves-1-1.db'), 'these are no rows'.repeat(1000));
    const { differences, compared } = await auditLedger(book);
    expect(differences).toMatchObject([
      { table: 'checkpoint', detail: 'shelves: checkpoint cannot be read: file is not a database.' },
    ]);
    expect(compared).toMatchObject([{ projection: 'shelves', entry: null }, { entry: 7 }]);
  });
});

it('a handler that changed and did not raise its version is found as what it changes', async () => {
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

it('the first thousand differences are shown, and all are counted', async () => {
  const large = newLedger();
  for (let n = 1; n <= 1_200; n++) large.record(`shelf-${n}`, bookPlaced(String(n), '1', 'Emma'));
  await writeReadModelFiles(large);
  alterReadModelFile(large, 'UPDATE books SET times = 2');
  const { differences, differencesCount } = await auditLedger(large);
  expect([differences.length, differencesCount]).toEqual([1_000, 1_200]);
});

it('a read model without a file is not compared, and the answer says so', async () => {
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
