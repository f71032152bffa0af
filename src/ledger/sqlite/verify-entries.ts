// The whole ledger read again, as an audit does it. Reading stops at the first damaged entry; this names them all.
import Database from 'better-sqlite3';
import { DamagedEntryError, type Entry } from '../entry.js';
import { assertSchema, ENTRY_COLUMNS, parseEntryRow, type EntryRow } from './schema.js';

/** Entries that are read between two looks at how far it is. */
const BATCH_SIZE = 1_000;

/** The last entry of a ledger, be it damaged or not; 0 if the book is empty. Throws what SQLite throws. */
export function readLastEntry(file: string): number {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    assertSchema(db);
    return db.prepare('SELECT max(0, coalesce(max(entry), 0)) FROM entries').pluck().get() as number;
  } finally {
    db.close();
  }
}

/** How far it is, and what was found on the way there. */
export type EntryVerificationProgress = {
  readonly entry: number;
  readonly damaged: readonly DamagedEntryError[];
};

/**
 * Checks everything that is true of every ledger, from entry 1 to `until`, in constant memory: no number is missing,
 * every leaf hash is that of the stored bytes, the key of a request stands in its column, time never goes back, and
 * each entry follows the one before it in its stream, by revision and by `previous`. Throws LedgerUnusable, and what
 * SQLite throws.
 */
export function* verifyEntries(file: string, until: number): Generator<EntryVerificationProgress> {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    assertSchema(db);
    const after = db.prepare(
      `SELECT ${ENTRY_COLUMNS} FROM entries WHERE entry > ? AND entry <= ? ORDER BY entry LIMIT ${BATCH_SIZE}`,
    );
    const follows = createPredecessorCheck(db);
    let [last, expected, recordedAt] = [-Number.MAX_SAFE_INTEGER, 1, ''];
    for (;;) {
      const rows = after.all(last, until) as EntryRow[];
      const damaged: DamagedEntryError[] = [];
      const name = (entry: number, what: string): void =>
        void damaged.push(new DamagedEntryError(entry, what));
      for (const row of rows) {
        if (row.entry < expected) name(row.entry, 'has no place in the book, which begins at 1');
        else if (row.entry > expected) name(expected, describeMissing(row.entry - expected));
        damaged.push(...findRowDamage(row));
        if (row.recordedAt < recordedAt) name(row.entry, 'was recorded before the one before it');
        if (!follows(row)) name(row.entry, 'does not follow the one before it in its stream');
        [last, expected, recordedAt] = [row.entry, Math.max(row.entry + 1, expected), row.recordedAt];
      }
      if (rows.length < BATCH_SIZE && expected <= until)
        name(expected, describeMissing(until + 1 - expected));
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

/** Whether an entry's `previous` is the leaf of the stream's entry before it, which came earlier. */
function createPredecessorCheck(db: Database.Database): (entry: Entry) => boolean {
  const before = db.prepare('SELECT entry, leaf FROM entries WHERE stream = ? AND revision = ?');
  return ({ entry, stream, revision, previous }) => {
    if (revision === 0) return previous === null;
    const found = before.get(stream, revision - 1) as Pick<Entry, 'entry' | 'leaf'> | undefined;
    return found !== undefined && found.entry < entry && previous !== null && previous.equals(found.leaf);
  };
}
