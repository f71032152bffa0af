// What is verified of a ledger whenever it is opened. The rest is verified by an audit.
import { statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { DamagedEntryError } from '../entry.js';
import { checkIntegrity } from './integrity-check.js';
import { LedgerUnusableError } from '../ledger-unusable-error.js';
import { ENTRY_COLUMNS, type EntryRow, parseEntryRow } from './entry-row.js';
import { formatRebuildAdvice } from './sqlite-errors.js';
import { findSchemaDifferences } from './verify-schema.js';

/** How many of the last entries are verified when a ledger is opened; an audit verifies all of them. */
const ENTRIES_CHECKED_AT_OPEN = 1_000;

/** A file of at most so many bytes is checked as a whole when it is opened, which takes less than a second. */
export const FULL_CHECK_FILE_SIZE_MAX_BYTES = 16 * 2 ** 20;

/** Throws LedgerUnusableError if the schema was altered, or, unless the file is large, if a page or an index is damaged. */
export function assertIntact(db: Database.Database): void {
  const differences = findSchemaDifferences(db);
  if (differences.length > 0)
    throw new LedgerUnusableError(formatRebuildAdvice(db.name, differences.join('; ')));
  if (statSync(db.name).size > FULL_CHECK_FILE_SIZE_MAX_BYTES) return;
  const [damage] = checkIntegrity(db);
  if (damage !== undefined) throw new LedgerUnusableError(formatRebuildAdvice(db.name, damage));
}

/** The head, after the last entries were verified and found to have no gap. */
export function readVerifiedHead(db: Database.Database): { entry: number; recordedAt: string } {
  const rows = db
    .prepare(`SELECT ${ENTRY_COLUMNS} FROM entries ORDER BY entry DESC LIMIT ?`)
    .all(ENTRIES_CHECKED_AT_OPEN) as EntryRow[];
  const last = rows[0];
  if (!last) return { entry: 0, recordedAt: '' };
  const expected = Math.min(last.entry, ENTRIES_CHECKED_AT_OPEN);
  for (let index = 0; index < expected; index++) {
    const row = rows[index];
    if (row?.entry !== last.entry - index)
      throw new LedgerUnusableError(`${db.name} has no entry ${last.entry - index}: restore it from a copy.`);
    try {
      parseEntryRow(row);
    } catch (error) {
      if (error instanceof DamagedEntryError)
        throw new LedgerUnusableError(`${db.name}: ${error.message} Restore it from a copy.`);
      throw error;
    }
  }
  return last;
}
