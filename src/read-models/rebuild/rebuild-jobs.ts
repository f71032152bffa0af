// Rebuilds, as the main thread sees them. One thread at a time builds new generations: rebuilds that are requested
// meanwhile wait for it to end, and are then built together.
import type {
  FromRebuildWorker,
  GenerationNumbers,
  RebuildWorkerData,
  ReadModelWorkerData,
  ToRebuildWorker,
} from '../worker-messages.js';
import { SMALL_YOUNG_GENERATION, WorkerThread } from '../../ledger/worker-thread.js';

export type RebuildProgress = { readonly done: number; readonly of: number };

/** A rebuild that was requested. */
export interface RebuildJob {
  readonly name: string;
  /** In entries; the present state. */
  readonly progress: RebuildProgress;
  /** Resolves when the new generation serves and the previous one is removed; rejects if the old one stays. */
  readonly finished: Promise<void>;
}

type PendingRebuild = RebuildJob & {
  done: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
};

interface RebuildListener {
  /** A generation is complete, and no thread has its file open. */
  onBuilt(name: string, generation: number): void;
  onFailed(name: string, reason: string): void;
  onRetry(name: string, reason: string): void;
}

export class RebuildJobs {
  readonly #data: ReadModelWorkerData;
  readonly #listener: RebuildListener;
  readonly #getGenerations: (name: string) => GenerationNumbers;
  readonly #jobs = new Map<string, PendingRebuild>();
  #queued: string[] = [];
  #thread: WorkerThread<ToRebuildWorker, FromRebuildWorker> | undefined;
  #head = 0;
  #closed = false;

  constructor(
    data: ReadModelWorkerData,
    getGenerations: (name: string) => GenerationNumbers,
    listener: RebuildListener,
  ) {
    this.#data = data;
    this.#getGenerations = getGenerations;
    this.#listener = listener;
  }

  progress(name: string): RebuildProgress | undefined {
    return this.#jobs.get(name)?.progress;
  }

  /** Returns the job that runs already, or a new one. */
  start(name: string): RebuildJob {
    const running = this.#jobs.get(name);
    if (running) return running;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {}); // a caller need not wait for it; failures are reported to the listener, too
    const head = () => this.#head;
    const job: PendingRebuild = {
      name,
      done: 0,
      get progress() {
        return { done: this.done, of: Math.max(head(), this.done) };
      },
      finished: promise,
      resolve,
      reject,
    };
    this.#jobs.set(name, job);
    this.#queued.push(name);
    queueMicrotask(() => this.#startNext());
    return job;
  }

  setHead(head: number): void {
    this.#head = head;
    this.#thread?.send({ type: 'head', head });
  }

  /** The new generation serves. */
  finish(name: string): void {
    this.#jobs.get(name)?.resolve();
    this.#jobs.delete(name);
  }

  fail(name: string, reason: string): void {
    const job = this.#jobs.get(name);
    if (!job) return;
    this.#jobs.delete(name);
    job.reject(new Error(`${name} was not rebuilt: ${reason}`));
    this.#listener.onFailed(name, reason);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#thread?.stop({ type: 'close' });
    for (const { name, reject } of this.#jobs.values())
      reject(new Error(`${name} was not rebuilt: the read models were closed.`));
  }

  #startNext(): void {
    if (this.#thread || this.#closed || this.#queued.length === 0) return;
    const names = this.#queued;
    this.#queued = [];
    const unbuilt = new Set(names);
    const data: RebuildWorkerData = {
      ...this.#data,
      models: names.map((name) => ({ name, ...this.#getGenerations(name) })),
      head: this.#head,
    };
    this.#thread = new WorkerThread(
      new URL('./build-generations.worker.js', import.meta.url),
      data,
      (message) => {
        switch (message.type) {
          case 'progress':
            for (const { name, entry } of message.files) this.#updateProgress(name, entry);
            break;
          case 'built':
            unbuilt.delete(message.file.name);
            this.#updateProgress(message.file.name, message.file.entry);
            this.#listener.onBuilt(message.file.name, message.file.generation);
            break;
          case 'failed':
            unbuilt.delete(message.name);
            this.fail(message.name, message.reason);
            break;
          case 'retrying':
            this.#listener.onRetry(message.name, message.reason);
        }
      },
      { name: 'rebuild', resourceLimits: SMALL_YOUNG_GENERATION },
    );
    void this.#thread.ended.then((error) => {
      this.#thread = undefined;
      if (this.#closed) return;
      for (const name of unbuilt) this.fail(name, error?.message ?? 'its thread ended unexpectedly');
      this.#startNext();
    });
  }

  #updateProgress(name: string, entry: number): void {
    const job = this.#jobs.get(name);
    if (job) job.done = entry;
  }
}
