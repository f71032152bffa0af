import type Database from 'better-sqlite3';
import { LedgerUnusableError } from '../ledger-unusable-error.js';

/** The schema version of ledger.db, in its `user_version`. */
export const SCHEMA_VERSION = 2;

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

/** Throws LedgerUnusableError if the file was written by a release with another schema. */
export function assertSchemaVersion(db: Database.Database): void {
  const version = db.pragma('user_version', { simple: true });
  if (version !== SCHEMA_VERSION)
    throw new LedgerUnusableError(
      `${db.name} has ledger schema ${String(version)}, this release reads schema ${SCHEMA_VERSION}: run the release that wrote it, or restore a copy.`,
    );
}
