import type { StoredApiKey, KeyStore, LocalKeys } from './key-store.js';
import { KeyTable } from './key-table.js';
import { ApiKeyError } from './api-keys.js';

/** The keys of one machine: a file that the command line may change while the server runs. */
export class SqliteKeyStore implements KeyStore {
  readonly doubt = undefined;
  readonly #table: KeyTable;

  /** Throws ApiKeyError if the file is a copy of a cluster's keys: a change in it would apply on no other node. */
  constructor(file: string) {
    this.#table = new KeyTable(file);
    const isCopy = this.#table.db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'followed'").get();
    if (isCopy === undefined) return;
    this.#table.close();
    throw new ApiKeyError(`${file} is a node's copy of a cluster's keys: set LEDGER to the cluster.`);
  }

  get known(): LocalKeys {
    return this.#table;
  }

  getAgeMs(): number {
    return 0;
  }

  add(key: StoredApiKey): Promise<boolean> {
    return Promise.resolve(this.#table.add(key));
  }

  addFirst(key: StoredApiKey): Promise<boolean> {
    return Promise.resolve(this.#table.addFirst(key));
  }

  revoke(name: string, revokedAt: string): Promise<boolean> {
    return Promise.resolve(this.#table.revoke(name, revokedAt));
  }

  refresh(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#table.close();
    return Promise.resolve();
  }
}
