// Timemaps (RFC 7089, section 5): the mementos of a resource, in pages.
import { Injectable } from '@nestjs/common';
import type { QueryRequest, PublishedReadModel, Route } from '../../read-models/declaration/route.js';
import { createPermalink, removeParameters } from '../shared/permalinks.js';
import { createETag, sendBody, VARY } from '../../http/etag.js';
import { AsOfResolver, getMinimumEntry } from '../shared/as-of.js';
import { Ledger } from '../../ledger/ledger.js';
import { ReadModels } from '../../read-models/read-models.js';
import { getTreeRoot } from '../shared/ledger-headers.js';
import {
  LINK_FORMAT,
  formatLink,
  getMementoDatetime,
  getOriginalAddress,
  TIMEMAP_PREFIX,
} from '../shared/memento.js';
import { ProblemError } from '../../problems/problem-error.js';
import { parseParameters, readCount } from '../shared/query-parameters.js';
import { getRouteParameters, type ReadQuery, parseReadQuery } from '../shared/read-query.js';
import type { Reply, Request } from '../../http/request.js';

/** Mementos per page. */
const PAGE_SIZE = 500;

/** The parameters of a timemap: those of its original resource, and the entry after which the page begins. */
const getTimemapParameters = (route: Route): readonly string[] => [
  ...getRouteParameters(route).filter((name) => !['asOf', 'v', 'cursor'].includes(name)),
  'after',
];

@Injectable()
export class TimemapResponder {
  constructor(
    private readonly ledger: Ledger,
    private readonly readModels: ReadModels,
    private readonly asOfResolver: AsOfResolver,
  ) {}

  /**
   * Lists a permalink for each entry at which a row of the read model changed, from the first entry at which the resource
   * exists: no state is missing, but two neighbors may be equal.
   */
  async respond({ model }: PublishedReadModel, route: Route, request: Request, reply: Reply): Promise<void> {
    const { ledger, readModels } = this;
    const query = parseReadQuery(route, request, getTimemapParameters(route));
    const after = readCount(parseParameters(request.query).get('after'), 'after') ?? 0;
    await this.asOfResolver.waitForReadModels([model.name], getMinimumEntry(request));
    await this.asOfResolver.waitForRecordedEntry(after, 'after');
    const to = readModels.position(model.name);
    const from = Math.max(after, (await this.#findFirstKnownEntry(model.name, route, query, to)) - 1);
    const found = await readModels.history(model.name, 'entries', { from, to, limit: PAGE_SIZE + 1 });
    const entries = found.slice(0, PAGE_SIZE);

    const original = getOriginalAddress(removeParameters(request.url, ['after'])).slice(
      TIMEMAP_PREFIX.length,
    );
    const timemap = (after: number): string =>
      after === 0
        ? `${TIMEMAP_PREFIX}${original}`
        : `${TIMEMAP_PREFIX}${original}${original.includes('?') ? '&' : '?'}after=${after}`;
    const datetimes = entries.map((entry) => getMementoDatetime(ledger, entry) ?? '');
    const span = { ...(datetimes[0] && { from: datetimes[0], until: datetimes.at(-1) ?? '' }) };
    const isLast = found.length <= PAGE_SIZE;
    const next = isLast ? undefined : timemap(entries.at(-1) ?? to);
    const links = [
      formatLink(original, 'original timegate'),
      formatLink(timemap(after), 'self', { type: LINK_FORMAT, ...span }),
      ...(next === undefined ? [] : [formatLink(next, 'timemap next', { type: LINK_FORMAT })]),
      ...entries.map((entry, n) =>
        formatLink(
          createPermalink(original, route, query, entry, model.version),
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
      ...(next !== undefined && { link: formatLink(next, 'next', { type: LINK_FORMAT }) }),
    });
    await sendBody(request, reply, LINK_FORMAT, body, createETag(body));
  }

  /** The first entry, up to the last, at which the query has a result (binary search). Throws ProblemError if it has none at the last. */
  async #findFirstKnownEntry(name: string, route: Route, query: ReadQuery, last: number): Promise<number> {
    const { path, filters, day, languages } = query;
    const queryRequest: QueryRequest = { path, filters, day, languages, limit: 1 };
    const exists = async (entry: number) =>
      (await this.readModels.query<object | undefined>(name, route.query, queryRequest, entry)) !== undefined;
    if (await exists(0)) return 0;
    if (!(await exists(last)))
      throw new ProblemError('unknown-id', `As of entry ${last}, the book does not know this id.`);
    let [absent, present] = [0, last];
    while (present - absent > 1) {
      const middle = Math.floor((absent + present) / 2);
      if (await exists(middle)) present = middle;
      else absent = middle;
    }
    return present;
  }
}
