import type { LoggedEvent } from '../../cluster-log.js';
import type { Entry } from '../../entry.js';
import type { Ledger } from '../../ledger.js';

type Waiter = { readonly revision: number; readonly resolve: () => void };

/**
 * Callers that wait until this node's ledger holds a revision of a stream. An entry counts once the listeners of the
 * ledger know the head that it belongs to, and not as soon as the file shows it. A map of waiters and not an observable:
 * with a thousand waiters the latter costs eight times as much.
 */
export class RevisionWaiters {
  readonly #waiters = new Map<string, Set<Waiter>>();
  #head: number;

  constructor(private readonly ledger: Ledger) {
    this.#head = ledger.getHead().entry;
  }

  /** What this node has of a stream from a revision on, at most `limit`. */
  readReplicated(stream: string, revision: number, limit: number): Entry[] {
    return this.ledger.readStream(stream, revision, limit).filter(({ entry }) => entry <= this.#head);
  }

  /** Whether this node has a revision of a stream. */
  hasRevision(stream: string, revision: number): boolean {
    const entry = this.ledger.findStreamEntryNumber(stream, revision);
    return entry !== undefined && entry <= this.#head;
  }

  /** Resolves when this node has the revision, when the time is over, or when the signal aborts. */
  waitForRevision(stream: string, revision: number, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (timeoutMs <= 0 || revision < 0 || this.hasRevision(stream, revision)) return Promise.resolve();
    return new Promise((resolve) => {
      const waiters = this.#waiters.get(stream) ?? new Set();
      this.#waiters.set(stream, waiters);
      const waiter: Waiter = {
        revision,
        resolve: () => {
          clearTimeout(timer);
          waiters.delete(waiter);
          if (waiters.size === 0) this.#waiters.delete(stream);
          resolve();
        },
      };
      const timer = setTimeout(waiter.resolve, timeoutMs);
      waiters.add(waiter);
      signal?.addEventListener('abort', waiter.resolve);
    });
  }

  /** Notifies of events that are in the ledger, up to the head, once its listeners know the head. */
  notify(head: number, events: readonly LoggedEvent[]): void {
    this.#head = head;
    for (const { stream, revision } of events)
      for (const waiter of [...(this.#waiters.get(stream) ?? [])])
        if (waiter.revision <= revision) waiter.resolve();
  }
}
