/** Limits how many operations run at the same time; the others wait in order. */
export class Semaphore {
  readonly #waiters: (() => void)[] = [];

  constructor(private permits: number) {}

  /** Runs the operation as soon as there is a permit for it. */
  async run<T>(operation: () => Promise<T>): Promise<T> {
    if (this.permits > 0) this.permits--;
    else await new Promise<void>((resolve) => this.#waiters.push(resolve));
    try {
      return await operation();
    } finally {
      const next = this.#waiters.shift();
      if (next) next();
      else this.permits++;
    }
  }
}
