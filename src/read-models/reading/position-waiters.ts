// Callers that wait until the read models have an entry. Many wait at once, and each batch checks all of them once.
// waitFor of rxjs would take six times the processor time: a subscription, an operator and a timer for each.

export type WaitForEntryOptions = {
  readonly timeoutMs: number;
  /** A read model that parked this stream is not waited for: it will never have the entry. */
  readonly stream?: string;
  /** The read models to wait for; by default all. */
  readonly names?: readonly string[];
};

type Waiter = {
  readonly entry: number;
  readonly options: WaitForEntryOptions;
  readonly settle: (late: string[]) => void;
};

export class PositionWaiters {
  readonly #waiters = new Set<Waiter>();

  /** `findLate` returns the names of the read models that have not got an entry but will. */
  constructor(readonly findLate: (entry: number, options: WaitForEntryOptions) => string[]) {}

  waitForEntry(entry: number, options: WaitForEntryOptions): Promise<string[]> {
    const late = this.findLate(entry, options);
    if (late.length === 0 || options.timeoutMs <= 0) return Promise.resolve(late);
    return new Promise((resolve) => {
      const timer = setTimeout(() => waiter.settle(this.findLate(entry, options)), options.timeoutMs);
      const waiter: Waiter = {
        entry,
        options,
        settle: (late) => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          resolve(late);
        },
      };
      this.#waiters.add(waiter);
    });
  }

  /** Notifies that a position moved, or that a read model stopped. */
  settleReached(): void {
    for (const waiter of this.#waiters)
      if (this.findLate(waiter.entry, waiter.options).length === 0) waiter.settle([]);
  }

  /** After this call no position moves. */
  settleAll(): void {
    for (const { entry, options, settle } of this.#waiters) settle(this.findLate(entry, options));
  }
}
