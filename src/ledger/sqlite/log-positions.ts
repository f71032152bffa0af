// The position of each entry in the cluster's log. Only a replica of a cluster's ledger has this table.
import type Database from 'better-sqlite3';
import { openHardenedDatabase } from './open-hardened-database.js';
import type { LogPosition } from '../cluster-log.js';
import { LedgerUnusableError } from '../ledger-unusable-error.js';

export const POSITIONS_SCHEMA = `
  CREATE TABLE IF NOT EXISTS positions (
    entry            INTEGER PRIMARY KEY REFERENCES entries,
    commit_position  INTEGER NOT NULL,
    prepare_position INTEGER NOT NULL
  ) STRICT`;

type PositionRow = { readonly entry: bigint; readonly commit: bigint; readonly prepare: bigint };

export class LogPositions {
  readonly #insertPosition: Database.Statement<[number, bigint, bigint]>;
  readonly #selectLast: Database.Statement<[]>;

  /** Throws LedgerUnusableError if the ledger was not replicated from a cluster. */
  constructor(db: Database.Database, head: number) {
    db.exec(POSITIONS_SCHEMA);
    this.#insertPosition = db.prepare('INSERT INTO positions VALUES (?, ?, ?)');
    this.#selectLast = db
      .prepare<[]>(
        'SELECT entry, commit_position AS "commit", prepare_position AS "prepare" FROM positions ORDER BY entry DESC LIMIT 1',
      )
      .safeIntegers();
    const last = (this.#selectLast.get() as PositionRow | undefined)?.entry ?? 0n;
    if (last !== BigInt(head))
      throw new LedgerUnusableError(
        `${db.name} holds a book that was not recorded in a cluster: copy it into the cluster, or start with LEDGER=sqlite.`,
      );
  }

  /** The position of the last entry; undefined if the ledger is empty. */
  get last(): LogPosition | undefined {
    const row = this.#selectLast.get() as PositionRow | undefined;
    return row && { commit: row.commit, prepare: row.prepare };
  }

  insert(entry: number, { commit, prepare }: LogPosition): void {
    this.#insertPosition.run(entry, commit, prepare);
  }
}

/** The position of the last entry of a replica that cannot be written now. Throws what SQLite throws. */
export function readLogPosition(file: string): LogPosition | undefined {
  const db = openHardenedDatabase(file, { readonly: true, fileMustExist: true });
  try {
    const head = db.prepare('SELECT coalesce(max(entry), 0) FROM entries').pluck().get() as number;
    return new LogPositions(db, head).last;
  } finally {
    db.close();
  }
}

/** Throws LedgerUnusableError for a replica of a cluster's ledger: entries appended to it would never reach the others. */
export function assertNotReplica(db: Database.Database): void {
  const table = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'positions'").get();
  if (table !== undefined && db.prepare('SELECT 1 FROM positions LIMIT 1').get() !== undefined)
    throw new LedgerUnusableError(
      `${db.name} is this node's copy of a cluster's book: set LEDGER to the cluster, or copy the book into an empty data directory.`,
    );
}
