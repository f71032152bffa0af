// Whole lists as tables: all pages as of one entry, at the speed of the client.
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { startStreaming, waitForDrain, writeNow } from '../../http/backpressure.js';
import { createETag, findNotModifiedETag } from '../../http/conditional-response.js';
import type { Reply, Request } from '../../http/request.js';
import { RELEASE } from '../../node/release.js';
import type { CsvColumns } from '../../read-models/declaration/csv-columns.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { CredentialWatcher } from './credential-watcher.js';
import { EventLoopScheduler } from './event-loop-scheduler.js';
import { getClientId } from './principal.js';
import { CSV_SUFFIX, TableFormatter } from './table-formatter.js';

/** A list as of one entry, whose pages are read as they are taken. */
export type StreamedTable = {
  readonly columns: CsvColumns;
  readonly pages: AsyncIterable<readonly object[]>;
  /** The parts of the name of the file. */
  readonly name: readonly (string | number)[];
  readonly headers: OutgoingHttpHeaders;
  /**
   * What the rows depend on besides this release: two tables with the same text are the same. Undefined if the list lacks
   * something that it may have later.
   */
  readonly identity: string | undefined;
};

type Pages = AsyncIterator<readonly object[], undefined>;

@Injectable()
export class TableSender {
  readonly #limit = new ConcurrencyLimit({ what: 'tables', total: 64, perClient: 16 });

  constructor(
    private readonly formatter: TableFormatter,
    private readonly credentials: CredentialWatcher,
    private readonly turns: EventLoopScheduler,
  ) {}

  /** Sends a table, or 304. Rejects, before the answer begins, with what refuses the first page. */
  async send(table: StreamedTable, request: Request, reply: Reply): Promise<void> {
    const etag = table.identity === undefined ? undefined : createETag(`${RELEASE} ${table.identity}`);
    const unchanged = etag && findNotModifiedETag(request, etag);
    if (unchanged !== undefined) {
      const { 'content-disposition': _name, ...headers } = this.#createHeaders(table, unchanged);
      await reply.code(304).headers(headers).send();
      return;
    }
    const release = this.#limit.acquire(getClientId(request));
    try {
      const pages = table.pages[Symbol.asyncIterator]() as Pages;
      const first = await pages.next(); // what is refused is refused before the answer begins
      const response = startStreaming(reply, this.#createHeaders(table, etag));
      // Cut off, so that no client takes the part for the whole.
      const unwatch = this.credentials.watch(request, () => response.destroy());
      try {
        if (request.method === 'GET') await this.#writeRows(response, table.columns, first, pages);
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

  #createHeaders({ name, headers }: StreamedTable, etag: string | undefined): OutgoingHttpHeaders {
    const file = name
      .filter((part) => part !== '')
      .join('-')
      .replaceAll(/[^\w.-]/g, '_');
    return {
      'content-type': this.formatter.mediaType,
      'content-disposition': `attachment; filename="${file}${CSV_SUFFIX}"`,
      ...headers,
      ...(etag !== undefined && { etag }),
    };
  }

  /** One page in memory at a time. */
  async #writeRows(
    response: ServerResponse,
    columns: CsvColumns,
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
