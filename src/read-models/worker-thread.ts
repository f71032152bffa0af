// A worker thread with typed messages.
import { Worker } from 'node:worker_threads';

/**
 * Megabytes of what a thread has just made, before it looks what of it is still in use. Threads of ours keep almost
 * nothing from one message to the next, and by default each would take some 100 MB before it noticed.
 */
const MAX_YOUNG_GENERATION_MB = 16;

export class WorkerThread<To, From> {
  readonly #worker: Worker;
  /** Resolves when the thread has ended; with the error, if it did not mean to. */
  readonly ended: Promise<Error | undefined>;

  constructor(entry: URL, data: object, heard: (message: From) => void) {
    this.#worker = new Worker(entry, {
      workerData: data,
      resourceLimits: { maxYoungGenerationSizeMb: MAX_YOUNG_GENERATION_MB },
    });
    this.#worker.on('message', heard);
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
