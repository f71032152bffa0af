// Answers of read models: as of one entry, which the headers name, with an address whose answer never changes.
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Configuration } from '../../node/configuration.js';
import type { Json } from '../../json/json.js';
import { canonicalJson } from '../../json/canonical-json.js';
import type { Page } from '../../read-models/declaration/paginate.js';
import type { QueryRequest, PublishedReadModel, Route } from '../../read-models/declaration/route.js';
import { createPermalink, setCursor } from '../shared/permalinks.js';
import { createETag, JSON_TYPE, sendBody, VARY } from '../../http/etag.js';
import { AsOfResolver, getMinimumEntry } from '../shared/as-of.js';
import { Ledger } from '../../ledger/ledger.js';
import { ReadModels } from '../../read-models/read-models.js';
import {
  parseAcceptDatetime,
  formatMementoLinks,
  formatLink,
  getMementoDatetime,
} from '../shared/memento.js';
import { getImmutableCacheControl, getTreeRoot } from '../shared/ledger-headers.js';
import { ProblemError } from '../../problems/problem-error.js';
import { encodeCursor } from '../shared/query-parameters.js';
import { type ReadQuery, parseReadQuery } from '../shared/read-query.js';
import { getHeader, type Reply, type Request } from '../../http/request.js';

/** A parsed query, with the permalink and the tree root of its answer as of the entry of the last request. */
type CachedQuery = {
  readonly query: ReadQuery;
  readonly links: string;
  entry: number;
  pinned: string;
  root: string;
  /** When the entry was recorded; set by the first request for a memento. */
  datetime: string | undefined;
};
type RenderedBody = { readonly body: string; readonly etag: string; readonly next: string | null };
/** The entry to answer as of, and whether the request named it or a time. */
type ResolvedEntry = { readonly entry: number; readonly isMemento: boolean };

/** Characters of cached bodies. A body never becomes stale: its permalink contains everything it depends on. */
const BODY_CACHE_MAX_CHARACTERS = 32 * 1024 * 1024;
/** Characters of cached queries. The same URL and languages give the same query for a whole day. */
const QUERY_CACHE_MAX_CHARACTERS = 4 * 1024 * 1024;

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

  constructor(
    private readonly ledger: Ledger,
    private readonly readModels: ReadModels,
    private readonly asOfResolver: AsOfResolver,
    private readonly configuration: Configuration,
  ) {}

  async respond({ model }: PublishedReadModel, route: Route, request: Request, reply: Reply): Promise<void> {
    const cached = this.#parseQuery(route, request);
    const { query } = cached;
    if (query.version !== undefined && query.version !== model.version)
      throw new ProblemError(
        'projection-retired',
        `Version ${query.version} of "${model.name}" is not served here, version ${model.version} is.`,
      );
    const { entry, isMemento } = await this.#resolveEntry(model.name, query, request);
    if (cached.entry !== entry) {
      cached.pinned = createPermalink(request.url, route, query, entry, model.version);
      cached.root = getTreeRoot(this.ledger, entry);
      cached.datetime = undefined;
      cached.entry = entry;
    }
    const { pinned, root } = cached;
    const degraded = this.readModels.countParkedStreams(model.name, entry);
    let rendered = degraded > 0 ? undefined : this.#bodyCache.get(pinned);
    if (!rendered) {
      rendered = await this.#render(model.name, route, query, entry, pinned);
      if (degraded === 0) this.#bodyCache.set(pinned, rendered);
    }

    if (isMemento) cached.datetime ??= getMementoDatetime(this.ledger, entry);
    reply.headers({
      'ledger-entry': String(entry),
      'ledger-root': root,
      projection: `${model.name}; version=${model.version}`,
      'content-location': pinned,
      link: rendered.next === null ? cached.links : `${cached.links}, ${formatLink(rendered.next, 'next')}`,
      ...(isMemento && cached.datetime !== undefined && { 'memento-datetime': cached.datetime }),
      'cache-control': this.#getCacheControl(query, degraded),
      ...(!query.isPinned && { vary: VARY }),
      ...(degraded > 0 && { degraded: String(degraded) }),
    });
    await sendBody(request, reply, JSON_TYPE, rendered.body, rendered.etag);
  }

  /** A query depends on the URL, the accepted languages, and the day. Throws ProblemError. */
  #parseQuery(route: Route, request: Request): CachedQuery {
    const today = new Date().toISOString().slice(0, 10);
    const cacheKey = `${today} ${request.url} ${getHeader(request, 'accept-language') ?? ''}`;
    const known = this.#queryCache.get(cacheKey);
    if (known) return known;
    const query = parseReadQuery(route, request);
    const cached = {
      query,
      links: formatMementoLinks(request.url),
      entry: -1,
      pinned: '',
      root: '',
      datetime: undefined,
    };
    this.#queryCache.set(cacheKey, cached);
    return cached;
  }

  /** Waits until the read model has the entry. Accept-Datetime is ignored if the address names an entry. */
  async #resolveEntry(name: string, { asOf, cursor }: ReadQuery, request: Request): Promise<ResolvedEntry> {
    const { ledger, readModels } = this;
    const minimum = getMinimumEntry(request);
    let entry = this.asOfResolver.resolve(asOf) ?? cursor?.entry;
    if (cursor && entry !== cursor.entry)
      throw new ProblemError(
        'invalid-cursor',
        `The cursor belongs to entry ${cursor.entry}, but asOf says ${entry}.`,
      );
    if (entry === undefined) {
      const instant = parseAcceptDatetime(request);
      entry = instant === undefined ? undefined : ledger.findEntryByTime(instant);
    } else if (entry > readModels.position(name)) await this.asOfResolver.waitForRecordedEntry(entry);
    await this.asOfResolver.waitForReadModels([name], Math.max(minimum, entry ?? 0));
    return { entry: entry ?? readModels.position(name), isMemento: entry !== undefined };
  }

  async #render(
    name: string,
    route: Route,
    query: ReadQuery,
    entry: number,
    pinned: string,
  ): Promise<RenderedBody> {
    const { path, filters, day, languages, limit, cursor } = query;
    const queryRequest: QueryRequest = {
      path,
      filters,
      day,
      languages,
      limit,
      ...(cursor && { after: cursor.after }),
    };
    const found = await this.#query(name, route, queryRequest, entry);
    if (found === undefined)
      throw new ProblemError('unknown-id', `As of entry ${entry}, the book does not know this id.`);
    if (!route.list) return renderBody(found as Json, null);
    const { items, next } = found as Page<object>;
    const following = next && setCursor(pinned, encodeCursor({ entry, after: next }));
    return renderBody({ items: items as readonly Json[], next: following, entry }, following);
  }

  async #query(
    name: string,
    route: Route,
    queryRequest: QueryRequest,
    entry: number,
  ): Promise<object | undefined> {
    try {
      return await this.readModels.query<object | undefined>(name, route.query, queryRequest, entry);
    } catch (error) {
      // By name, because the error may come from a worker thread.
      if (!queryRequest.after || (error as Error).name !== 'RangeError') throw error;
      throw new ProblemError('invalid-cursor', 'The cursor was made by another list.');
    }
  }

  #getCacheControl({ isPinned }: ReadQuery, degraded: number): string {
    if (degraded > 0) return 'no-store';
    if (!isPinned) return 'no-cache';
    return getImmutableCacheControl(this.configuration);
  }
}

const renderBody = (value: Json, next: string | null): RenderedBody => {
  const body = canonicalJson(value);
  return { body, etag: createETag(body), next };
};
