import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Reply, Request } from '../../http/request.js';
import { SseWriter } from '../../http/sse-writer.js';
import { ProblemError } from '../../problems/problem-error.js';
import { KeyChecks } from './key-checks.js';
import { getClientId } from './principal.js';
import { RETRY_SOON_SECONDS, STREAM_RETRY_SECONDS } from './timeouts.js';

/** How many event streams may be open, in all and for one client. */
const STREAMS_MAX = 1_024;
const CLIENT_STREAMS_MAX = 256;

/**
 * The open event streams. They do not end by themselves: this ends them when the server stops, which waits for all
 * responses, and when the API key of a client is revoked.
 */
@Injectable()
export class SseConnections implements OnModuleDestroy {
  readonly #open = new Set<SseWriter>();
  /** How many each client has open. */
  readonly #counts = new Map<string, number>();
  #isStopping = false;

  constructor(private readonly keyChecks: KeyChecks) {}

  onModuleDestroy(): void {
    this.#isStopping = true;
    for (const stream of this.#open) stream.end();
  }

  /** Throws ProblemError if there are too many already, or once the server is stopping. */
  open(request: Request, reply: Reply): SseWriter {
    this.assertNotStopping();
    const client = getClientId(request);
    this.#assertBelowLimits(client);
    const stream = new SseWriter(reply);
    const unwatch = this.keyChecks.watch(request, () => stream.end());
    this.#open.add(stream);
    this.#count(client, 1);
    void stream.closed.then(() => {
      unwatch();
      this.#open.delete(stream);
      this.#count(client, -1);
    });
    return stream;
  }

  assertNotStopping(): void {
    if (this.#isStopping)
      throw new ProblemError('stopping', 'The server is stopping.', {}, RETRY_SOON_SECONDS);
  }

  #assertBelowLimits(client: string): void {
    if ((this.#counts.get(client) ?? 0) >= CLIENT_STREAMS_MAX)
      throw new ProblemError(
        'rate-limited',
        `A client may have at most ${CLIENT_STREAMS_MAX} event streams open.`,
        {},
        STREAM_RETRY_SECONDS,
      );
    if (this.#open.size >= STREAMS_MAX)
      throw new ProblemError(
        'busy',
        `The server has its maximum of ${STREAMS_MAX} event streams open.`,
        {},
        STREAM_RETRY_SECONDS,
      );
  }

  #count(client: string, change: 1 | -1): void {
    const count = (this.#counts.get(client) ?? 0) + change;
    if (count > 0) this.#counts.set(client, count);
    else this.#counts.delete(client);
  }
}
