// A worker thread with typed messages.
import { Worker } from 'node:worker_threads';

/**
 * Size of the young generation of a thread's heap. These threads keep almost nothing from one message to the next; with
 * the default each would grow by some 100 MB before its garbage is collected.
 */
const MAX_YOUNG_GENERATION_MB = 16;

export class WorkerThread<To, From> {
  readonly #worker: Worker;
  /** Resolves when the thread has ended; with an error if it failed. */
  readonly ended: Promise<Error | undefined>;

  constructor(entry: URL, data: object, onMessage: (message: From) => void) {
    this.#worker = new Worker(entry, {
      workerData: data,
      resourceLimits: { maxYoungGenerationSizeMb: MAX_YOUNG_GENERATION_MB },
    });
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

  send(message: To): void {
    this.#worker.postMessage(message);
  }
}
