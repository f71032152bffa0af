// Timemaps (RFC 7089, section 5): the mementos of a resource, in pages of their own.
import { Injectable } from '@nestjs/common';
import { OpenedNode } from '../../node/open-node.js';
import type { QueryRequest, PublishedReadModel, Route } from '../../read-models/declaration/route.js';
import { createPermalink, removeParameters } from '../shared/permalinks.js';
import { createETag, sendBody, VARY } from '../../http/etag.js';
import { waitForReadModels, getMinimumEntry } from '../shared/as-of.js';
import { getTreeRoot } from '../shared/json-responder.js';
import {
  LINK_FORMAT,
  formatLink,
  getMementoDatetime,
  getOriginalAddress,
  TIMEMAP_PREFIX,
} from '../shared/memento.js';
import { ProblemError } from '../../problems/problem-error.js';
import {
  parseInteger,
  parseParameters,
  getRouteParameters,
  type ReadQuery,
  parseReadQuery,
} from '../shared/read-query.js';
import type { Reply, Request } from '../../http/request.js';

/** Mementos on a page. */
const PAGE_SIZE = 500;

/** The parameters of a timemap: those of its original, and the entry that the page follows. */
export const getTimemapParameters = (route: Route): readonly string[] => [
  ...getRouteParameters(route).filter((name) => !['asOf', 'v', 'cursor'].includes(name)),
  'after',
];

@Injectable()
export class TimemapResponder {
  constructor(private readonly book: OpenedNode) {}

  /**
   * Lists an address for each entry at which a row of the read model changed, since the resource has been known: none
   * of its states is missing, but two neighbours may say the same.
   */
  async respond({ model }: PublishedReadModel, route: Route, request: Request, reply: Reply): Promise<void> {
    const { ledger, readModels } = this.book;
    const question = parseReadQuery(route, request, getTimemapParameters(route));
    const after = parseInteger('after', parseParameters(request).get('after'), 0, 0, Number.MAX_SAFE_INTEGER);
    await waitForReadModels(this.book, [model.name], getMinimumEntry(request));
    const to = readModels.position(model.name);
    const from = Math.max(after, (await this.#findFirstKnownEntry(model.name, route, question, to)) - 1);
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
          createPermalink(original, route, question, entry, model.version),
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
      'ledger-root': getTreeRoot(this.book, to),
      'cache-control': 'no-cache',
      vary: VARY,
      ...(next !== undefined && { link: formatLink(next, 'next', { type: LINK_FORMAT }) }),
    });
    await sendBody(request, reply, LINK_FORMAT, body, createETag(body));
  }

  /** The first entry of those up to the last at which the query has an answer. Throws ProblemError if it has none now. */
  async #findFirstKnownEntry(name: string, route: Route, question: ReadQuery, last: number): Promise<number> {
    const { path, filters, day, languages } = question;
    const asked: QueryRequest = { path, filters, day, languages, limit: 1 };
    const knows = async (entry: number) =>
      (await this.book.readModels.query<object | undefined>(name, route.query, asked, entry)) !== undefined;
    if (await knows(0)) return 0;
    if (!(await knows(last)))
      throw new ProblemError('unknown-id', `As of entry ${last}, the book does not know this id.`);
    let [unknown, known] = [0, last];
    while (known - unknown > 1) {
      const middle = Math.floor((unknown + known) / 2);
      if (await knows(middle)) known = middle;
      else unknown = middle;
    }
    return known;
  }
}
