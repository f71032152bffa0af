// Whole lists as tables: all pages as of one entry, at the speed of the client.
import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { startStreaming, waitForDrain, writeNow } from '../../http/backpressure.js';
import { VARY } from '../../http/conditional-response.js';
import { formatPublicPath } from '../../http/public-address.js';
import type { Reply, Request } from '../../http/request.js';
import { EventLoopScheduler } from '../shared/event-loop-scheduler.js';
import type { Columns } from '../../read-models/declaration/columns.js';
import type { PublishedReadModel, Route } from '../../read-models/declaration/route.js';
import { ConcurrencyLimit } from '../shared/concurrency-limit.js';
import { CredentialWatcher } from '../shared/credential-watcher.js';
import { formatMementoLinks } from '../shared/memento.js';
import { createPermalink } from '../shared/permalinks.js';
import { getClientId } from '../shared/principal.js';
import { CSV_SUFFIX, TableFormatter } from '../shared/table-formatter.js';
import { type OpenedList, ReadModelResponder, redirectToMemento } from './read-model-responder.js';

type Pages = AsyncIterator<readonly object[], undefined>;

@Injectable()
export class CsvResponder {
  readonly #limit = new ConcurrencyLimit({ what: 'tables', total: 64, perClient: 16 });

  constructor(
    private readonly responder: ReadModelResponder,
    private readonly formatter: TableFormatter,
    private readonly credentials: CredentialWatcher,
    private readonly turns: EventLoopScheduler,
  ) {}

  async respond(
    published: PublishedReadModel,
    route: Route,
    columns: Columns,
    request: Request,
    reply: Reply,
  ): Promise<void> {
    const release = this.#limit.acquire(getClientId(request));
    try {
      const list = await this.responder.openList(published, route, request);
      const headers = this.#createHeaders(published, route, list, request);
      if (list.namedBy === 'time') {
        const links = formatMementoLinks(request, 'csv');
        await redirectToMemento(request, reply, { address: headers['content-location'], links });
        return;
      }
      const pages = list.pages[Symbol.asyncIterator]() as Pages;
      const first = await pages.next(); // what is refused is refused before the answer begins
      const response = startStreaming(reply, headers);
      // Cut off, so that no client takes the part for the whole.
      const unwatch = this.credentials.watch(request, () => response.destroy());
      try {
        if (request.method === 'GET') await this.#writeTable(response, columns, first, pages);
        response.end();
      } catch (error) {
        response.destroy();
        throw error;
      } finally {
        unwatch();
      }
    } finally {
      release();
    }
  }

  #createHeaders(
    { model }: PublishedReadModel,
    route: Route,
    { query, entry, root, degraded }: OpenedList,
    request: Request,
  ) {
    const [path = ''] = request.url.split('?', 1);
    const name = [...path.split('/').slice(1), query.day, 'entry', entry]
      .filter((part) => part !== '')
      .join('-');
    return {
      'content-type': this.formatter.mediaType,
      'content-disposition': `attachment; filename="${name.replaceAll(/[^\w.-]/g, '_')}${CSV_SUFFIX}"`,
      'content-location': formatPublicPath(
        request,
        createPermalink(path, route, query, entry, model.version, 'csv'),
      ),
      'ledger-entry': String(entry),
      'ledger-root': root,
      projection: `${model.name}; version=${model.version}`,
      'cache-control': degraded > 0 ? 'no-store' : 'no-cache',
      vary: VARY,
      ...(degraded > 0 && { degraded: String(degraded) }),
    };
  }

  /** One page in memory at a time. */
  async #writeTable(
    response: ServerResponse,
    columns: Columns,
    first: IteratorResult<readonly object[], undefined>,
    pages: Pages,
  ): Promise<void> {
    writeNow(response, this.formatter.formatHeader(columns));
    for (let page = first; !page.done && !response.destroyed; page = await pages.next()) {
      const items = page.value;
      await this.turns.run(() => writeNow(response, this.formatter.formatRows(columns, items)));
      await waitForDrain(response);
    }
  }
}
