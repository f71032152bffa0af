// Threads for queries that read many rows, started when they are first needed.
import type { FromReaderWorker, ReadModelWorkerData, ToReaderWorker } from '../worker-messages.js';
import { SMALL_YOUNG_GENERATION, WorkerThread } from '../../ledger/worker-thread.js';
import { type ReaderQueueClient, ReaderQueue, ReadersBusyError } from './reader-queue.js';

export type ReaderRequest = Extract<ToReaderWorker, { type: 'query' | 'history' }>;
type PendingRequest = {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
};
/** The request is created when a thread is free, so that it names the generation that is live then. */
type ReaderJob = PendingRequest & { readonly createRequest: () => ReaderRequest };

export class ReaderPool {
  readonly #data: ReadModelWorkerData;
  readonly #size: number;
  readonly #threads = new Set<ReaderThread>();
  readonly #queue = new ReaderQueue<ReaderJob>(({ reject }) => reject(new ReadersBusyError()));
  #closed = false;

  constructor(data: ReadModelWorkerData, size: number) {
    this.#data = data;
    this.#size = size;
  }

  /** Rejects with ReadersBusyError, or with the error that the query threw. */
  run(client: ReaderQueueClient, createRequest: () => ReaderRequest): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#queue.add(client, { createRequest, resolve, reject });
      this.#dispatch();
    });
  }

  /** Resolves when no thread has this file open. No request for it may follow. */
  async closeGeneration(name: string, generation: number): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => thread.send({ type: 'retire', name, generation })));
  }

  /** Requests that a thread has are finished; those that are queued are rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#dispatch();
    await Promise.all([...this.#threads].map((thread) => thread.close()));
  }

  #dispatch(): void {
    if (this.#closed)
      for (const { reject } of this.#queue.takeAll()) reject(new Error('The read models are closed.'));
    while (this.#queue.size > 0) {
      const thread = [...this.#threads].find(({ isIdle }) => isIdle) ?? this.#startThread();
      const job = thread && this.#queue.take();
      if (!job) return;
      try {
        thread.send(job.createRequest()).then(job.resolve, job.reject);
      } catch (error) {
        job.reject(error as Error); // not plain data, or no live file any more
      }
    }
  }

  #startThread(): ReaderThread | undefined {
    if (this.#threads.size === this.#size) return undefined;
    const thread = new ReaderThread(
      this.#data,
      () => this.#dispatch(),
      () => this.#threads.delete(thread),
    );
    this.#threads.add(thread);
    return thread;
  }
}

class ReaderThread {
  readonly #thread: WorkerThread<ToReaderWorker, FromReaderWorker>;
  /** In the order of the requests, which is that of the replies. */
  readonly #pending: PendingRequest[] = [];

  constructor(data: ReadModelWorkerData, onReply: () => void, onEnded: () => void) {
    this.#thread = new WorkerThread(
      new URL('./reader.worker.js', import.meta.url),
      data,
      (message) => {
        const request = this.#pending.shift();
        if (message.type === 'error')
          request?.reject(Object.assign(message.error, message.code !== '' && { code: message.code }));
        else request?.resolve(message.type === 'result' ? message.result : undefined);
        onReply();
      },
      { name: 'reader', resourceLimits: SMALL_YOUNG_GENERATION },
    );
    void this.#thread.ended.then((error) => {
      onEnded();
      const reason = error ?? new Error('The read models are closed.');
      for (const { reject } of this.#pending.splice(0)) reject(reason);
      onReply();
    });
  }

  get isIdle(): boolean {
    return this.#pending.length === 0;
  }

  send(message: ToReaderWorker): Promise<unknown> {
    this.#thread.send(message);
    return new Promise((resolve, reject) => this.#pending.push({ resolve, reject }));
  }

  async close(): Promise<void> {
    await this.#thread.stop({ type: 'close' });
  }
}
