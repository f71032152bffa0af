// Verifies all entries of a ledger, for an audit. SqliteLedger throws at the first damaged entry; this lists all of them.
import type Database from 'better-sqlite3';
import { openHardenedDatabase } from './open-hardened-database.js';
import { DamagedEntryError, type Entry } from '../entry.js';
import { assertSchemaVersion } from './schema.js';
import { ENTRY_COLUMNS, parseEntryRow, type EntryRow } from './entry-row.js';

/** The number of entries between two reports of progress. */
const BATCH_SIZE = 1_000;

/** The number of the last entry, damaged or not; 0 if the ledger is empty. Throws what SQLite throws. */
export function readLastEntryNumber(file: string): number {
  const db = openHardenedDatabase(file, { readonly: true, fileMustExist: true });
  try {
    assertSchemaVersion(db);
    return db.prepare('SELECT max(0, coalesce(max(entry), 0)) FROM entries').pluck().get() as number;
  } finally {
    db.close();
  }
}

/** The last verified entry, and the damage found since the report before. */
type EntryVerificationProgress = {
  readonly entry: number;
  readonly damaged: readonly DamagedEntryError[];
};

/**
 * Checks the invariants of a ledger from entry 1 to `until` in constant memory: no number is missing, every leaf hash is
 * that of the stored bytes, every idempotency key is in its column, recorded times never decrease, and each entry
 * follows the one before it in its stream, by revision and by `previous`. Throws LedgerUnusableError, and what
 * SQLite throws.
 */
export function* verifyEntries(file: string, until: number): Generator<EntryVerificationProgress> {
  const db = openHardenedDatabase(file, { readonly: true, fileMustExist: true });
  try {
    assertSchemaVersion(db);
    const after = db.prepare(
      `SELECT ${ENTRY_COLUMNS} FROM entries WHERE entry > ? AND entry <= ? ORDER BY entry LIMIT ${BATCH_SIZE}`,
    );
    const follows = createPredecessorCheck(db);
    let [last, expected, recordedAt] = [-Number.MAX_SAFE_INTEGER, 1, ''];
    for (;;) {
      const rows = after.all(last, until) as EntryRow[];
      const damaged: DamagedEntryError[] = [];
      const report = (entry: number, what: string): void =>
        void damaged.push(new DamagedEntryError(entry, what));
      for (const row of rows) {
        if (row.entry < expected) report(row.entry, 'is out of place: entries begin at 1');
        else if (row.entry > expected) report(expected, describeMissing(row.entry - expected));
        damaged.push(...findRowDamage(row));
        if (row.recordedAt < recordedAt) report(row.entry, 'was recorded before the one before it');
        if (!follows(row)) report(row.entry, 'does not follow the one before it in its stream');
        [last, expected, recordedAt] = [row.entry, Math.max(row.entry + 1, expected), row.recordedAt];
      }
      if (rows.length < BATCH_SIZE && expected <= until)
        report(expected, describeMissing(until + 1 - expected));
      yield { entry: rows.length < BATCH_SIZE ? until : Math.max(0, last), damaged };
      if (rows.length < BATCH_SIZE) return;
    }
  } finally {
    db.close();
  }
}

const describeMissing = (count: number): string =>
  count === 1 ? 'is missing' : `is missing, and so are the ${count - 1} after it`;

function findRowDamage(row: EntryRow): readonly DamagedEntryError[] {
  try {
    parseEntryRow(row);
    return [];
  } catch (error) {
    if (error instanceof DamagedEntryError) return [error];
    throw error;
  }
}

/** Whether an entry's `previous` is the leaf hash of the stream's previous entry, which has a lower number. */
function createPredecessorCheck(db: Database.Database): (entry: Entry) => boolean {
  const before = db.prepare('SELECT entry, leaf FROM entries WHERE stream = ? AND revision = ?');
  return ({ entry, stream, revision, previous }) => {
    if (revision === 0) return previous === null;
    const found = before.get(stream, revision - 1) as Pick<Entry, 'entry' | 'leaf'> | undefined;
    return found !== undefined && found.entry < entry && previous !== null && previous.equals(found.leaf);
  };
}
