// Callers that wait until the read models have an entry. Many wait at once: one look at each per batch.

export type ReachedOptions = {
  readonly timeoutMs: number;
  /** A read model that parked this stream is not waited for: it will never have it. */
  readonly stream?: string;
  /** Those that matter; by default all. */
  readonly names?: readonly string[];
};

type Waiter = {
  readonly entry: number;
  readonly options: ReachedOptions;
  readonly end: (behind: string[]) => void;
};

export class Waiting {
  readonly #waiters = new Set<Waiter>();

  /** `behind` says who has not got an entry but will. */
  constructor(readonly behind: (entry: number, options: ReachedOptions) => string[]) {}

  until(entry: number, options: ReachedOptions): Promise<string[]> {
    const behind = this.behind(entry, options);
    if (behind.length === 0 || options.timeoutMs <= 0) return Promise.resolve(behind);
    return new Promise((resolve) => {
      const timer = setTimeout(() => waiter.end(this.behind(entry, options)), options.timeoutMs);
      const waiter: Waiter = {
        entry,
        options,
        end: (behind) => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          resolve(behind);
        },
      };
      this.#waiters.add(waiter);
    });
  }

  /** To be called whenever somebody moved, or will not move any more. */
  look(): void {
    for (const waiter of this.#waiters)
      if (this.behind(waiter.entry, waiter.options).length === 0) waiter.end([]);
  }

  /** Nobody will move any more. */
  end(): void {
    for (const { entry, options, end } of this.#waiters) end(this.behind(entry, options));
  }
}
