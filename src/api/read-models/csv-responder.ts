// Lists of read models as tables.
import { Injectable } from '@nestjs/common';
import { VARY } from '../../http/conditional-response.js';
import { formatPublicPath } from '../../http/public-address.js';
import type { Reply, Request } from '../../http/request.js';
import { Configuration } from '../../node/configuration.js';
import type { CsvColumns } from '../../read-models/declaration/csv-columns.js';
import type { PublishedReadModel, Route } from '../../read-models/declaration/route.js';
import { getImmutableCacheControl } from '../shared/ledger-headers.js';
import { formatMementoLinks } from '../shared/memento.js';
import { createPermalink } from '../shared/permalinks.js';
import { TableSender } from '../shared/table-sender.js';
import { type OpenedList, ReadModelResponder, redirectToMemento } from './read-model-responder.js';

@Injectable()
export class CsvResponder {
  constructor(
    private readonly responder: ReadModelResponder,
    private readonly tables: TableSender,
    private readonly configuration: Configuration,
  ) {}

  async respond(
    published: PublishedReadModel,
    route: Route,
    columns: CsvColumns,
    request: Request,
    reply: Reply,
  ): Promise<void> {
    const list = await this.responder.openList(published, route, request);
    const { query, entry, root, degraded, pages } = list;
    const [path = ''] = request.url.split('?', 1);
    const permalink = createPermalink(path, route, query, entry, published.model.version, 'csv');
    const address = formatPublicPath(request, permalink);
    const links = formatMementoLinks(request, 'csv');
    if (list.namedBy === 'time') {
      await redirectToMemento(request, reply, { address, links });
      return;
    }
    const headers = { ...this.#createHeaders(published, list), 'content-location': address, link: links };
    const name = [...path.split('/').slice(1), query.day, 'entry', entry];
    const identity = degraded > 0 ? undefined : `${permalink} ${root}`;
    await this.tables.send({ columns, pages, name, headers, identity }, request, reply);
  }

  #createHeaders(
    { model }: PublishedReadModel,
    { query, entry, root, degraded, mementoDatetime }: OpenedList,
  ) {
    const cacheControl = query.isPinned ? getImmutableCacheControl(this.configuration) : 'no-cache';
    return {
      'ledger-entry': String(entry),
      'ledger-root': root,
      projection: `${model.name}; version=${model.version}`,
      'cache-control': degraded > 0 ? 'no-store' : cacheControl,
      vary: query.isPinned ? 'Accept' : VARY,
      ...(mementoDatetime !== undefined && { 'memento-datetime': mementoDatetime }),
      ...(degraded > 0 && { degraded: String(degraded) }),
    };
  }
}
