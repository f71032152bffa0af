import { performance } from 'node:perf_hooks';
import { WORK_PER_TURN_MS } from '../../http/timeouts.js';

/** When work may continue, and what it may take: replaced by tests. */
type TurnClock = {
  readonly now: () => number;
  /** Calls back in the next turn of the event loop, after requests that have arrived. */
  readonly scheduleNextTurn: (callback: () => void) => void;
};

const EVENT_LOOP: TurnClock = {
  now: () => performance.now(),
  scheduleNextTurn: (callback) => setImmediate(callback),
};

/**
 * Shares the thread between requests whose work takes long: in each turn of the event loop all of them together work for
 * a bounded time, piece by piece and first come, first served. Whoever waits for a short answer waits for no more than
 * that and one piece, however many of them there are.
 */
export class EventLoopScheduler {
  readonly #waiting: (() => void)[] = [];
  #usedMs = 0;
  #isScheduled = false;

  constructor(private readonly clock: TurnClock = EVENT_LOOP) {}

  /** Does one piece of work, at once if this turn has time left. Rejects with what the work throws. */
  run<T>(work: () => T): Promise<T> {
    const attempt = (): Promise<T> =>
      new Promise((resolve) => {
        resolve(this.#measure(work)); // what is thrown here rejects
      });
    if (this.#waiting.length === 0 && this.#usedMs < WORK_PER_TURN_MS) return attempt();
    return new Promise((resolve) => {
      this.#waiting.push(() => {
        resolve(attempt());
      });
    });
  }

  #measure<T>(work: () => T): T {
    const startedAt = this.clock.now();
    try {
      return work();
    } finally {
      this.#usedMs += this.clock.now() - startedAt;
      this.#scheduleNextTurn();
    }
  }

  #scheduleNextTurn(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.clock.scheduleNextTurn(() => {
      this.#isScheduled = false;
      this.#usedMs = 0;
      while (this.#usedMs < WORK_PER_TURN_MS) {
        const next = this.#waiting.shift();
        if (!next) return;
        next();
      }
    });
  }
}
