import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { Subject } from 'rxjs';
import { waitFor } from '../../wait-for.js';
import type { LeaderConfirmationTimeouts } from '../timeouts.js';
import { describeDriverError, NO_RESPONSE } from './driver-errors.js';

type LeaderConfirmationOptions = {
  /**
   * Resolves if, by what the leader says, the server of this node has the whole log, and this node is not behind that for
   * longer than a stall may last. Rejects with the reason why that is not known. The signal aborts when the time for it is over.
   */
  readonly confirm: (signal: AbortSignal) => Promise<void>;
  readonly onConfirmed: () => void;
  /** There was no confirmation for `silenceMs`. Called again after each further attempt that fails. */
  readonly onSilence: (reason: string) => void;
  readonly timeouts: LeaderConfirmationTimeouts;
};

/** In how many steps the time of an attempt is counted. */
const ATTEMPT_STEPS = 10;

/**
 * Requests one confirmation after the other. A subscription alone does not show that it has ended in all but form: a
 * server that was cut off from the others, has lost its quorum, or is frozen keeps it open and delivers nothing.
 */
export class LeaderConfirmationLoop {
  /** Emits when the next confirmation must not wait. */
  readonly #wakeUps = new Subject<true>();
  /** Whether that was requested during an attempt. */
  #isWakeUpDue = false;
  #confirmedAt = performance.now();
  /** Whether the last attempt succeeded. */
  #isConfirmed = false;
  #isStopped = false;

  constructor(private readonly options: LeaderConfirmationOptions) {}

  /** To be called once. */
  start(): void {
    this.#confirmedAt = performance.now();
    void this.#run();
  }

  stop(): void {
    this.#isStopped = true;
    this.#wakeUps.next(true);
  }

  /** Does not wait any longer before the next attempt. */
  confirmNow(): void {
    this.#isWakeUpDue = true;
    this.#wakeUps.next(true);
  }

  /** When the last successful attempt began: its server had then all that there was. By `performance.now()`. */
  get confirmedAt(): number {
    return this.#confirmedAt;
  }

  /** Milliseconds since there was a confirmation; 0 while each attempt succeeds. */
  getSilenceMs(): number {
    return this.#isConfirmed ? 0 : performance.now() - this.#confirmedAt;
  }

  // As methods, since both change while a step is awaited.
  #isRunning(): boolean {
    return !this.#isStopped;
  }

  #hasWakeUp(): boolean {
    return this.#isWakeUpDue;
  }

  async #run(): Promise<void> {
    const { intervalMs, retryMs, silenceMs } = this.options.timeouts;
    while (this.#isRunning()) {
      const startedAt = performance.now();
      this.#isWakeUpDue = false;
      const failure = await this.#attempt();
      if (!this.#isRunning()) return;
      this.#isConfirmed = failure === undefined;
      if (failure === undefined) {
        this.#confirmedAt = startedAt;
        this.options.onConfirmed();
      } else if (performance.now() - this.#confirmedAt >= silenceMs) this.options.onSilence(failure);
      if (!this.#hasWakeUp())
        await waitFor(this.#wakeUps, () => true, failure === undefined ? intervalMs : retryMs);
    }
  }

  /** Resolves to the reason of a failure; undefined after a confirmation. */
  async #attempt(): Promise<string | undefined> {
    const { confirm, timeouts } = this.options;
    const { promise: timeout, resolve } = Promise.withResolvers<string>();
    const attempt = new AbortController();
    let steps = 0;
    // In steps: while this process is busy it reads no response, so that such a time counts as one step only.
    const timer = setInterval(() => {
      steps += 1;
      if (steps >= ATTEMPT_STEPS) void yieldToEventLoop().then(() => resolve(NO_RESPONSE));
    }, timeouts.attemptMs / ATTEMPT_STEPS);
    try {
      return await Promise.race([
        confirm(attempt.signal).then(() => undefined, describeDriverError),
        timeout,
      ]);
    } finally {
      clearInterval(timer);
      attempt.abort();
    }
  }
}
