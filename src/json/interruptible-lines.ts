import type { NdjsonLine } from './ndjson-lines.js';

/** Lines whose reader can be interrupted while it waits for the next one. */
export class InterruptibleLines implements AsyncIterableIterator<NdjsonLine, undefined> {
  readonly #lines: AsyncGenerator<NdjsonLine, undefined>;
  #interruption: Error | undefined;
  #rejectNext: (error: Error) => void = () => undefined;

  constructor(lines: AsyncGenerator<NdjsonLine, undefined>) {
    this.#lines = lines;
  }

  /** The next line, and every later one, rejects with this error. */
  interrupt(error: Error): void {
    this.#interruption = error;
    this.#rejectNext(error);
  }

  // Not Promise.race with a promise that lasts as long as the lines: that would keep something for each of them.
  next(): Promise<IteratorResult<NdjsonLine, undefined>> {
    return new Promise((resolve, reject) => {
      if (this.#interruption) return reject(this.#interruption);
      this.#rejectNext = reject;
      this.#lines.next().then(resolve, reject);
    });
  }

  /** Ends the lines, unless one is still being read: then that read stays as it is. */
  async return(): Promise<IteratorResult<NdjsonLine, undefined>> {
    if (this.#interruption === undefined) await this.#lines.return(undefined);
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
