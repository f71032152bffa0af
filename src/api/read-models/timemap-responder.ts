// Timemaps (RFC 7089, section 5): the mementos of a resource, in pages.
import { Injectable } from '@nestjs/common';
import type { QueryRequest, PublishedReadModel, Route } from '../../read-models/declaration/route.js';
import { createPermalink, removeParameters } from '../shared/permalinks.js';
import { createETag, sendWithETag, VARY } from '../../http/conditional-response.js';
import { AsOfResolver, parseMinimumEntryHeader } from '../shared/as-of.js';
import { getEntrySize } from '../../ledger/entry.js';
import { Ledger } from '../../ledger/ledger.js';
import { ReadModels } from '../../read-models/read-models.js';
import { getTreeRoot } from '../shared/ledger-headers.js';
import {
  formatHttpDate,
  LINK_FORMAT,
  formatLink,
  getOriginalAddress,
  TIMEMAP_PREFIX,
} from '../shared/memento.js';
import { createUnknownIdProblem } from '../shared/read-model-query.js';
import type { ReaderQueueClient } from '../../read-models/reading/reader-queue.js';
import { identifyQueueClient } from '../shared/principal.js';
import { parseParameters, readNonNegativeInteger } from '../shared/query-parameters.js';
import {
  getQueryParameterNames,
  type ReadModelQuery,
  parseReadModelQuery,
} from '../shared/read-model-query.js';
import { addOrigin, formatPublicPath } from '../../http/public-address.js';
import { hasClientGone, type Reply, type Request } from '../../http/request.js';
import { EventLoopScheduler } from '../shared/event-loop-scheduler.js';
import { PAGE_BYTES_MAX } from '../shared/page-size.js';

type TimemapRequest = {
  readonly name: string;
  readonly route: Route;
  readonly query: ReadModelQuery;
  readonly client: ReaderQueueClient;
};
type Memento = { readonly entry: number; readonly datetime: string };

/** Mementos per page. */
const PAGE_SIZE = 500;

/** The parameters of a timemap: those of its original resource, and the entry after which the page begins. */
const getTimemapParameters = (route: Route): readonly string[] => [
  ...getQueryParameterNames(route).filter((name) => !['asOf', 'v', 'cursor'].includes(name)),
  'after',
];

@Injectable()
export class TimemapResponder {
  constructor(
    private readonly ledger: Ledger,
    private readonly readModels: ReadModels,
    private readonly asOfResolver: AsOfResolver,
    private readonly turns: EventLoopScheduler,
  ) {}

  /**
   * Lists a permalink for each entry at which a row of the read model changed, from the first entry at which the resource
   * exists: no state is missing, but two neighbors may be equal.
   */
  async respond({ model }: PublishedReadModel, route: Route, request: Request, reply: Reply): Promise<void> {
    const { readModels } = this;
    const query = parseReadModelQuery(route, request, getTimemapParameters(route));
    const after = readNonNegativeInteger(parseParameters(request.query).get('after'), 'after') ?? 0;
    await this.asOfResolver.waitForReadModels([model.name], parseMinimumEntryHeader(request));
    await this.asOfResolver.waitForRecordedEntry(after, 'after');
    const to = readModels.position(model.name);
    const client = identifyQueueClient(request);
    const first = await this.#findFirstKnownEntry({ name: model.name, route, query, client }, to);
    const range = { from: Math.max(after, first - 1), to, limit: PAGE_SIZE + 1 };
    const found = await readModels.history(model.name, 'entries', range, client);
    const mementos = await this.#findMementos(found.slice(0, PAGE_SIZE), request);
    const entries = mementos.map(({ entry }) => entry);

    const original = getOriginalAddress(removeParameters(request.url, ['after'])).slice(
      TIMEMAP_PREFIX.length,
    );
    const format = (path: string): string => addOrigin(request, formatPublicPath(request, path));
    const timemap = (after: number): string =>
      after === 0
        ? `${TIMEMAP_PREFIX}${original}`
        : `${TIMEMAP_PREFIX}${original}${original.includes('?') ? '&' : '?'}after=${after}`;
    const datetimes = mementos.map(({ datetime }) => datetime);
    const span = { ...(datetimes[0] && { from: datetimes[0], until: datetimes.at(-1) ?? '' }) };
    const isLast = found.length === entries.length;
    const next = isLast ? undefined : timemap(entries.at(-1) ?? to);
    const links = [
      formatLink(format(original), 'original timegate'),
      formatLink(format(timemap(after)), 'self', { type: LINK_FORMAT, ...span }),
      ...(next === undefined ? [] : [formatLink(format(next), 'timemap next', { type: LINK_FORMAT })]),
      ...entries.map((entry, n) =>
        formatLink(
          format(
            createPermalink(request.url.slice(TIMEMAP_PREFIX.length), route, query, entry, model.version),
          ),
          [
            ...(n === 0 && after === 0 ? ['first'] : []),
            ...(n === entries.length - 1 && isLast ? ['last'] : []),
            'memento',
          ].join(' '),
          { datetime: datetimes[n] ?? '' },
        ),
      ),
    ];
    const body = `${links.join(',\n')}\n`;
    reply.headers({
      'ledger-entry': String(to),
      'ledger-root': getTreeRoot(this.ledger, to),
      'cache-control': 'no-cache',
      vary: VARY,
      ...(next !== undefined && { link: formatLink(format(next), 'next', { type: LINK_FORMAT }) }),
    });
    await sendWithETag(request, reply, LINK_FORMAT, body, createETag(body));
  }

  /** The first of these entries with their datetimes, as far as their size permits: each entry is read and verified. */
  async #findMementos(entries: readonly number[], request: Request): Promise<readonly Memento[]> {
    const mementos: Memento[] = [];
    let bytes = 0;
    for (const entry of entries) {
      const found = await this.turns.run(() => this.ledger.findByNumber(entry));
      mementos.push({ entry, datetime: found ? formatHttpDate(found.recordedAt) : '' });
      bytes += found ? getEntrySize(found) : 0;
      if (bytes > PAGE_BYTES_MAX || hasClientGone(request)) break;
    }
    return mementos;
  }

  /** The first entry, up to the last, at which the query has a result (binary search). Throws ProblemError if it has none at the last. */
  async #findFirstKnownEntry({ name, route, query, client }: TimemapRequest, last: number): Promise<number> {
    const { path, filters, day, languages } = query;
    const queryRequest: QueryRequest = { path, filters, day, languages, limit: 1 };
    const exists = async (entry: number) =>
      (await this.readModels.query<object | undefined>(name, route.query, queryRequest, entry, client)) !==
      undefined;
    if (await exists(0)) return 0;
    if (!(await exists(last))) throw createUnknownIdProblem(query, last);
    let [absent, present] = [0, last];
    while (present - absent > 1) {
      const middle = Math.floor((absent + present) / 2);
      if (await exists(middle)) present = middle;
      else absent = middle;
    }
    return present;
  }
}
