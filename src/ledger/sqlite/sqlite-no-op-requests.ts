import { UnavailableError } from '../sequencer.js';
import type { NoOpRequest, NoOpRequests } from '../no-op-requests.js';
import { getSqliteCode } from './sqlite-errors.js';
import { NoOpRequestTable } from './no-op-request-table.js';

type PendingRequest = {
  readonly request: NoOpRequest;
  readonly resolve: (request: NoOpRequest) => void;
  readonly reject: (error: UnavailableError) => void;
};

/** The requests of one machine. Those of one turn of the event loop are made durable by one sync of the disk. */
export class SqliteNoOpRequests implements NoOpRequests {
  readonly #table: NoOpRequestTable;
  #pending: PendingRequest[] = [];

  /** `file` may be `:memory:`. */
  constructor(file: string) {
    this.#table = new NoOpRequestTable(file);
  }

  find(key: string): NoOpRequest | undefined {
    return this.#table.find(key);
  }

  /** A stored request with the same key is replaced: it is only added again if the ledger was restored to before it. */
  add(request: NoOpRequest): Promise<NoOpRequest> {
    return new Promise((resolve, reject) => {
      if (this.#pending.length === 0) setImmediate(() => this.#commit());
      this.#pending.push({ request, resolve, reject });
    });
  }

  close(): Promise<void> {
    this.#commit();
    this.#table.close();
    return Promise.resolve();
  }

  #commit(): void {
    const pending = this.#pending;
    this.#pending = [];
    if (pending.length === 0) return;
    try {
      this.#table.db.transaction(() => {
        for (const { request } of pending) this.#table.put(request);
      })();
    } catch (error) {
      const unavailable = toUnavailableError(error);
      for (const { reject } of pending) reject(unavailable);
      return;
    }
    for (const { request, resolve } of pending) resolve(request);
  }
}

const toUnavailableError = (error: unknown): UnavailableError =>
  getSqliteCode(error).startsWith('SQLITE_FULL')
    ? new UnavailableError('disk-full', 'The disk is full: free some space, then send the command again.')
    : new UnavailableError('busy', 'The idempotency key cannot be stored now; send the command again.');
