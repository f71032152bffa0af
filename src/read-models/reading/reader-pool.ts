// Threads for queries that read many rows, started when they are first needed.
import type { FromReader, ThreadData, ToReader } from '../worker-messages.js';
import { Thread } from '../worker-thread.js';

type Ask = Extract<ToReader, { type: 'ask' | 'history' }>;
type Waiter = { readonly resolve: (answer: unknown) => void; readonly reject: (error: Error) => void };
/** `ask` is made when a thread is free, so that it names the generation that is live then. */
type Job = Waiter & { readonly ask: () => Ask };

export class ReaderPool {
  readonly #data: ThreadData;
  readonly #size: number;
  readonly #threads = new Set<ReaderThread>();
  readonly #queue: Job[] = [];
  #closed = false;

  constructor(data: ThreadData, size: number) {
    this.#data = data;
    this.#size = size;
  }

  /** Rejects with what the query threw. */
  ask(ask: () => Ask): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ ask, resolve, reject });
      this.#next();
    });
  }

  /** Resolves when no thread has this file open; nobody may ask for it any more. */
  async retire(name: string, generation: number): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => thread.say({ type: 'retire', name, generation })));
  }

  /** What is being answered is answered; what waits for its turn is not. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#next();
    await Promise.all([...this.#threads].map((thread) => thread.close()));
  }

  #next(): void {
    if (this.#closed)
      for (const { reject } of this.#queue.splice(0)) reject(new Error('The read models are closed.'));
    while (this.#queue.length > 0) {
      const thread = [...this.#threads].find(({ idle }) => idle) ?? this.#started();
      if (!thread) return;
      const job = this.#queue.shift() as Job;
      try {
        thread.say(job.ask()).then(job.resolve, job.reject);
      } catch (error) {
        job.reject(error as Error); // not plain data, or no live file any more
      }
    }
  }

  #started(): ReaderThread | undefined {
    if (this.#threads.size === this.#size) return undefined;
    const thread = new ReaderThread(
      this.#data,
      () => this.#next(),
      () => this.#threads.delete(thread),
    );
    this.#threads.add(thread);
    return thread;
  }
}

class ReaderThread {
  readonly #thread: Thread<ToReader, FromReader>;
  /** Who waits for an answer, in the order in which they asked. */
  readonly #waiting: Waiter[] = [];

  constructor(data: ThreadData, answered: () => void, ended: () => void) {
    this.#thread = new Thread(new URL('./reader.worker.js', import.meta.url), data, (message) => {
      const waiter = this.#waiting.shift();
      if (message.type === 'error') waiter?.reject(message.error);
      else waiter?.resolve(message.type === 'answer' ? message.answer : undefined);
      answered();
    });
    void this.#thread.ended.then((error) => {
      ended();
      const reason = error ?? new Error('The read models are closed.');
      for (const { reject } of this.#waiting.splice(0)) reject(reason);
      answered();
    });
  }

  get idle(): boolean {
    return this.#waiting.length === 0;
  }

  say(message: ToReader): Promise<unknown> {
    this.#thread.say(message);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  async close(): Promise<void> {
    this.#thread.say({ type: 'close' });
    await this.#thread.ended;
  }
}
