import type { Ledger } from '../ledger.js';
import type { Logged } from '../log.js';

type Waiter = { readonly revision: number; readonly end: () => void };

/** Callers that wait until this node's ledger has a revision of a stream. */
export class Arrivals {
  readonly #waiters = new Map<string, Set<Waiter>>();

  constructor(private readonly ledger: Ledger) {}

  /** Resolves when the ledger has it, or after so many milliseconds without it. */
  until(stream: string, revision: number, milliseconds: number): Promise<void> {
    if (milliseconds <= 0 || this.ledger.revision(stream) >= revision) return Promise.resolve();
    return new Promise((resolve) => {
      const waiters = this.#waiters.get(stream) ?? new Set();
      this.#waiters.set(stream, waiters);
      const waiter: Waiter = {
        revision,
        end: () => {
          clearTimeout(timer);
          waiters.delete(waiter);
          if (waiters.size === 0) this.#waiters.delete(stream);
          resolve();
        },
      };
      const timer = setTimeout(waiter.end, milliseconds);
      waiters.add(waiter);
    });
  }

  /** To be called when these are in the ledger. */
  arrived(events: readonly Logged[]): void {
    for (const { stream, revision } of events)
      for (const waiter of [...(this.#waiters.get(stream) ?? [])])
        if (waiter.revision <= revision) waiter.end();
  }
}
