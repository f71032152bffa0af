import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Reply, Request } from '../../http/request.js';
import { SseWriter } from '../../http/sse-writer.js';
import { ProblemError } from '../../problems/problem-error.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { CredentialWatcher } from './credential-watcher.js';
import { getClientId } from './principal.js';
import { RETRY_SOON_SECONDS } from '../../http/timeouts.js';

/**
 * The open event streams. They do not end by themselves: this ends them when the server stops, which waits for all
 * responses, and when the API key of a client is revoked.
 */
@Injectable()
export class SseConnections implements OnModuleDestroy {
  readonly #open = new Set<SseWriter>();
  readonly #limit = new ConcurrencyLimit({ what: 'event streams', total: 1_024, perClient: 256 });
  #isStopping = false;

  constructor(private readonly credentials: CredentialWatcher) {}

  get openCount(): number {
    return this.#open.size;
  }

  onModuleDestroy(): void {
    this.#isStopping = true;
    for (const stream of this.#open) stream.end();
  }

  /** Throws ProblemError if there are too many already, or once the server is stopping. */
  open(request: Request, reply: Reply): SseWriter {
    this.assertNotStopping();
    const release = this.#limit.acquire(getClientId(request));
    const stream = new SseWriter(reply);
    const unwatch = this.credentials.watch(request, () => stream.end());
    this.#open.add(stream);
    void stream.closed.then(() => {
      unwatch();
      this.#open.delete(stream);
      release();
    });
    return stream;
  }

  assertNotStopping(): void {
    if (this.#isStopping)
      throw new ProblemError('stopping', 'The server is stopping.', {}, RETRY_SOON_SECONDS);
  }
}
