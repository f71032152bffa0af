import { ProblemError } from '../../problems/problem-error.js';
import { STREAM_RETRY_SECONDS } from './timeouts.js';

/** How many answers of one kind may be open. */
type Limits = {
  /** Of what, in the plural. */
  readonly what: string;
  readonly total: number;
  readonly perClient: number;
};

/** Counts the open answers of one kind, of each client and in all. */
export class ConcurrencyLimit {
  readonly #counts = new Map<string, number>();
  #total = 0;

  constructor(private readonly limits: Limits) {}

  /** Counts one more. Returns a function to be called once, when it ends. Throws ProblemError if there are too many. */
  acquire(client: string): () => void {
    const { what, total, perClient } = this.limits;
    const count = this.#counts.get(client) ?? 0;
    if (count >= perClient)
      throw new ProblemError(
        'rate-limited',
        `A client may have at most ${perClient} ${what} open.`,
        {},
        STREAM_RETRY_SECONDS,
      );
    if (this.#total >= total)
      throw new ProblemError(
        'busy',
        `The server has its maximum of ${total} ${what} open.`,
        {},
        STREAM_RETRY_SECONDS,
      );
    this.#counts.set(client, count + 1);
    this.#total++;
    return () => this.#release(client);
  }

  #release(client: string): void {
    const count = (this.#counts.get(client) ?? 0) - 1;
    if (count > 0) this.#counts.set(client, count);
    else this.#counts.delete(client);
    this.#total--;
  }
}
