import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Entry } from '../../ledger/entry.js';
import { Ledger } from '../../ledger/ledger.js';

/** Entries read at once, before other requests get a turn. */
const PAGE_SIZE = 500;

/** Which events a client wants; undefined for all. */
export type EventFilter = { readonly stream: string | undefined; readonly type: string | undefined };

/** Finds entries by stream and type. */
@Injectable()
export class EventScanner {
  constructor(private readonly ledger: Ledger) {}

  /** The next entries after `after` and up to `head` that satisfy the filter, at most `limit`. */
  async find(after: number, limit: number, { stream, type }: EventFilter, head: number): Promise<Entry[]> {
    const { ledger } = this;
    const found: Entry[] = [];
    let [entry, revision] = [after, 0];
    for (;;) {
      const page =
        stream === undefined
          ? ledger.readAfter(entry, PAGE_SIZE)
          : ledger.readStream(stream, revision, PAGE_SIZE);
      for (const each of page)
        if (each.entry > after && each.entry <= head && (type === undefined || each.type === type)) {
          found.push(each);
          if (found.length === limit) return found;
        }
      const last = page.at(-1);
      if (!last || page.length < PAGE_SIZE || last.entry >= head) return found;
      [entry, revision] = [last.entry, last.revision + 1];
      await yieldToOthers(); // a long search must not delay other requests
    }
  }
}
