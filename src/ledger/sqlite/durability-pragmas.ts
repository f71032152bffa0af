import type Database from 'better-sqlite3';
import { LedgerUnusableError } from '../ledger-unusable-error.js';

/** Throws LedgerUnusableError unless a commit on this connection is durable when it returns. */
export function assertDurabilityPragmas(db: Database.Database): void {
  const journal = db.pragma('journal_mode', { simple: true });
  const synchronous = db.pragma('synchronous', { simple: true });
  if (journal !== 'wal' || synchronous !== 2)
    throw new LedgerUnusableError(
      `The ledger must run in journal mode wal with synchronous=2 (FULL), but has ${String(journal)} and ${String(synchronous)}: is the data directory on a file system without shared memory?`,
    );
}
