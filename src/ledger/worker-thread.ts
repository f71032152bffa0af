// A worker thread with typed messages.
import { type ResourceLimits, Worker } from 'node:worker_threads';

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
}
