import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { DamagedEntryError } from '../../../src/ledger/entry.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { LedgerWriter } from '../../../src/ledger/sqlite/ledger-writer.js';
import { LedgerUnusableError } from '../../../src/ledger/ledger-unusable-error.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { createAppend, createEvent } from '../support/create-append.js';
import { createTemporaryDirectory } from '../support/temporary-directory.js';
import { assertLedgerIntegrity } from '../support/ledger-integrity.js';
import { withoutTriggers } from '../support/without-triggers.js';

const KEY = 'f0'.repeat(32);
/** The entry that is damaged: it has neighbors in its stream, and an idempotency key. */
const DAMAGED_ENTRY = 4;

/** A ledger of a few streams, followed by `more` entries. */
function createLedger(more = 0): string {
  const file = join(createTemporaryDirectory(), 'ledger.db');
  const writer = new LedgerWriter(file);
  writer.commit([
    createAppend('a-1', -1, ['one', 'two']),
    createAppend('a-2', -1, ['three']),
    { ...createAppend('a-1', 1), events: [createEvent('four', KEY)] },
    createAppend('a-1', 2, ['five']),
    createAppend('a-3', -1, ['six']),
    ...Array.from({ length: more }, (_, index) => createAppend(`b-${index}`, -1, ['more'])),
  ]);
  writer.close();
  return file;
}

function alterLedger(file: string, sql: string, ...parameters: unknown[]): void {
  const db = new Database(file);
  withoutTriggers(db, () => db.prepare(sql).run(...parameters));
  db.close();
}

/** The entry after a bit in the middle of a column was flipped. */
function flipBit(file: string, column: string): void {
  const db = new Database(file, { readonly: true });
  const value = db.prepare(`SELECT ${column} FROM entries WHERE entry = ?`).pluck().get(DAMAGED_ENTRY);
  db.close();
  const flipped = (bytes: Buffer) => {
    const middle = bytes.length >> 1;
    bytes.writeUInt8((bytes[middle] ?? 0) ^ 1, middle);
    return bytes;
  };
  alterLedger(
    file,
    `UPDATE entries SET ${column} = ? WHERE entry = ${DAMAGED_ENTRY}`,
    typeof value === 'number'
      ? value ^ 64
      : Buffer.isBuffer(value)
        ? flipped(value)
        : flipped(Buffer.from(value as string)).toString(),
  );
}

const createOpener = (file: string) => () => new LedgerWriter(file);

function withLedger<T>(file: string, read: (ledger: Ledger) => T): T {
  const ledger = new SqliteLedger(file);
  try {
    return read(ledger);
  } finally {
    ledger.close();
  }
}

function findDamagedEntry(read: () => unknown): number {
  try {
    read();
  } catch (error) {
    if (error instanceof DamagedEntryError) {
      expect(error.message).toContain(`Entry ${error.entry} `);
      return error.entry;
    }
    throw error;
  }
  throw new Error('nothing was noticed');
}

describe('a ledger refuses', () => {
  it.each([
    ['UPDATE', `UPDATE entries SET data = '{}' WHERE entry = 1`, 'never altered'],
    ['DELETE', 'DELETE FROM entries WHERE entry = 6', 'never deleted'],
  ])('%s', (_, sql, words) => {
    const file = createLedger();
    const db = new Database(file);
    expect(() => db.exec(sql)).toThrow(words);
    db.close();
    withLedger(file, (ledger) => expect(assertLedgerIntegrity(ledger)).toHaveLength(6));
  });
});

describe.each([
  'id',
  'stream',
  'revision',
  'type',
  'recorded_at',
  'data',
  'metadata',
  'request_key',
  'previous',
  'leaf',
])('a flipped bit in %s', (column) => {
  it('is reported by every read of the entry', () => {
    const file = createLedger();
    flipBit(file, column);
    withLedger(file, (ledger) => {
      expect(findDamagedEntry(() => ledger.readAfter(0, 10))).toBe(DAMAGED_ENTRY);
      expect(findDamagedEntry(() => ledger.readAfter(3, 1))).toBe(DAMAGED_ENTRY);
      expect(findDamagedEntry(() => ledger.findByNumber(DAMAGED_ENTRY))).toBe(DAMAGED_ENTRY);
      expect(ledger.readAfter(0, 3)).toHaveLength(3);
      expect(ledger.readAfter(4, 3)).toHaveLength(2);
      if (column !== 'id')
        expect(findDamagedEntry(() => ledger.findById(readEntryId(file)))).toBe(DAMAGED_ENTRY);
      if (column !== 'request_key')
        expect(findDamagedEntry(() => ledger.findByRequestKey(KEY))).toBe(DAMAGED_ENTRY);
      // If the entry can no longer be found, the entry after it is out of sequence.
      expect(findDamagedEntry(() => ledger.readStream('a-1'))).toBe(column === 'stream' ? 5 : DAMAGED_ENTRY);
      expect(ledger.readStream('a-2')).toHaveLength(1);
    });
  });

  it('is reported at the start', () => {
    const file = createLedger(900);
    flipBit(file, column);
    expect(createOpener(file)).toThrow(LedgerUnusableError);
    expect(createOpener(file)).toThrow(/Entry 4 of the ledger .*altered\. Restore it from a copy\./);
  });
});

const readEntryId = (file: string): string => {
  const db = new Database(file, { readonly: true });
  const id = db.prepare('SELECT id FROM entries WHERE entry = ?').pluck().get(DAMAGED_ENTRY) as string;
  db.close();
  return id;
};

describe('a flipped bit in the number of an entry', () => {
  it('is detected as a gap', () => {
    const file = createLedger();
    flipBit(file, 'entry');
    withLedger(file, (ledger) => {
      expect(findDamagedEntry(() => ledger.readAfter(0, 10))).toBe(DAMAGED_ENTRY);
      expect(findDamagedEntry(() => ledger.findByNumber(DAMAGED_ENTRY))).toBe(DAMAGED_ENTRY);
    });
    expect(createOpener(file)).toThrow(/has no entry \d+: restore it from a copy/);
  });
});

describe('any flipped bit of the bytes on the disk', () => {
  it('of an entry is reported when it is read', () => {
    const file = createLedger();
    const bytes = readFileSync(file);
    const db = new Database(file, { readonly: true });
    const [id, stream, leaf] = db
      .prepare('SELECT id, stream, leaf FROM entries WHERE entry = ?')
      .raw()
      .get(DAMAGED_ENTRY) as [string, string, Buffer];
    db.close();
    // The columns are adjacent in the row: from the first to the last one.
    const from = bytes.indexOf(`${id}${stream}`);
    const to = bytes.indexOf(leaf, from) + leaf.length;
    expect(to - from).toBeGreaterThan(300);
    const copy = join(createTemporaryDirectory(), 'ledger.db');
    for (let at = from; at < to; at++) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8((bytes[at] ?? 0) ^ (1 << (at % 8)), at);
      writeFileSync(copy, flipped);
      withLedger(copy, (ledger) =>
        expect(findDamagedEntry(() => ledger.readAfter(0, 10))).toBe(DAMAGED_ENTRY),
      );
    }
  });
});

describe('an incomplete ledger', () => {
  it.each([1, 2, 5])('without entry %d is not opened', (entry) => {
    const file = createLedger();
    alterLedger(file, 'DELETE FROM entries WHERE entry = ?', entry);
    expect(createOpener(file)).toThrow(`has no entry ${entry}: restore it from a copy`);
    withLedger(file, (ledger) => expect(findDamagedEntry(() => ledger.readAfter(0, 10))).toBe(entry));
  });

  it('is opened if the damage is far from the head, which an audit finds, but reports it when it is read', () => {
    const file = createLedger(1_000);
    flipBit(file, 'data');
    createOpener(file)().close();
    withLedger(file, (ledger) => {
      expect(ledger.readAfter(4, 10_000)).toHaveLength(1_002);
      expect(findDamagedEntry(() => ledger.readStream('a-1'))).toBe(DAMAGED_ENTRY);
    });
  });

  it('does not trust a damaged time in a search by time', () => {
    const file = createLedger();
    alterLedger(file, `UPDATE entries SET recorded_at = '2999-01-01T00:00:00.000Z' WHERE entry = 3`);
    withLedger(file, (ledger) =>
      expect(findDamagedEntry(() => ledger.findEntryNumberByTime(new Date().toISOString()))).toBe(3),
    );
  });

  it.each([1, 3, 20, 100])('without its last %d pages is not opened', (pages) => {
    const file = createLedger(2_000);
    truncateSync(file, statSync(file).size - pages * 4096);
    expect(createOpener(file)).toThrow(LedgerUnusableError);
    expect(createOpener(file)).toThrow('restore it from a copy');
  });

  it.each([20, 100, Infinity])('without its last %d pages after a crash is not opened', (pages) => {
    const file = createLedger(2_000);
    const copy = join(createTemporaryDirectory(), 'ledger.db');
    const writer = new LedgerWriter(file);
    writer.commit([createAppend('c-1', -1)]);
    copyFileSync(file, copy);
    copyFileSync(`${file}-wal`, `${copy}-wal`);
    writer.close();
    truncateSync(copy, Math.max(0, statSync(copy).size - pages * 4096));
    expect(createOpener(copy)).toThrow(LedgerUnusableError);
    expect(createOpener(copy)).toThrow('restore it from a copy');
  });

  it('after a crash alone is complete', () => {
    const file = createLedger(2_000);
    const copy = join(createTemporaryDirectory(), 'ledger.db');
    const writer = new LedgerWriter(file);
    for (let index = 0; index < 300; index++) {
      writer.commit([createAppend(`c-${index}`, -1, ['x'.repeat(2_000)])]);
      if (index % 50 !== 0) continue;
      copyFileSync(file, copy);
      copyFileSync(`${file}-wal`, `${copy}-wal`);
      const reopened = new LedgerWriter(copy);
      expect(reopened.head).toBe(writer.head);
      reopened.close();
    }
    writer.close();
  });

  it('that is not a database is not opened', () => {
    const file = join(createTemporaryDirectory(), 'ledger.db');
    writeFileSync(file, 'These are the minutes of the meeting. '.repeat(50));
    expect(createOpener(file)).toThrow(LedgerUnusableError);
    expect(createOpener(file)).toThrow('restore it from a copy');
  });
});

it('refuses a ledger of another schema for writing and for reading', () => {
  const file = createLedger();
  const db = new Database(file);
  db.pragma('user_version = 3');
  db.close();
  const sentence = /has ledger schema 3, this release reads schema 2: run the release that wrote it/;
  expect(createOpener(file)).toThrow(sentence);
  expect(() => new SqliteLedger(file)).toThrow(sentence);
});
