// Pages and indexes of ledger.db that hold no entry, but by which entries are found, and its schema.
import { openSync, closeSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { checkFileIntegrity } from '../../../src/ledger/sqlite/integrity-check.js';
import { BackgroundIntegrityCheck } from '../../../src/ledger/sqlite/background-integrity-check.js';
import { openHardenedDatabase } from '../../../src/ledger/sqlite/open-hardened-database.js';
import { LedgerWriter } from '../../../src/ledger/sqlite/ledger-writer.js';
import { LedgerUnusableError } from '../../../src/ledger/ledger-unusable-error.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { createAppend, createEvent } from '../support/create-append.js';
import { createTemporaryDirectory } from '../support/temporary-directory.js';

const ENTRIES = 300;

function createLedger(): string {
  const file = join(createTemporaryDirectory(), 'ledger.db');
  const writer = new LedgerWriter(file);
  writer.commit(
    Array.from({ length: ENTRIES }, (_, n) => ({
      ...createAppend(`a-${n}`, -1),
      events: [createEvent('said', `${n}`.padStart(64, '0'))],
    })),
  );
  writer.close();
  return file;
}

function alter(file: string, sql: string): void {
  const db = new Database(file);
  db.exec(sql);
  db.close();
}

/** Overwrites the pages of these tables and indexes one after the other, each time in a fresh copy. */
function listPages(file: string): readonly { readonly name: string; readonly page: number }[] {
  const db = new Database(file, { readonly: true });
  try {
    return db.prepare('SELECT name, pageno AS page FROM dbstat ORDER BY pageno').all() as {
      name: string;
      page: number;
    }[];
  } finally {
    db.close();
  }
}

function destroyPage(file: string, page: number): void {
  const descriptor = openSync(file, 'r+');
  // A fixed pattern, so that a failure can be repeated.
  const bytes = Buffer.alloc(4096, Buffer.from('af3d01c9', 'hex'));
  writeSync(descriptor, bytes, 0, bytes.length, (page - 1) * 4096);
  closeSync(descriptor);
}

describe('a destroyed page', () => {
  it('of whatever kind is noticed at the start, which says in a sentence how to go on', () => {
    const pages = listPages(createLedger());
    expect(new Set(pages.map(({ name }) => name))).toEqual(
      new Set([
        'sqlite_schema',
        'entries',
        'entries_of_stream',
        'entries_by_id',
        'entries_by_request',
        'tiles',
        'sqlite_autoindex_tiles_1',
      ]),
    );
    const file = createLedger();
    for (const { name, page } of pages) {
      const copy = join(createTemporaryDirectory(), 'ledger.db');
      alter(file, `VACUUM INTO '${copy}'`);
      destroyPage(
        copy,
        listPages(copy).find((each) => each.name === name && each.page >= page)?.page ?? page,
      );
      const open = () => new LedgerWriter(copy).close();
      expect(open).toThrow(LedgerUnusableError);
      expect(open).toThrow(/restore it from a copy|Restore it from a copy/);
    }
  });

  it('of a large file is noticed behind the start, and commands are then refused', async () => {
    const file = createLedger();
    const page = listPages(file).find(({ name }) => name === 'entries_by_id')?.page ?? 0;
    const intact = new BackgroundIntegrityCheck(file, () => undefined, 0);
    await intact.finish();
    expect(intact.fault).toBeUndefined();
    destroyPage(file, page);
    const sentences: string[] = [];
    const inspection = new BackgroundIntegrityCheck(file, (sentence) => sentences.push(sentence), 0);
    await inspection.finish();
    expect(inspection.fault).toMatchObject({ code: 'ledger-damaged' });
    expect(sentences).toEqual([expect.stringMatching(/minutebook copy --from/)]);
    expect(inspection.fault?.message).not.toContain(file);
    await inspection.close();
  });
});

it('a destroyed page is an error of the ledger wherever it is read', () => {
  const file = createLedger();
  for (const { name, page } of listPages(file)) if (name === 'entries_of_stream') destroyPage(file, page);
  const ledger = new SqliteLedger(file);
  const damaged = expect.objectContaining({ code: 'ledger-damaged' }) as Error;
  expect(() => ledger.readStream('a-7')).toThrow(damaged);
  expect(() => ledger.getStreamRevision('a-7')).toThrow(damaged);
  expect(ledger.readAfter(0, 10)).toHaveLength(10); // the entries themselves are intact
  ledger.close();
});

describe('an index that lacks an entry', () => {
  it('is noticed at the start', () => {
    const file = createLedger();
    // As if the index had been written by a program that knows another definition of it.
    const db = new Database(file);
    db.unsafeMode(true);
    db.pragma('writable_schema = ON');
    db.exec(`UPDATE sqlite_schema SET sql = 'CREATE INDEX entries_by_id ON entries (id) WHERE entry <> 7'
      WHERE name = 'entries_by_id'`);
    db.close();
    alter(file, 'REINDEX entries_by_id');
    const again = new Database(file);
    again.unsafeMode(true);
    again.pragma('writable_schema = ON');
    again.exec(`UPDATE sqlite_schema SET sql = 'CREATE INDEX entries_by_id ON entries (id)'
      WHERE name = 'entries_by_id'`);
    again.close();
    expect(() => new LedgerWriter(file)).toThrow(/index entries_by_id.*minutebook copy --from/s);
    expect(checkFileIntegrity(file)).toContain('row 7 missing from index entries_by_id');
  });
});

describe('an altered schema', () => {
  it.each([
    ['the trigger entries_are_never_altered is missing', 'DROP TRIGGER entries_are_never_altered'],
    ['the trigger tiles_are_never_deleted is missing', 'DROP TRIGGER tiles_are_never_deleted'],
    ['the index entries_by_request is missing', 'DROP INDEX entries_by_request'],
    ['the index entries_of_stream is missing', 'DROP INDEX entries_of_stream'],
    [
      'the index entries_by_id was altered',
      'DROP INDEX entries_by_id; CREATE INDEX entries_by_id ON entries (id) WHERE entry > 1000000000',
    ],
    ['the table notes is not one of a ledger', 'CREATE TABLE notes (text TEXT)'],
    [
      'the trigger helper is not one of a ledger',
      "CREATE TRIGGER helper AFTER INSERT ON entries BEGIN SELECT RAISE(ABORT, 'no'); END",
    ],
    [
      'the index lookup SourceRegistered $.url was altered',
      `CREATE INDEX "lookup SourceRegistered $.url" ON entries (data) WHERE entry = 1`,
    ],
  ])('is refused at the start: %s', (difference, sql) => {
    const file = createLedger();
    alter(file, sql);
    expect(() => new LedgerWriter(file)).toThrow(LedgerUnusableError);
    expect(() => new LedgerWriter(file)).toThrow(difference);
  });

  it('may hold the statistics of the query planner', () => {
    const file = createLedger();
    alter(file, 'ANALYZE');
    new LedgerWriter(file).close();
  });

  it('is never trusted with functions that have side effects', () => {
    const db = openHardenedDatabase(createLedger(), { readonly: true });
    expect(db.pragma('trusted_schema', { simple: true })).toBe(0);
    db.close();
  });
});
