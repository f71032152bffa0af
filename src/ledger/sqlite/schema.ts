import Database from 'better-sqlite3';
import { ApplicationError } from '../../errors/application-error.js';
import { DamagedEntryError, type Entry, verifyEntry } from '../entry.js';

/** The schema version of ledger.db, in its `user_version`. */
const SCHEMA_VERSION = 2;

/** Full tiles of the Merkle tree: copies of entries.leaf, and the nodes above them. */
export const TILES_SCHEMA = `
  CREATE TABLE tiles (
    level  INTEGER NOT NULL,
    number INTEGER NOT NULL,
    root   BLOB    NOT NULL,
    hashes BLOB    NOT NULL,
    PRIMARY KEY (level, number)
  ) STRICT;
  CREATE TRIGGER tiles_are_never_altered BEFORE UPDATE ON tiles
    BEGIN SELECT RAISE(ABORT, 'a tile of the tree is never altered'); END;
  CREATE TRIGGER tiles_are_never_deleted BEFORE DELETE ON tiles
    BEGIN SELECT RAISE(ABORT, 'a tile of the tree is never deleted'); END;
`;

export const SCHEMA = `
  CREATE TABLE entries (
    entry       INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL,
    stream      TEXT    NOT NULL,
    revision    INTEGER NOT NULL,
    type        TEXT    NOT NULL,
    recorded_at TEXT    NOT NULL,
    data        TEXT    NOT NULL,
    metadata    TEXT    NOT NULL,
    request_key TEXT,
    previous    BLOB,
    leaf        BLOB    NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX entries_of_stream ON entries (stream, revision);
  CREATE INDEX entries_by_id ON entries (id);
  CREATE INDEX entries_by_request ON entries (request_key) WHERE request_key IS NOT NULL;
  CREATE TRIGGER entries_are_never_altered BEFORE UPDATE ON entries
    BEGIN SELECT RAISE(ABORT, 'an entry of the ledger is never altered'); END;
  CREATE TRIGGER entries_are_never_deleted BEFORE DELETE ON entries
    BEGIN SELECT RAISE(ABORT, 'an entry of the ledger is never deleted'); END;
  ${TILES_SCHEMA}
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** The columns of an entry under the names of EntryRow. */
export const ENTRY_COLUMNS =
  'entry, id, stream, revision, type, recorded_at AS recordedAt, data, metadata, request_key AS requestKey, previous, leaf';

export type EntryRow = Entry & { readonly requestKey: string | null };

/** Matches in canonical metadata only: quotes inside a string are escaped, so no string can contain a match. */
const REQUEST_KEY_PATTERN = /"request":\{"body":"[^"]*","key":"([^"]*)"/;

/** The idempotency key in canonical metadata; null if there is none. */
export const parseRequestKey = (metadata: string): string | null =>
  REQUEST_KEY_PATTERN.exec(metadata)?.[1] ?? null;

/**
 * The entry of a row. Throws DamagedEntryError if it was altered. The column of the idempotency key exists only for its
 * index; the leaf hash covers the key in the metadata, so the two must agree.
 */
export function parseEntryRow({ requestKey, ...entry }: EntryRow): Entry {
  verifyEntry(entry);
  if (requestKey !== parseRequestKey(entry.metadata)) throw new DamagedEntryError(entry.entry);
  return entry;
}

/** A ledger that this release cannot or must not open. The message says what to do. */
export class LedgerUnusableError extends ApplicationError {
  readonly code = 'ledger-unusable';
}

/** Why a ledger cannot be opened. The message advises a restore only if the file is damaged. */
export function toLedgerUnusableError(file: string, error: unknown): LedgerUnusableError {
  if (error instanceof LedgerUnusableError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const code = String((error as { readonly code?: unknown }).code);
  if (/^(?:SQLITE_(?:FULL|IOERR)|ENOSPC$|EIO$)/.test(code))
    return new LedgerUnusableError(
      `The disk under ${file} is full or failing (${code}): free some space or check the disk, then start again.`,
    );
  if (/^(?:SQLITE_(?:CANTOPEN|READONLY|BUSY|PROTOCOL|NOMEM)|E[A-Z]+$)/.test(code))
    return new LedgerUnusableError(
      `${file} cannot be opened (${reason}): check the permissions of the file and its directory, then start again.`,
    );
  return new LedgerUnusableError(`${file} cannot be read as a ledger (${reason}): restore it from a copy.`);
}

/** SQLite's code of an error, such as SQLITE_FULL; '' for other errors. Not by class, since classes differ between realms. */
export function getSqliteCode(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : '';
}

/** Throws LedgerUnusableError unless a commit on this connection is durable when it returns. */
export function assertDurable(db: Database.Database): void {
  const journal = db.pragma('journal_mode', { simple: true });
  const synchronous = db.pragma('synchronous', { simple: true });
  if (journal !== 'wal' || synchronous !== 2)
    throw new LedgerUnusableError(
      `The ledger must run in journal mode wal with synchronous=2 (FULL), but has ${String(journal)} and ${String(synchronous)}: is the data directory on a file system without shared memory?`,
    );
}

/** Throws LedgerUnusableError if the file was written by a release with another schema. */
export function assertSchema(db: Database.Database): void {
  const version = db.pragma('user_version', { simple: true });
  if (version !== SCHEMA_VERSION)
    throw new LedgerUnusableError(
      `${db.name} has ledger schema ${String(version)}, this release reads schema ${SCHEMA_VERSION}: run the release that wrote it, or restore a copy.`,
    );
}
