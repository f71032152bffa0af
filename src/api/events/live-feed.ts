import { Injectable } from '@nestjs/common';
import type { Reply } from '../../http/request.js';
import { canonicalJson } from '../../json/canonical-json.js';
import { Ledger } from '../../ledger/ledger.js';
import { Sequencer } from '../../ledger/sequencer.js';
import { SseConnections } from '../shared/sse-connections.js';
import { RECONNECT_DELAY_MS } from '../shared/timeouts.js';
import { type EventFilter, EventScanner } from './event-scanner.js';
import { serializeEntry } from './serialize-entry.js';

/** Entries read from the ledger at once. */
const PAGE_SIZE = 500;

/**
 * Events as server-sent events: what follows an entry, then what is recorded, until the client closes the connection.
 * Read from the ledger as fast as the client takes it, so a slow client costs no memory and misses nothing.
 */
@Injectable()
export class LiveFeed {
  constructor(
    private readonly ledger: Ledger,
    private readonly sequencer: Sequencer,
    private readonly scanner: EventScanner,
    private readonly connections: SseConnections,
  ) {}

  /**
   * `after` is an entry that the ledger has: a client that was further would miss what gets its numbers. Resolves when
   * the stream is closed. Rejects with ProblemError if the server is stopping.
   */
  async send(after: number, filter: EventFilter, reply: Reply): Promise<void> {
    const stream = this.connections.open(reply);
    let position = after;
    let wake: () => void = () => undefined;
    const heads = this.sequencer.heads.subscribe(() => wake());
    void stream.closed.then(() => wake());
    try {
      await stream.send({ retry: RECONNECT_DELAY_MS });
      while (stream.isOpen()) {
        // Subscribed before the head is read, so that no head is missed in between.
        const woken = new Promise<void>((resolve) => (wake = resolve));
        const head = this.ledger.getHead().entry;
        const page = await this.scanner.find(position, PAGE_SIZE, filter, head);
        for (const entry of page) {
          if (!stream.isOpen()) return;
          await stream.send({ id: entry.entry, data: canonicalJson(serializeEntry(entry)) });
        }
        position = page.length === PAGE_SIZE ? (page.at(-1)?.entry ?? head) : head;
        if (page.length < PAGE_SIZE && stream.isOpen()) await woken;
      }
    } finally {
      heads.unsubscribe();
      stream.end();
    }
  }
}
