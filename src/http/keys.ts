import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Role } from './access.js';

export type Key = { readonly name: string; readonly role: Role; readonly createdAt: string };

/** A key cannot be added or revoked as asked. The message says why. */
export class KeyError extends Error {}

const NAME = /^[\x21-\x7e](?:[\x20-\x7e]{0,98}[\x21-\x7e])?$/;

/** The API keys of a node: their hashes only, in a file that the command line may change while the server runs. */
export class Keys {
  readonly #db: Database.Database;
  readonly #version: Database.Statement;
  readonly #all: Database.Statement;
  #byHash = new Map<string, Key & { readonly hash: Buffer }>();
  #seen: unknown;
  #isFresh = false;

  constructor(file: string) {
    this.#db = new Database(file);
    this.#db.pragma('journal_mode = WAL');
    this.#db.exec(`CREATE TABLE IF NOT EXISTS keys (
      name TEXT PRIMARY KEY, role TEXT NOT NULL, hash BLOB NOT NULL, created_at TEXT NOT NULL, revoked_at TEXT
    ) STRICT`);
    this.#version = this.#db.prepare('PRAGMA data_version').pluck();
    this.#all = this.#db.prepare(
      'SELECT name, role, hash, created_at AS createdAt FROM keys WHERE revoked_at IS NULL',
    );
    this.#load();
  }

  /** Makes the first admin key, if there has never been a key; returns whether it did. Only its owner may read the file. */
  ensureAdmin(file: string): boolean {
    if (this.#db.prepare('SELECT 1 FROM keys LIMIT 1').get()) return false;
    const secret = newSecret();
    // The file first: a crash in between leaves a key that is not valid yet, and the next start makes another.
    rmSync(file, { force: true });
    writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx' });
    this.#insert('admin', 'admin', secret);
    return true;
  }

  /** Returns the secret, which is shown once and not kept. Names are used once: they stand in facts. Throws KeyError. */
  add(name: string, role: Role): string {
    if (!NAME.test(name))
      throw new KeyError(`A key's name has 1 to 100 visible ASCII characters, unlike "${name}".`);
    if (this.#db.prepare('SELECT 1 FROM keys WHERE name = ?').get(name))
      throw new KeyError(`There is or was a key named "${name}", and names are not used twice.`);
    const secret = newSecret();
    this.#insert(name, role, secret);
    return secret;
  }

  list(): readonly Key[] {
    this.#load();
    return [...this.#byHash.values()].map(({ name, role, createdAt }) => ({ name, role, createdAt }));
  }

  /** Throws KeyError if no valid key has this name. */
  revoke(name: string): void {
    const { changes } = this.#db
      .prepare('UPDATE keys SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL')
      .run(new Date().toISOString(), name);
    if (changes === 0) throw new KeyError(`There is no valid key named "${name}".`);
    this.#load();
  }

  find(secret: string): Key | undefined {
    // Requests that arrive together are one moment: the file is looked at once for all of them.
    if (!this.#isFresh) {
      this.#isFresh = true;
      setImmediate(() => (this.#isFresh = false));
      if (this.#version.get() !== this.#seen) this.#load();
    }
    const digest = hash('sha256', secret, 'buffer');
    const key = this.#byHash.get(digest.toString('hex'));
    return key && timingSafeEqual(key.hash, digest) ? key : undefined;
  }

  close(): void {
    this.#db.close();
  }

  #insert(name: string, role: Role, secret: string): void {
    this.#db
      .prepare('INSERT INTO keys (name, role, hash, created_at) VALUES (?, ?, ?, ?)')
      .run(name, role, hash('sha256', secret, 'buffer'), new Date().toISOString());
    this.#load();
  }

  #load(): void {
    this.#seen = this.#version.get();
    const rows = this.#all.all() as (Key & { hash: Buffer })[];
    this.#byHash = new Map(rows.map((key) => [key.hash.toString('hex'), key]));
  }
}

const newSecret = (): string => `mb_${randomBytes(32).toString('base64url')}`;
