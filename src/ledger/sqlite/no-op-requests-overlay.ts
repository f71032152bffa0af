import type { UnchangedRequest, UnchangedRequests } from '../no-op-requests.js';
import { SqliteUnchangedRequests } from './sqlite-no-op-requests.js';

/** The name of a database that SQLite keeps in a temporary file of its own, once it does not fit into its cache. */
const TEMPORARY_DATABASE = '';

/** Stored requests, and further ones that are gone when this is closed. */
export class UnchangedRequestsOverlay implements UnchangedRequests {
  readonly #added = new SqliteUnchangedRequests(TEMPORARY_DATABASE);

  constructor(private readonly stored: UnchangedRequests) {}

  find(key: string): UnchangedRequest | undefined {
    return this.#added.find(key) ?? this.stored.find(key);
  }

  add(request: UnchangedRequest): Promise<UnchangedRequest> {
    return this.#added.add(request);
  }

  /** Leaves the stored requests open. */
  close(): Promise<void> {
    return this.#added.close();
  }
}
