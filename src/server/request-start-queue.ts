import { performance } from 'node:perf_hooks';
import { WORK_PER_TURN_MS } from '../http/timeouts.js';

/** Replaced by tests. */
type Clock = { readonly now: () => number; readonly scheduleNextTurn: (callback: () => void) => void };
const EVENT_LOOP: Clock = {
  now: () => performance.now(),
  scheduleNextTurn: (callback) => setImmediate(callback),
};

/**
 * Begins requests in the order of their arrival. Node would handle hundreds that arrive together in one turn of the event
 * loop, and nothing else meanwhile: here only those begin at once that arrive while the turn is young, and then one in
 * each turn.
 */
export class RequestStartQueue {
  readonly #waiting: (() => void)[] = [];
  /** When this turn began with its first request; undefined before. */
  #startedAt: number | undefined;

  constructor(private readonly clock: Clock = EVENT_LOOP) {}

  begin(request: () => void): void {
    if (this.#waiting.length > 0 || this.#isUsedUp()) this.#waiting.push(request);
    else request();
  }

  #isUsedUp(): boolean {
    if (this.#startedAt !== undefined) return this.clock.now() - this.#startedAt >= WORK_PER_TURN_MS;
    this.#startedAt = this.clock.now();
    this.#scheduleNextTurn();
    return false;
  }

  #scheduleNextTurn(): void {
    this.clock.scheduleNextTurn(() => {
      const next = this.#waiting.shift();
      if (!next) {
        this.#startedAt = undefined;
        return;
      }
      this.#startedAt = this.clock.now();
      this.#scheduleNextTurn();
      next();
    });
  }
}
