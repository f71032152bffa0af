/** A number of places: whoever comes when all are taken waits for one, in order. */
export class Semaphore {
  readonly #waiters: (() => void)[] = [];

  constructor(private permits: number) {}

  /** Does the work once there is a place for it. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.permits > 0) this.permits--;
    else await new Promise<void>((resolve) => this.#waiters.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiters.shift();
      if (next) next();
      else this.permits++;
    }
  }
}
