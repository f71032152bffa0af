import Database from 'better-sqlite3';
import type { StoredApiKey } from './key-store.js';

/** Keys in a table of SQLite. */
export class KeyTable {
  readonly db: Database.Database;
  readonly #dataVersion: Database.Statement;
  readonly #selectValid: Database.Statement;
  readonly #insert: Database.Statement;
  readonly #insertFirst: Database.Statement;
  readonly #revoke: Database.Statement;
  /** Changes by this connection, which data_version does not count. */
  #changes = 0;

  constructor(file: string) {
    this.db = new Database(file);
    this.db.pragma('journal_mode = WAL');
    // A revocation must survive a power loss.
    this.db.pragma('synchronous = FULL');
    this.db.exec(`CREATE TABLE IF NOT EXISTS keys (
      name TEXT PRIMARY KEY, role TEXT NOT NULL, hash BLOB NOT NULL, created_at TEXT NOT NULL, revoked_at TEXT
    ) STRICT`);
    this.#dataVersion = this.db.prepare('PRAGMA data_version').pluck();
    this.#selectValid = this.db.prepare(
      'SELECT name, role, hash, created_at AS createdAt FROM keys WHERE revoked_at IS NULL ORDER BY rowid',
    );
    const values = 'INSERT INTO keys (name, role, hash, created_at) SELECT @name, @role, @hash, @createdAt';
    this.#insert = this.db.prepare(`${values} WHERE NOT EXISTS (SELECT 1 FROM keys WHERE name = @name)`);
    this.#insertFirst = this.db.prepare(`${values} WHERE NOT EXISTS (SELECT 1 FROM keys)`);
    this.#revoke = this.db.prepare('UPDATE keys SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL');
  }

  /** Differs whenever any connection may have changed the table. */
  get version(): string {
    return `${String(this.#dataVersion.get())} ${this.#changes}`;
  }

  isEmpty(): boolean {
    return this.db.prepare('SELECT 1 FROM keys LIMIT 1').get() === undefined;
  }

  listValid(): readonly StoredApiKey[] {
    return this.#selectValid.all() as StoredApiKey[];
  }

  isNameUsed(name: string): boolean {
    return this.db.prepare('SELECT 1 FROM keys WHERE name = ?').get(name) !== undefined;
  }

  hasValidKey(name: string): boolean {
    return (
      this.db.prepare('SELECT 1 FROM keys WHERE name = ? AND revoked_at IS NULL').get(name) !== undefined
    );
  }

  /** Returns whether the key was added; false if the name was used. */
  add(key: StoredApiKey): boolean {
    return this.#countChanges(this.#insert.run(key));
  }

  /** Returns whether the key was added; false if there has ever been a key. */
  addFirst(key: StoredApiKey): boolean {
    return this.#countChanges(this.#insertFirst.run(key));
  }

  /** Returns whether a valid key had this name. */
  revoke(name: string, revokedAt: string): boolean {
    return this.#countChanges(this.#revoke.run(revokedAt, name));
  }

  close(): void {
    this.db.close();
  }

  #countChanges({ changes }: Database.RunResult): boolean {
    this.#changes += changes;
    return changes > 0;
  }
}
