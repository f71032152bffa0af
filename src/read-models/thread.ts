// A worker thread with typed messages.
import { Worker } from 'node:worker_threads';

export class Thread<To, From> {
  readonly #worker: Worker;
  /** Resolves when the thread has ended; with the error, if it did not mean to. */
  readonly ended: Promise<Error | undefined>;

  constructor(entry: URL, data: object, heard: (message: From) => void) {
    this.#worker = new Worker(entry, { workerData: data });
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

  say(message: To): void {
    this.#worker.postMessage(message);
  }
}
