import type { Entry } from '../../entry.js';
import type { Ledger } from '../../ledger.js';
import type { LoggedEvent } from '../../cluster-log.js';

type Waiter = { readonly revision: number; readonly resolve: () => void };

/**
 * Callers that wait until this node's ledger has a revision of a stream. An entry counts once everybody was told of
 * the head that it belongs to, and not as soon as the file shows it.
 */
export class ArrivalWaiters {
  readonly #waiters = new Map<string, Set<Waiter>>();
  #head: number;

  constructor(private readonly ledger: Ledger) {
    this.#head = ledger.getHead().entry;
  }

  /** What has arrived of a stream from a revision on, at most `limit`. */
  readArrived(stream: string, revision: number, limit: number): Entry[] {
    return this.ledger.readStream(stream, revision, limit).filter(({ entry }) => entry <= this.#head);
  }

  /** Resolves when the revision has arrived, or after so many milliseconds without it, or at the signal. */
  waitForRevision(
    stream: string,
    revision: number,
    milliseconds: number,
    signal?: AbortSignal,
  ): Promise<void> {
    if (milliseconds <= 0 || revision < 0 || this.readArrived(stream, revision, 1).length > 0)
      return Promise.resolve();
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
      const timer = setTimeout(waiter.resolve, milliseconds);
      waiters.add(waiter);
      signal?.addEventListener('abort', waiter.resolve);
    });
  }

  /** To be called when these are in the ledger, up to the head, and everybody knows. */
  notify(head: number, events: readonly LoggedEvent[]): void {
    this.#head = head;
    for (const { stream, revision } of events)
      for (const waiter of [...(this.#waiters.get(stream) ?? [])])
        if (waiter.revision <= revision) waiter.resolve();
  }
}
