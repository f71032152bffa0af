import type Database from 'better-sqlite3';
import type { NoOpRequest } from '../no-op-requests.js';
import { openHardenedDatabase } from './open-hardened-database.js';

/** Requests that changed nothing, in a table of the file of the API keys. */
export class NoOpRequestTable {
  readonly db: Database.Database;
  readonly #select: Database.Statement;
  readonly #replace: Database.Statement;

  constructor(file: string) {
    this.db = openHardenedDatabase(file);
    this.db.pragma('journal_mode = WAL');
    // An answer that was given is given again, also after a power loss.
    this.db.pragma('synchronous = FULL');
    this.db.exec(`CREATE TABLE IF NOT EXISTS unchanged_requests (
      key TEXT PRIMARY KEY, body TEXT NOT NULL, stream TEXT NOT NULL, revision INTEGER NOT NULL, entry INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`);
    this.#select = this.db.prepare('SELECT * FROM unchanged_requests WHERE key = ?');
    this.#replace = this.db.prepare(
      'REPLACE INTO unchanged_requests VALUES (@key, @body, @stream, @revision, @entry)',
    );
  }

  find(key: string): NoOpRequest | undefined {
    return this.#select.get(key) as NoOpRequest | undefined;
  }

  put(request: NoOpRequest): void {
    this.#replace.run(request);
  }

  close(): void {
    this.db.close();
  }
}
