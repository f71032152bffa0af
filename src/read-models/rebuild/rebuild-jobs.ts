// New generations on their way, as the main thread sees them. One thread at a time folds them: what is asked for
// meanwhile waits for it to end, and then goes together.
import type { FromRebuild, RebuildData, ThreadData, ToRebuild } from '../worker-messages.js';
import { Thread } from '../worker-thread.js';

export type Progress = { readonly done: number; readonly of: number };

/** A rebuild that was asked for. */
export interface Job {
  readonly name: string;
  /** Entries; as it is now. */
  readonly progress: Progress;
  /** Resolves when the new generation serves and the one before is gone; rejects if the old one stays. */
  readonly finished: Promise<void>;
}

type Work = Job & { done: number; readonly resolve: () => void; readonly reject: (error: Error) => void };

export interface RebuildReport {
  /** A generation is complete, and nobody has its file open. */
  built(name: string, generation: number): void;
  failed(name: string, reason: string): void;
  troubled(name: string, reason: string): void;
}

export class Rebuilds {
  readonly #data: ThreadData;
  readonly #report: RebuildReport;
  readonly #liveOf: (name: string) => number | null;
  readonly #jobs = new Map<string, Work>();
  #waiting: string[] = [];
  #thread: Thread<ToRebuild, FromRebuild> | undefined;
  #head = 0;
  #closed = false;

  constructor(data: ThreadData, liveOf: (name: string) => number | null, report: RebuildReport) {
    this.#data = data;
    this.#liveOf = liveOf;
    this.#report = report;
  }

  progress(name: string): Progress | undefined {
    return this.#jobs.get(name)?.progress;
  }

  /** The one that runs already, or a new one. */
  start(name: string): Job {
    const running = this.#jobs.get(name);
    if (running) return running;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {}); // not everybody waits for it; failures are reported besides
    const head = () => this.#head;
    const job: Work = {
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
    this.#waiting.push(name);
    queueMicrotask(() => this.#next());
    return job;
  }

  toward(head: number): void {
    this.#head = head;
    this.#thread?.say({ type: 'head', head });
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
    this.#report.failed(name, reason);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#thread?.say({ type: 'close' });
    await this.#thread?.ended;
    for (const { name, reject } of this.#jobs.values())
      reject(new Error(`${name} was not rebuilt: it was closed.`));
  }

  #next(): void {
    if (this.#thread || this.#closed || this.#waiting.length === 0) return;
    const names = this.#waiting;
    this.#waiting = [];
    const unbuilt = new Set(names);
    const data: RebuildData = {
      ...this.#data,
      models: names.map((name) => ({ name, live: this.#liveOf(name) })),
      head: this.#head,
    };
    this.#thread = new Thread(new URL('./build-generations.worker.js', import.meta.url), data, (message) => {
      switch (message.type) {
        case 'progress':
          for (const { name, entry } of message.files) this.#at(name, entry);
          break;
        case 'built':
          unbuilt.delete(message.file.name);
          this.#at(message.file.name, message.file.entry);
          this.#report.built(message.file.name, message.file.generation);
          break;
        case 'failed':
          unbuilt.delete(message.name);
          this.fail(message.name, message.reason);
          break;
        case 'troubled':
          this.#report.troubled(message.name, message.reason);
      }
    });
    void this.#thread.ended.then((error) => {
      this.#thread = undefined;
      if (this.#closed) return;
      for (const name of unbuilt) this.fail(name, error?.message ?? 'its thread ended early');
      this.#next();
    });
  }

  #at(name: string, entry: number): void {
    const job = this.#jobs.get(name);
    if (job) job.done = entry;
  }
}
