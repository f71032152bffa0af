import type Database from 'better-sqlite3';
import { UnavailableError } from '../ledger/sequencer.js';
import { openHardenedDatabase } from '../ledger/sqlite/open-hardened-database.js';
import type { UnavailabilityCode } from '../ledger/ledger-unusable-error.js';
import { getSqliteCode, findUnavailabilityCode } from '../ledger/sqlite/sqlite-errors.js';
import { ApiKeyError } from './api-keys.js';
import type { StoredApiKey } from './key-store.js';

const UNAVAILABLE_REASONS: { readonly [C in UnavailabilityCode]: string } = {
  busy: 'another program holds a lock on keys.db, so try again',
  'disk-full': 'the disk is full, so free some space and try again',
  'ledger-unavailable': 'keys.db cannot be written, so check its permissions and those of its directory',
};

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

  /** Throws ApiKeyError if the file is not one of keys, and what SQLite throws if it cannot be opened. */
  constructor(file: string) {
    this.db = openKeysFile(file);
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
    return this.#write(() => this.#insert.run(key));
  }

  /** Returns whether the key was added; false if there has ever been a key. */
  addFirst(key: StoredApiKey): boolean {
    return this.#write(() => this.#insertFirst.run(key));
  }

  /** Returns whether a valid key had this name. */
  revoke(name: string, revokedAt: string): boolean {
    return this.#write(() => this.#revoke.run(revokedAt, name));
  }

  close(): void {
    this.db.close();
  }

  /** Returns whether a row was changed. Throws UnavailableError if the file cannot be written now. */
  #write(run: () => Database.RunResult): boolean {
    try {
      const { changes } = run();
      this.#changes += changes;
      return changes > 0;
    } catch (error) {
      const code = findUnavailabilityCode(error);
      if (code === undefined) throw error;
      throw new UnavailableError(code, `The keys were not changed: ${UNAVAILABLE_REASONS[code]}.`);
    }
  }
}

function openKeysFile(file: string): Database.Database {
  const db = openHardenedDatabase(file);
  try {
    db.pragma('journal_mode = WAL');
    // A revocation must survive a power loss.
    db.pragma('synchronous = FULL');
    db.exec(`CREATE TABLE IF NOT EXISTS keys (
      name TEXT PRIMARY KEY, role TEXT NOT NULL, hash BLOB NOT NULL, created_at TEXT NOT NULL, revoked_at TEXT
    ) STRICT`);
    return db;
  } catch (error) {
    db.close();
    if (!/^SQLITE_(?:NOTADB|CORRUPT)/.test(getSqliteCode(error))) throw error;
    throw new ApiKeyError(
      `${file} cannot be read as the API keys (${(error as Error).message}): restore it from a backup, or move it away, and the next start creates a new admin key.`,
    );
  }
}
