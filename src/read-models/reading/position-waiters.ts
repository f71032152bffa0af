// Callers that wait until the read models have an entry. Many wait at once: one look at each per batch.

export type WaitForEntryOptions = {
  readonly timeoutMs: number;
  /** A read model that parked this stream is not waited for: it will never have it. */
  readonly stream?: string;
  /** Those that matter; by default all. */
  readonly names?: readonly string[];
};

type Waiter = {
  readonly entry: number;
  readonly options: WaitForEntryOptions;
  readonly settle: (behind: string[]) => void;
};

export class PositionWaiters {
  readonly #waiters = new Set<Waiter>();

  /** `behind` says who has not got an entry but will. */
  constructor(readonly findBehind: (entry: number, options: WaitForEntryOptions) => string[]) {}

  waitForEntry(entry: number, options: WaitForEntryOptions): Promise<string[]> {
    const behind = this.findBehind(entry, options);
    if (behind.length === 0 || options.timeoutMs <= 0) return Promise.resolve(behind);
    return new Promise((resolve) => {
      const timer = setTimeout(() => waiter.settle(this.findBehind(entry, options)), options.timeoutMs);
      const waiter: Waiter = {
        entry,
        options,
        settle: (behind) => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          resolve(behind);
        },
      };
      this.#waiters.add(waiter);
    });
  }

  /** To be called whenever somebody moved, or will not move any more. */
  settleReached(): void {
    for (const waiter of this.#waiters)
      if (this.findBehind(waiter.entry, waiter.options).length === 0) waiter.settle([]);
  }

  /** Nobody will move any more. */
  settleAll(): void {
    for (const { entry, options, settle } of this.#waiters) settle(this.findBehind(entry, options));
  }
}
