// Timemaps (RFC 7089, section 5): the mementos of a resource, in pages of their own.
import { Injectable } from '@nestjs/common';
import { Book } from '../../node/open-node.js';
import type { Asked, Published, Route } from '../../read-models/declaration/route.js';
import { pinnedAddress, without } from '../shared/permalinks.js';
import { etagOf, sendBody, VARY } from '../../http/etag.js';
import { awaitEntry, leastEntryOf } from '../shared/as-of.js';
import { rootOf } from '../shared/json-responder.js';
import { LINK_FORMAT, linkTo, mementoDatetimeOf, originalOf, TIMEMAP } from '../shared/memento.js';
import { HttpProblem } from '../../problems/problems.js';
import {
  integerOf,
  parametersOf,
  parametersOfRoute,
  type Question,
  questionOf,
} from '../shared/read-query.js';
import type { Reply, Request } from '../../http/request.js';

/** Mementos on a page. */
const PAGE = 500;

/** The parameters of a timemap: those of its original, and the entry that the page follows. */
export const parametersOfTimemap = (route: Route): readonly string[] => [
  ...parametersOfRoute(route).filter((name) => !['asOf', 'v', 'cursor'].includes(name)),
  'after',
];

@Injectable()
export class Timemaps {
  constructor(private readonly book: Book) {}

  /**
   * Lists an address for each entry at which a row of the read model changed, since the resource has been known: none
   * of its states is missing, but two neighbours may say the same.
   */
  async answer({ model }: Published, route: Route, request: Request, reply: Reply): Promise<void> {
    const { ledger, readModels } = this.book;
    const question = questionOf(route, request, parametersOfTimemap(route));
    const after = integerOf('after', parametersOf(request).get('after'), 0, 0, Number.MAX_SAFE_INTEGER);
    await awaitEntry(this.book, [model.name], leastEntryOf(request));
    const to = readModels.checkpoint(model.name);
    const from = Math.max(after, (await this.#knownSince(model.name, route, question, to)) - 1);
    const found = await readModels.history(model.name, 'entries', { from, to, limit: PAGE + 1 });
    const entries = found.slice(0, PAGE);

    const original = originalOf(without(request.url, ['after'])).slice(TIMEMAP.length);
    const timemap = (after: number): string =>
      after === 0
        ? `${TIMEMAP}${original}`
        : `${TIMEMAP}${original}${original.includes('?') ? '&' : '?'}after=${after}`;
    const datetimes = entries.map((entry) => mementoDatetimeOf(ledger, entry) ?? '');
    const span = { ...(datetimes[0] && { from: datetimes[0], until: datetimes.at(-1) ?? '' }) };
    const isLast = found.length <= PAGE;
    const next = isLast ? undefined : timemap(entries.at(-1) ?? to);
    const links = [
      linkTo(original, 'original timegate'),
      linkTo(timemap(after), 'self', { type: LINK_FORMAT, ...span }),
      ...(next === undefined ? [] : [linkTo(next, 'timemap next', { type: LINK_FORMAT })]),
      ...entries.map((entry, n) =>
        linkTo(
          pinnedAddress(original, route, question, entry, model.version),
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
      'ledger-root': rootOf(this.book, to),
      'cache-control': 'no-cache',
      vary: VARY,
      ...(next !== undefined && { link: linkTo(next, 'next', { type: LINK_FORMAT }) }),
    });
    await sendBody(request, reply, LINK_FORMAT, body, etagOf(body));
  }

  /** The first entry of those up to the last at which the query has an answer. Throws HttpProblem if it has none now. */
  async #knownSince(name: string, route: Route, question: Question, last: number): Promise<number> {
    const { path, filters, day, languages } = question;
    const asked: Asked = { path, filters, day, languages, limit: 1 };
    const knows = async (entry: number) =>
      (await this.book.readModels.ask<object | undefined>(name, route.query, asked, entry)) !== undefined;
    if (await knows(0)) return 0;
    if (!(await knows(last)))
      throw new HttpProblem('unknown-id', `As of entry ${last}, the book does not know this id.`);
    let [unknown, known] = [0, last];
    while (known - unknown > 1) {
      const middle = Math.floor((unknown + known) / 2);
      if (await knows(middle)) known = middle;
      else unknown = middle;
    }
    return known;
  }
}
