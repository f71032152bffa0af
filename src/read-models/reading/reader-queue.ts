// Requests for reader threads, in turns between their clients.
import { ApplicationError } from '../../errors/application-error.js';

/** Who wants a result. */
export type ReaderQueueClient = {
  /** Clients with the same id share their turns. */
  readonly id: string;
  /** Whether nobody waits for the result any more. */
  readonly isGone: () => boolean;
};

/** A caller that is no client: it is never gone. */
export const INTERNAL_QUEUE_CLIENT: ReaderQueueClient = { id: '', isGone: () => false };

/** How many requests may wait, in all and of one client. */
const WAITING_MAX = 512;
const CLIENT_WAITING_MAX = 128;

/** Too many requests wait for the reader threads, or the client of this one has gone. */
export class ReadersBusyError extends ApplicationError {
  readonly code = 'busy';
  override readonly retryAfterSeconds = 1;

  constructor() {
    super('Too many requests wait for read models.');
  }
}

/** Takes one request of each client in turn, so that no client waits for all requests of another. */
export class ReaderQueue<Job> {
  /** The clients that have waiting requests, in the order of their turns. */
  readonly #jobs = new Map<string, { readonly client: ReaderQueueClient; readonly job: Job }[]>();
  #size = 0;

  /** `drop` is called with every request whose client has gone. */
  constructor(private readonly drop: (job: Job) => void) {}

  get size(): number {
    return this.#size;
  }

  /** Throws ReadersBusyError. */
  add(client: ReaderQueueClient, job: Job): void {
    const waiting = this.#jobs.get(client.id) ?? [];
    if (this.#size >= WAITING_MAX || waiting.length >= CLIENT_WAITING_MAX) this.#removeGone();
    if (this.#size >= WAITING_MAX || waiting.length >= CLIENT_WAITING_MAX) throw new ReadersBusyError();
    waiting.push({ client, job });
    this.#jobs.set(client.id, waiting);
    this.#size++;
  }

  /** The next request whose client still waits; undefined if there is none. */
  take(): Job | undefined {
    for (const [id, waiting] of this.#jobs) {
      const next = waiting.shift();
      this.#jobs.delete(id);
      if (waiting.length > 0) this.#jobs.set(id, waiting); // behind all others
      this.#size--;
      if (!next) continue;
      if (!next.client.isGone()) return next.job;
      this.drop(next.job);
    }
    return undefined;
  }

  /** Removes all, and returns them. */
  takeAll(): readonly Job[] {
    const jobs = [...this.#jobs.values()].flat().map(({ job }) => job);
    this.#jobs.clear();
    this.#size = 0;
    return jobs;
  }

  #removeGone(): void {
    for (const [id, waiting] of this.#jobs) {
      const kept = waiting.filter(({ client }) => !client.isGone());
      for (const { client, job } of waiting) if (client.isGone()) this.drop(job);
      this.#size -= waiting.length - kept.length;
      waiting.splice(0, waiting.length, ...kept);
      if (kept.length === 0) this.#jobs.delete(id);
    }
  }
}
