import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Reply } from '../../http/request.js';
import { SseWriter } from '../../http/sse-writer.js';
import { ProblemError } from '../../problems/problem-error.js';
import { RETRY_SOON_SECONDS } from './timeouts.js';

/**
 * The open event streams. They never end by themselves, and a server that stops waits for all responses, so it ends
 * them.
 */
@Injectable()
export class SseConnections implements OnModuleDestroy {
  readonly #open = new Set<SseWriter>();
  #isStopping = false;

  onModuleDestroy(): void {
    this.#isStopping = true;
    for (const stream of this.#open) stream.end();
  }

  /** Throws ProblemError once the server is stopping. */
  open(reply: Reply): SseWriter {
    this.assertNotStopping();
    const stream = new SseWriter(reply);
    this.#open.add(stream);
    void stream.closed.then(() => this.#open.delete(stream));
    return stream;
  }

  assertNotStopping(): void {
    if (this.#isStopping)
      throw new ProblemError('stopping', 'The server is stopping.', {}, RETRY_SOON_SECONDS);
  }
}
