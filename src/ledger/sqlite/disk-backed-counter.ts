import type Database from 'better-sqlite3';
import { openHardenedDatabase } from './open-hardened-database.js';

/**
 * Counts how often each of any number of keys occurs. The counts are in a database of SQLite that has no name: what does not
 * fit into its cache is in a temporary file, so memory does not grow with the number of keys.
 */
export class DiskBackedCounter {
  readonly #db: Database.Database;
  readonly #increment: Database.Statement<[Buffer]>;

  constructor() {
    this.#db = openHardenedDatabase('');
    // Nothing of it is read again after a crash.
    this.#db.pragma('journal_mode = OFF');
    this.#db.pragma('synchronous = OFF');
    this.#db.exec('CREATE TABLE counts (key BLOB PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID');
    this.#increment = this.#db
      .prepare<[Buffer]>(
        'INSERT INTO counts VALUES (?, 1) ON CONFLICT DO UPDATE SET count = count + 1 RETURNING count',
      )
      .pluck();
  }

  /** Counts a key, and returns how often it has occurred: 1 for the first time. */
  increment(key: Buffer): number {
    return this.#increment.get(key) as number;
  }

  close(): void {
    this.#db.close();
  }
}
