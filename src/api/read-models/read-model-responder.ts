// Answers of read models: as of one entry, which the headers name, with an address whose answer never changes.
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Configuration } from '../../node/configuration.js';
import type { Json, JsonObject } from '../../json/json.js';
import { canonicalJson } from '../../json/canonical-json.js';
import type { Page } from '../../read-models/declaration/paginate.js';
import { listServerAddresses } from '../../read-models/declaration/shape.js';
import type { ReadModel } from '../../read-models/declaration/read-model.js';
import type { QueryRequest, PublishedReadModel, Route } from '../../read-models/declaration/route.js';
import { createPermalink, setCursor } from '../shared/permalinks.js';
import { createETag, JSON_TYPE, sendWithETag, VARY } from '../../http/conditional-response.js';
import { AsOfResolver, parseMinimumEntryHeader } from '../shared/as-of.js';
import { Ledger } from '../../ledger/ledger.js';
import { ReadModels } from '../../read-models/read-models.js';
import {
  parseAcceptDatetime,
  formatMementoLinks,
  formatLink,
  findMementoDatetime,
} from '../shared/memento.js';
import { getImmutableCacheControl, getTreeRoot } from '../shared/ledger-headers.js';
import { ProblemError } from '../../problems/problem-error.js';
import { encodeCursor, LIMIT_MAX } from '../shared/query-parameters.js';
import {
  createUnknownIdProblem,
  getQueryParameterNames,
  type ReadModelQuery,
  parseReadModelQuery,
} from '../shared/read-model-query.js';
import { addOrigin, formatPublicPath } from '../../http/public-address.js';
import { getHeader, type Reply, type Request } from '../../http/request.js';
import { EventLoopScheduler } from '../shared/event-loop-scheduler.js';
import type { ReaderQueueClient } from '../../read-models/reading/reader-queue.js';
import { identifyQueueClient } from '../shared/principal.js';
import { getToday } from '../shared/today.js';

/** The permalink and the tree root of an answer as of an entry. */
type EntryState = { readonly entry: number; readonly pinned: string; readonly root: string };
/** A parsed query, with the state of the entry that was read last. Shared by all requests for it, so never altered. */
type CachedQuery = {
  readonly cacheKey: string;
  readonly query: ReadModelQuery;
  readonly links: string;
  readonly state: EntryState | undefined;
};
type RenderRequest = {
  readonly model: ReadModel;
  readonly route: Route;
  readonly query: ReadModelQuery;
  readonly client: ReaderQueueClient;
};
type RenderedBody = { readonly body: string; readonly etag: string; readonly next: string | null };
/** A whole list as of one entry: its pages are read as they are taken. */
export type OpenedList = {
  readonly query: ReadModelQuery;
  readonly entry: number;
  readonly namedBy: ResolvedEntry['namedBy'];
  readonly root: string;
  /** Where the address names the entry. */
  readonly mementoDatetime: string | undefined;
  /** How many parked streams the list lacks. */
  readonly degraded: number;
  readonly pages: AsyncIterable<readonly object[]>;
};
/** The entry to answer as of, and whether the address names it, or Accept-Datetime a time; `latest` if neither does. */
type ResolvedEntry = { readonly entry: number; readonly namedBy: 'address' | 'time' | 'latest' };

/** Characters of cached bodies. A body never becomes stale: its permalink contains everything it depends on. */
const BODY_CACHE_MAX_CHARACTERS = 32 * 1024 * 1024;
/** Characters of cached queries. The same URL and languages give the same query for a whole day. */
const QUERY_CACHE_MAX_CHARACTERS = 4 * 1024 * 1024;
const DATETIME_CACHE_ENTRIES_MAX = 1_000;

@Injectable()
export class ReadModelResponder {
  readonly #bodyCache = new LRUCache<string, RenderedBody>({
    maxSize: BODY_CACHE_MAX_CHARACTERS,
    sizeCalculation: ({ body }, address) => body.length + address.length + 200,
  });

  readonly #queryCache = new LRUCache<string, CachedQuery>({
    maxSize: QUERY_CACHE_MAX_CHARACTERS,
    sizeCalculation: (_, cacheKey) => 3 * cacheKey.length + 500,
  });

  /** By entry: the time of an entry never changes, but reading it verifies the entry. */
  readonly #datetimeCache = new LRUCache<number, string>({ max: DATETIME_CACHE_ENTRIES_MAX });

  constructor(
    private readonly ledger: Ledger,
    private readonly readModels: ReadModels,
    private readonly asOfResolver: AsOfResolver,
    private readonly configuration: Configuration,
    private readonly turns: EventLoopScheduler,
  ) {}

  /** Opens a list without limit and cursor. Rejects as `respond` does, or with the first page. */
  async openList({ model }: PublishedReadModel, route: Route, request: Request): Promise<OpenedList> {
    const known = getQueryParameterNames(route).filter((name) => name !== 'limit' && name !== 'cursor');
    const query = parseReadModelQuery(route, request, known);
    assertVersion(model, query);
    const { entry, namedBy } = await this.#resolveEntry(model.name, query, request);
    const rendering = { model, route, query, client: identifyQueueClient(request) };
    return {
      query,
      entry,
      namedBy,
      root: getTreeRoot(this.ledger, entry),
      mementoDatetime: namedBy === 'address' ? this.#getMementoDatetime(entry) : undefined,
      degraded: this.readModels.countParkedStreams(model.name, entry),
      pages: this.#readPages(rendering, entry),
    };
  }

  async *#readPages(request: RenderRequest, entry: number): AsyncGenerator<readonly object[], undefined> {
    const { path, filters, day, languages } = request.query;
    let after: Page<object>['next'] = null;
    do {
      const page = { path, filters, day, languages, limit: LIMIT_MAX, ...(after && { after }) };
      const found: object | undefined = await this.#query(request, page, entry);
      if (found === undefined) throw createUnknownIdProblem(request.query, entry);
      const { items, next } = found as Page<object>;
      yield items;
      after = next;
    } while (after !== null);
  }

  async respond({ model }: PublishedReadModel, route: Route, request: Request, reply: Reply): Promise<void> {
    const cached = this.#parseQuery(route, request);
    const { query } = cached;
    assertVersion(model, query);
    const { entry, namedBy } = await this.#resolveEntry(model.name, query, request);
    const { pinned, root } = this.#getState(cached, entry, () =>
      createPermalink(request.url, route, query, entry, model.version),
    );
    const address = formatPublicPath(request, pinned);
    const degraded = this.readModels.countParkedStreams(model.name, entry);
    let rendered = degraded > 0 ? undefined : this.#bodyCache.get(pinned);
    if (!rendered) {
      rendered = await this.#render(
        { model, route, query, client: identifyQueueClient(request) },
        entry,
        address,
        (path) => formatPublicPath(request, path),
      );
      if (degraded === 0) this.#bodyCache.set(pinned, rendered);
    }

    if (namedBy === 'time') {
      await redirectToMemento(request, reply, { address, links: cached.links });
      return;
    }
    const datetime = namedBy === 'address' ? this.#getMementoDatetime(entry) : undefined;
    const next = rendered.next === null ? [] : [formatLink(addOrigin(request, rendered.next), 'next')];
    reply.headers({
      'ledger-entry': String(entry),
      'ledger-root': root,
      projection: `${model.name}; version=${model.version}`,
      'content-location': address,
      link: [cached.links, ...next].join(', '),
      ...(datetime !== undefined && { 'memento-datetime': datetime }),
      'cache-control': this.#getCacheControl(query, degraded),
      // A pinned address has other representations, too.
      vary: query.isPinned ? 'Accept' : VARY,
      ...(degraded > 0 && { degraded: String(degraded) }),
    });
    await sendWithETag(request, reply, JSON_TYPE, rendered.body, rendered.etag);
  }

  /** A query depends on the URL, the accepted languages, and the day. Throws ProblemError. */
  #parseQuery(route: Route, request: Request): CachedQuery {
    const today = getToday();
    const cacheKey = `${today} ${request.url} ${getHeader(request, 'accept-language') ?? ''}`;
    const known = this.#queryCache.get(cacheKey);
    if (known) return known;
    const query = parseReadModelQuery(route, request);
    const cached = { cacheKey, query, links: formatMementoLinks(request), state: undefined };
    this.#queryCache.set(cacheKey, cached);
    return cached;
  }

  #getState(cached: CachedQuery, entry: number, formatPermalink: () => string): EntryState {
    if (cached.state?.entry === entry) return cached.state;
    const state = { entry, pinned: formatPermalink(), root: getTreeRoot(this.ledger, entry) };
    this.#queryCache.set(cached.cacheKey, { ...cached, state });
    return state;
  }

  #getMementoDatetime(entry: number): string | undefined {
    const known = this.#datetimeCache.get(entry);
    if (known !== undefined) return known;
    const datetime = findMementoDatetime(this.ledger, entry);
    if (datetime !== undefined) this.#datetimeCache.set(entry, datetime);
    return datetime;
  }

  /** Waits until the read model has the entry. Accept-Datetime is ignored if the address names an entry. */
  async #resolveEntry(
    name: string,
    { asOf, cursor }: ReadModelQuery,
    request: Request,
  ): Promise<ResolvedEntry> {
    const { ledger, readModels } = this;
    const minimum = parseMinimumEntryHeader(request);
    let entry = this.asOfResolver.resolve(asOf) ?? cursor?.entry;
    if (cursor && entry !== cursor.entry)
      throw new ProblemError(
        'invalid-cursor',
        `The cursor belongs to entry ${cursor.entry}, but asOf says ${entry}.`,
      );
    let namedBy: ResolvedEntry['namedBy'] = 'address';
    if (entry === undefined) {
      const instant = parseAcceptDatetime(request);
      entry = instant === undefined ? undefined : ledger.findEntryNumberByTime(instant);
      namedBy = instant === undefined ? 'latest' : 'time';
    } else if (entry > readModels.position(name)) await this.asOfResolver.waitForRecordedEntry(entry);
    await this.asOfResolver.waitForReadModels([name], Math.max(minimum, entry ?? 0));
    return { entry: entry ?? readModels.position(name), namedBy };
  }

  /** `address` is the permalink of the answer, to which that of the next page is added. */
  async #render(
    request: RenderRequest,
    entry: number,
    address: string,
    toPublicPath: (path: string) => string,
  ): Promise<RenderedBody> {
    const { model, route, query } = request;
    const { path, filters, day, languages, limit, cursor } = query;
    const queryRequest: QueryRequest = {
      path,
      filters,
      day,
      languages,
      limit,
      ...(cursor && { after: cursor.after }),
    };
    const found = await this.#query(request, queryRequest, entry);
    if (found === undefined) throw createUnknownIdProblem(query, entry);
    // In a piece of work of its own: reader threads may return many results in one turn of the event loop.
    if (!route.list) {
      const answer = model.queries[route.query]?.answer;
      const names = answer && 'record' in answer ? listServerAddresses(answer.record) : [];
      return this.turns.run(() =>
        renderBody(publishAddresses(found as JsonObject, names, toPublicPath), null),
      );
    }
    const { items, next } = found as Page<object>;
    const following = next && setCursor(address, encodeCursor({ entry, after: next }));
    return this.turns.run(() =>
      renderBody({ items: items as readonly Json[], next: following, entry }, following),
    );
  }

  async #query(
    { model: { name }, route, client }: RenderRequest,
    queryRequest: QueryRequest,
    entry: number,
  ): Promise<object | undefined> {
    try {
      return await this.readModels.query<object | undefined>(name, route.query, queryRequest, entry, client);
    } catch (error) {
      // By name, because the error may come from a worker thread.
      if (!queryRequest.after || (error as Error).name !== 'RangeError') throw error;
      throw new ProblemError('invalid-cursor', 'The cursor was made by another list.');
    }
  }

  #getCacheControl({ isPinned }: ReadModelQuery, degraded: number): string {
    if (degraded > 0) return 'no-store';
    if (!isPinned) return 'no-cache';
    return getImmutableCacheControl(this.configuration);
  }
}

/** Throws ProblemError if the query names a version that is not served. */
function assertVersion({ name, version }: PublishedReadModel['model'], query: ReadModelQuery): void {
  if (query.version !== undefined && query.version !== version)
    throw new ProblemError(
      'projection-retired',
      `Version ${query.version} of "${name}" is not served here, version ${version} is.`,
    );
}

/** The memento has the datetime, this answer has none (RFC 7089, section 4.1). Clients in use follow nothing else. */
export const redirectToMemento = (
  request: Request,
  reply: Reply,
  { address, links }: { readonly address: string; readonly links: string },
): Reply =>
  reply
    .code(302)
    .headers({ location: addOrigin(request, address), link: links, 'cache-control': 'no-cache', vary: VARY })
    .send();

/** A record whose members of these names, if they are there, are addresses as clients reach them. */
const publishAddresses = (
  record: JsonObject,
  names: readonly string[],
  toPublicPath: (path: string) => string,
): JsonObject => ({
  ...record,
  ...Object.fromEntries(
    names.flatMap((name) => {
      const address = record[name];
      return typeof address === 'string' ? [[name, toPublicPath(address)]] : [];
    }),
  ),
});

const renderBody = (value: Json, next: string | null): RenderedBody => {
  const body = canonicalJson(value);
  return { body, etag: createETag(body), next };
};
