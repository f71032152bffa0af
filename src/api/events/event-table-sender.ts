// Events as a table: those up to the head at which the answer began.
import { Injectable } from '@nestjs/common';
import { VARY } from '../../http/conditional-response.js';
import { getRequestedAddress } from '../../http/representation.js';
import type { Reply, Request } from '../../http/request.js';
import { toRecordedEvent } from '../../ledger/entry.js';
import { type EntryFilter, Ledger } from '../../ledger/ledger.js';
import { EventLoopScheduler } from '../shared/event-loop-scheduler.js';
import { getTreeRoot } from '../shared/ledger-headers.js';
import { eventShape } from '../shared/listed-shapes.js';
import { LIMIT_MAX } from '../shared/query-parameters.js';
import { TableSender } from '../shared/table-sender.js';
import { EventScanner } from './event-scanner.js';

@Injectable()
export class EventTableSender {
  constructor(
    private readonly ledger: Ledger,
    private readonly scanner: EventScanner,
    private readonly tables: TableSender,
    private readonly turns: EventLoopScheduler,
  ) {}

  async send(filter: EntryFilter, after: number, request: Request, reply: Reply): Promise<void> {
    const { entry } = this.ledger.getHead();
    const root = getTreeRoot(this.ledger, entry);
    const headers = {
      'ledger-entry': String(entry),
      'ledger-root': root,
      'cache-control': 'no-cache',
      vary: VARY,
    };
    await this.tables.send(
      {
        columns: eventShape.column,
        pages: this.#readPages(filter, after, entry, request),
        name: ['events', 'entry', entry],
        headers,
        identity: `${getRequestedAddress(request)} ${root}`,
      },
      request,
      reply,
    );
  }

  async *#readPages(
    filter: EntryFilter,
    after: number,
    upTo: number,
    request: Request,
  ): AsyncGenerator<readonly object[], undefined> {
    for (let from = after; from < upTo;) {
      const search = { after: from, upTo, limit: LIMIT_MAX };
      const { entries, position } = await this.scanner.findPage(filter, search, request);
      yield await this.turns.run(() =>
        entries.map((each) => ({ ...toRecordedEvent(each), leaf: each.leaf.toString('hex') })),
      );
      if (position === from) break; // the client has gone
      from = position;
    }
  }
}
