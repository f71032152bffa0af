import { Injectable } from '@nestjs/common';
import { type Observable, share, throttleTime } from 'rxjs';
import type { Reply, Request } from '../../http/request.js';
import { formatServerSentEvent } from '../../http/sse-writer.js';
import { EventLoopScheduler } from '../shared/event-loop-scheduler.js';
import { type EntryFilter, Ledger } from '../../ledger/ledger.js';
import { Sequencer } from '../../ledger/sequencer.js';
import { SseConnections } from '../shared/sse-connections.js';
import { FEED_INTERVAL_MS, RECONNECT_DELAY_MS } from '../shared/timeouts.js';
import { SseEventRenderer } from './sse-event-renderer.js';

/**
 * Events as server-sent events: what follows an entry, then what is recorded, until the client closes the connection.
 * Read from the ledger as fast as the client takes it, a chunk at a time, so a slow client misses nothing.
 */
@Injectable()
export class LiveFeed {
  /** The head for all feeds, which send what several commands recorded at once: many feeds must not slow commands down. */
  readonly #heads: Observable<number>;

  constructor(
    private readonly ledger: Ledger,
    sequencer: Sequencer,
    private readonly events: SseEventRenderer,
    private readonly connections: SseConnections,
    private readonly turns: EventLoopScheduler,
  ) {
    const throttling = { leading: true, trailing: true };
    this.#heads = sequencer.heads.pipe(throttleTime(FEED_INTERVAL_MS, undefined, throttling), share());
  }

  /**
   * `after` is an entry that the ledger has: a client that was further would miss what gets its numbers. Resolves when
   * the stream is closed. Rejects with ProblemError if none can be opened now.
   */
  async send(after: number, filter: EntryFilter, request: Request, reply: Reply): Promise<void> {
    const stream = this.connections.open(request, reply);
    let position = after;
    let wake: () => void = () => undefined;
    const heads = this.#heads.subscribe(() => wake());
    void stream.closed.then(() => wake());
    try {
      await stream.send(formatServerSentEvent({ retry: RECONNECT_DELAY_MS }));
      while (stream.isOpen()) {
        // Subscribed before the head is read, so that no head is missed in between.
        const woken = new Promise<void>((resolve) => (wake = resolve));
        const head = this.ledger.getHead().entry;
        if (position >= head) await woken;
        else {
          const { sent } = await this.turns.run(() => {
            const chunk = this.events.readChunk(filter, position, head);
            position = chunk.position;
            return { sent: chunk.bytes.length > 0 ? stream.send(chunk.bytes) : undefined };
          });
          await sent;
        }
      }
    } finally {
      heads.unsubscribe();
      stream.end();
    }
  }
}
