// Damage that no replay of the entries shows: pages and indexes of ledger.db, its schema, the keys, files of read models.
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createTestLedger } from '../read-models/support/start-read-models.js';
import { bookPlaced } from '../read-models/support/shelves.js';
import type { TestLedger } from '../read-models/support/test-ledger.js';
import { auditLedger, findDifferences, writeReadModelFiles } from './support/audit-in-process.js';

async function createBook(): Promise<TestLedger> {
  const book = createTestLedger();
  for (let n = 0; n < 40; n++) book.record(`shelf-${n}`, bookPlaced(`${n}`, '1', 'Emma'));
  return writeReadModelFiles(book);
}

function alter(file: string, sql: string): void {
  const db = new Database(file);
  db.exec(sql);
  db.close();
}

function listPages(file: string): readonly { readonly name: string; readonly page: number }[] {
  const db = new Database(file);
  db.pragma('wal_checkpoint(TRUNCATE)');
  const pages = db.prepare('SELECT name, pageno AS page FROM dbstat ORDER BY pageno').all();
  db.close();
  return pages as { name: string; page: number }[];
}

function destroyPage(file: string, page: number): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(4096, Buffer.from('af3d01c9', 'hex')), 0, 4096, (page - 1) * 4096);
  closeSync(descriptor);
}

describe('an audit', () => {
  it.each(['entries_of_stream', 'entries_by_id', 'sqlite_autoindex_tiles_1'])(
    'finds a destroyed page of %s, and ends',
    async (name) => {
      const book = await createBook();
      const page = listPages(book.file).find((each) => each.name === name)?.page ?? 0;
      destroyPage(book.file, page);
      const { differences } = await auditLedger(book);
      expect(differences.length).toBeGreaterThan(0);
      expect(differences[0]).toMatchObject({ projection: null, table: 'sqlite_schema' });
      expect(differences[0]?.detail).toMatch(/^\S+\.db is damaged: .*\.$/s);
    },
  );

  it.each([
    ['the trigger entries_are_never_altered is missing', 'DROP TRIGGER entries_are_never_altered'],
    ['the index entries_by_request is missing', 'DROP INDEX entries_by_request'],
    ['the table notes is not one of a ledger', 'CREATE TABLE notes (text TEXT)'],
  ])('finds that %s', async (difference, sql) => {
    const book = await createBook();
    alter(book.file, sql);
    const details = (await findDifferences(book)).map(({ detail }) => detail);
    expect(details).toEqual([expect.stringContaining(difference)]);
  });

  it('finds other files that are damaged', async () => {
    const book = await createBook();
    const file = join(book.directory, 'keys.db');
    writeFileSync(file, 'these are no keys'.repeat(1_000));
    const details = (await findDifferences(book, { otherFiles: [file] })).map(({ detail }) => detail);
    expect(details).toEqual(['keys.db is damaged: file is not a database.']);
  });

  it('finds nothing in a book that is intact', async () => {
    expect(await findDifferences(await createBook())).toEqual([]);
  });
});
