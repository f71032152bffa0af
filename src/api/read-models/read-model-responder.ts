// Answers of read models: as of one entry, named in the headers, with an address that stays true for ever.
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { OpenedNode } from '../../node/open-node.js';
import { Configuration } from '../../node/configuration.js';
import type { Json } from '../../json/json.js';
import { canonicalJson } from '../../json/canonical-json.js';
import type { Page } from '../../read-models/declaration/paginate.js';
import type { QueryRequest, PublishedReadModel, Route } from '../../read-models/declaration/route.js';
import { createPermalink, setCursor } from '../shared/permalinks.js';
import { createETag, JSON_TYPE, sendBody, VARY } from '../../http/etag.js';
import { waitForReadModels, waitForRecordedEntry, resolveAsOf, getMinimumEntry } from '../shared/as-of.js';
import {
  parseAcceptDatetime,
  formatMementoLinks,
  formatLink,
  getMementoDatetime,
} from '../shared/memento.js';
import { getImmutableCacheControl, getTreeRoot } from '../shared/json-responder.js';
import { ProblemError } from '../../problems/problem-error.js';
import { encodeCursor, type ReadQuery, parseReadQuery } from '../shared/read-query.js';
import { getHeader, type Reply, type Request } from '../../http/request.js';

/** A question as somebody worded it, with the address and the root of its answer as of the entry when it was last asked. */
type CachedQuery = {
  readonly question: ReadQuery;
  readonly links: string;
  entry: number;
  pinned: string;
  root: string;
  /** When the entry was recorded, once somebody asked for the past. */
  datetime: string | undefined;
};
type RenderedBody = { readonly body: string; readonly etag: string; readonly next: string | null };
/** The entry to answer as of, and whether that is of the past: somebody named it, or a time. */
type ResolvedEntry = { readonly entry: number; readonly isMemento: boolean };

/** Characters of answers kept in memory. They never become wrong: an answer is addressed by all it depends on. */
const BODY_CACHE_MAX_CHARACTERS = 32 * 1024 * 1024;
/** Characters of wordings kept in memory. The same words mean the same for a whole day. */
const QUERY_CACHE_MAX_CHARACTERS = 4 * 1024 * 1024;

@Injectable()
export class ReadModelResponder {
  readonly #bodyCache = new LRUCache<string, RenderedBody>({
    maxSize: BODY_CACHE_MAX_CHARACTERS,
    sizeCalculation: ({ body }, address) => body.length + address.length + 200,
  });

  readonly #queryCache = new LRUCache<string, CachedQuery>({
    maxSize: QUERY_CACHE_MAX_CHARACTERS,
    sizeCalculation: (_, wording) => 3 * wording.length + 500,
  });

  constructor(
    private readonly book: OpenedNode,
    private readonly configuration: Configuration,
  ) {}

  async respond({ model }: PublishedReadModel, route: Route, request: Request, reply: Reply): Promise<void> {
    const worded = this.#parseQuery(route, request);
    const { question } = worded;
    if (question.version !== undefined && question.version !== model.version)
      throw new ProblemError(
        'projection-retired',
        `Version ${question.version} of "${model.name}" is not served here, version ${model.version} is.`,
      );
    const { entry, isMemento } = await this.#resolveEntry(model.name, question, request);
    if (worded.entry !== entry) {
      worded.pinned = createPermalink(request.url, route, question, entry, model.version);
      worded.root = getTreeRoot(this.book, entry);
      worded.datetime = undefined;
      worded.entry = entry;
    }
    const { pinned, root } = worded;
    const degraded = this.book.readModels.countParkedStreams(model.name, entry);
    let rendered = degraded > 0 ? undefined : this.#bodyCache.get(pinned);
    if (!rendered) {
      rendered = await this.#render(model.name, route, question, entry, pinned);
      if (degraded === 0) this.#bodyCache.set(pinned, rendered);
    }

    if (isMemento) worded.datetime ??= getMementoDatetime(this.book.ledger, entry);
    reply.headers({
      'ledger-entry': String(entry),
      'ledger-root': root,
      projection: `${model.name}; version=${model.version}`,
      'content-location': pinned,
      link: rendered.next === null ? worded.links : `${worded.links}, ${formatLink(rendered.next, 'next')}`,
      ...(isMemento && worded.datetime !== undefined && { 'memento-datetime': worded.datetime }),
      'cache-control': this.#getCacheControl(question, degraded),
      ...(!question.isPinned && { vary: VARY }),
      ...(degraded > 0 && { degraded: String(degraded) }),
    });
    await sendBody(request, reply, JSON_TYPE, rendered.body, rendered.etag);
  }

  /** A question depends on the URL, the languages that are accepted, and what day it is. Throws ProblemError. */
  #parseQuery(route: Route, request: Request): CachedQuery {
    const today = new Date().toISOString().slice(0, 10);
    const wording = `${today} ${request.url} ${getHeader(request, 'accept-language') ?? ''}`;
    const known = this.#queryCache.get(wording);
    if (known) return known;
    const question = parseReadQuery(route, request);
    const worded = {
      question,
      links: formatMementoLinks(request.url),
      entry: -1,
      pinned: '',
      root: '',
      datetime: undefined,
    };
    this.#queryCache.set(wording, worded);
    return worded;
  }

  /** Waits for the read model to have it. An address that names its entry is not negotiated. */
  async #resolveEntry(name: string, { asOf, cursor }: ReadQuery, request: Request): Promise<ResolvedEntry> {
    const { ledger, readModels } = this.book;
    const least = getMinimumEntry(request);
    let asked = resolveAsOf(ledger, asOf) ?? cursor?.entry;
    if (cursor && asked !== cursor.entry)
      throw new ProblemError(
        'invalid-cursor',
        `The cursor belongs to entry ${cursor.entry}, but asOf says ${asked}.`,
      );
    if (asked === undefined) {
      const instant = parseAcceptDatetime(request);
      asked = instant === undefined ? undefined : ledger.findEntryByTime(instant);
    } else if (asked > readModels.position(name)) await waitForRecordedEntry(this.book, asked);
    await waitForReadModels(this.book, [name], Math.max(least, asked ?? 0));
    return { entry: asked ?? readModels.position(name), isMemento: asked !== undefined };
  }

  async #render(
    name: string,
    route: Route,
    question: ReadQuery,
    entry: number,
    pinned: string,
  ): Promise<RenderedBody> {
    const { path, filters, day, languages, limit, cursor } = question;
    const asked: QueryRequest = {
      path,
      filters,
      day,
      languages,
      limit,
      ...(cursor && { after: cursor.after }),
    };
    const found = await this.#query(name, route, asked, entry);
    if (found === undefined)
      throw new ProblemError('unknown-id', `As of entry ${entry}, the book does not know this id.`);
    if (!route.list) return renderBody(found as Json, null);
    const { items, next } = found as Page<object>;
    const following = next && setCursor(pinned, encodeCursor({ entry, after: next }));
    return renderBody({ items: items as readonly Json[], next: following, entry }, following);
  }

  async #query(name: string, route: Route, asked: QueryRequest, entry: number): Promise<object | undefined> {
    try {
      return await this.book.readModels.query<object | undefined>(name, route.query, asked, entry);
    } catch (error) {
      // By name, since it may come from another thread.
      if (!asked.after || (error as Error).name !== 'RangeError') throw error;
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
