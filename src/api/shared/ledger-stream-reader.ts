import { Injectable } from '@nestjs/common';
import { EventLoopScheduler } from './event-loop-scheduler.js';
import type { Entry } from '../../ledger/entry.js';
import { Ledger } from '../../ledger/ledger.js';
import { PAGE_BYTES_MAX } from './page-size.js';

type StreamSearch = {
  /** The first revision. */
  readonly from: number;
  readonly limit: number;
  /** The last entry. */
  readonly until: number;
};
type StreamPage = { readonly items: readonly Entry[]; readonly hasMore: boolean };

/** Reads streams in pages of a bounded size. */
@Injectable()
export class LedgerStreamReader {
  constructor(
    private readonly ledger: Ledger,
    private readonly turns: EventLoopScheduler,
  ) {}

  readPage(stream: string, { from, limit, until }: StreamSearch): Promise<StreamPage> {
    return this.turns.run(() => {
      const found = this.ledger.readStream(stream, from, limit, PAGE_BYTES_MAX);
      const items = found.filter(({ entry }) => entry <= until);
      const next = items.length === found.length ? items.at(-1) : undefined;
      const following = next && this.ledger.findStreamEntryNumber(stream, next.revision + 1);
      return { items, hasMore: following !== undefined && following <= until };
    });
  }
}
