// A worker thread with typed messages.
import { type ResourceLimits, Worker } from 'node:worker_threads';
import { from } from 'rxjs';
import { THREAD_STOP_TIMEOUT_MS, THREAD_TERMINATE_TIMEOUT_MS } from './timeouts.js';
import { waitFor } from './wait-for.js';

type WorkerThreadOptions = {
  /** Shown by tools that list threads. */
  readonly name: string;
  readonly resourceLimits?: ResourceLimits;
};

/**
 * For threads that keep almost nothing from one message to the next: with the default size of the young generation, each
 * heap would grow by some 100 MB before its garbage is collected.
 */
export const SMALL_YOUNG_GENERATION: ResourceLimits = { maxYoungGenerationSizeMb: 16 };

/** Threads that could not even be terminated, since a call that is not JavaScript computes. */
let stuckThreadCount = 0;

/** Whether the process cannot exit, because that waits for all threads. */
export const hasStuckThreads = (): boolean => stuckThreadCount > 0;

/** `To` are the messages to the thread, `From` those that it sends; both arrive in the order in which they were sent. */
export class WorkerThread<To, From> {
  readonly #worker: Worker;
  /** Resolves when the thread has ended, after its last message; with an error if it failed. */
  readonly ended: Promise<Error | undefined>;

  /** `entry` is the module that the thread runs, and `data` its `workerData`. */
  constructor(entry: URL, data: object, onMessage: (message: From) => void, options: WorkerThreadOptions) {
    this.#worker = new Worker(entry, { workerData: data, ...options });
    this.#worker.on('message', onMessage);
    this.ended = new Promise((resolve) => {
      this.#worker.on('error', (error: unknown) =>
        resolve(error instanceof Error ? error : new Error(String(error))),
      );
      this.#worker.on('exit', (code) =>
        resolve(code === 0 ? undefined : new Error(`it ended with code ${code}`)),
      );
    });
  }

  /** A thread that has ended ignores messages. */
  send(message: To): void {
    this.#worker.postMessage(message);
  }

  /**
   * Sends the message that asks the thread to end; terminates it if it does not, and resolves in bounded time whatever it
   * computes. Not for a thread whose files do not survive that as they survive a crash.
   */
  async stop(message: To): Promise<void> {
    this.send(message);
    if (await this.#endsWithin(THREAD_STOP_TIMEOUT_MS)) return;
    void this.#worker.terminate();
    if (await this.#endsWithin(THREAD_TERMINATE_TIMEOUT_MS)) return;
    stuckThreadCount += 1;
    void this.ended.then(() => (stuckThreadCount -= 1));
  }

  async #endsWithin(timeoutMs: number): Promise<boolean> {
    const ended = this.ended.then(() => true);
    return (await waitFor(from(ended), () => true, timeoutMs)) ?? false;
  }
}
