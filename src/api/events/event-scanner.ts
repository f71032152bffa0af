import { Injectable } from '@nestjs/common';
import { hasClientGone, type Request } from '../../http/request.js';
import { EventLoopScheduler } from '../shared/event-loop-scheduler.js';
import { type Entry, getEntrySize } from '../../ledger/entry.js';
import { type EntryFilter, type EntrySearchResult, Ledger } from '../../ledger/ledger.js';
import { PAGE_BYTES_MAX } from '../shared/page-size.js';

/** How often the ledger is searched for one page: each search examines a bounded number of entries. */
const SEARCHES_MAX = 10;

/** Which entries make a page. */
type PageSearch = {
  /** Exclusive. */
  readonly after: number;
  /** Inclusive. */
  readonly upTo: number;
  readonly limit: number;
};

/** Finds entries by stream and type. */
@Injectable()
export class EventScanner {
  constructor(
    private readonly ledger: Ledger,
    private readonly turns: EventLoopScheduler,
  ) {}

  /**
   * One page: it ends at the limit, at its size, or after a bounded search, whatever comes first. `position` is where the
   * next page begins. The search ends when the client has gone.
   */
  async findPage(filter: EntryFilter, search: PageSearch, request: Request): Promise<EntrySearchResult> {
    const { after, upTo, limit } = search;
    const entries: Entry[] = [];
    let [position, bytes] = [after, 0];
    for (let searches = 0; searches < SEARCHES_MAX; searches++) {
      const found = await this.turns.run(() =>
        this.ledger.findEntries(filter, {
          after: position,
          upTo,
          limit: limit - entries.length,
          maxBytes: PAGE_BYTES_MAX - bytes,
          atLeastOne: entries.length === 0,
        }),
      );
      const hasMoved = found.position > position;
      position = found.position;
      entries.push(...found.entries);
      for (const entry of found.entries) bytes += getEntrySize(entry);
      const isFull = entries.length >= limit || bytes >= PAGE_BYTES_MAX || !hasMoved;
      if (isFull || position >= upTo || hasClientGone(request)) break;
    }
    return { entries, position };
  }
}
