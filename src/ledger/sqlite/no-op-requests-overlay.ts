import type { NoOpRequest, NoOpRequests } from '../no-op-requests.js';
import { SqliteNoOpRequests } from './sqlite-no-op-requests.js';

/** The name of a database that SQLite keeps in a temporary file of its own, once it does not fit into its cache. */
const TEMPORARY_DATABASE = '';

/** Stored requests, and further ones that are gone when this is closed. */
export class NoOpRequestsOverlay implements NoOpRequests {
  readonly #added = new SqliteNoOpRequests(TEMPORARY_DATABASE);

  constructor(private readonly stored: NoOpRequests) {}

  find(key: string): NoOpRequest | undefined {
    return this.#added.find(key) ?? this.stored.find(key);
  }

  add(request: NoOpRequest): Promise<NoOpRequest> {
    return this.#added.add(request);
  }

  /** Leaves the stored requests open. */
  close(): Promise<void> {
    return this.#added.close();
  }
}
