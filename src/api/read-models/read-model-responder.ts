// Answers of read models: as of one entry, named in the headers, with an address that stays true for ever.
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Book } from '../../node/open-node.js';
import { Configuration } from '../../node/configuration.js';
import type { Json } from '../../eventsourcing/message.js';
import { canonicalJson } from '../../json/canonical-json.js';
import type { Page } from '../../read-models/declaration/paginate.js';
import type { Asked, Published, Route } from '../../read-models/declaration/route.js';
import { pinnedAddress, withCursor } from '../shared/permalinks.js';
import { etagOf, JSON_TYPE, sendBody, VARY } from '../../http/etag.js';
import { awaitEntry, awaitRecorded, entryOf, leastEntryOf } from '../shared/as-of.js';
import { acceptedInstantOf, linksOf, linkTo, mementoDatetimeOf } from '../shared/memento.js';
import { forever, rootOf } from '../shared/json-responder.js';
import { HttpProblem } from '../../problems/problems.js';
import { encodeCursor, type Question, questionOf } from '../shared/read-query.js';
import { header, type Reply, type Request } from '../../http/request.js';

/** A question as somebody worded it, with the address and the root of its answer as of the entry when it was last asked. */
type Worded = {
  readonly question: Question;
  readonly links: string;
  entry: number;
  pinned: string;
  root: string;
  /** When the entry was recorded, once somebody asked for the past. */
  datetime: string | undefined;
};
type Rendered = { readonly body: string; readonly etag: string; readonly next: string | null };
/** The entry to answer as of, and whether that is of the past: somebody named it, or a time. */
type State = { readonly entry: number; readonly isMemento: boolean };

/** Characters of answers kept in memory. They never become wrong: an answer is addressed by all it depends on. */
const CACHED_MAX = 32 * 1024 * 1024;
/** Characters of wordings kept in memory. The same words mean the same for a whole day. */
const WORDINGS_MAX = 4 * 1024 * 1024;

@Injectable()
export class Answers {
  readonly #rendered = new LRUCache<string, Rendered>({
    maxSize: CACHED_MAX,
    sizeCalculation: ({ body }, address) => body.length + address.length + 200,
  });

  readonly #worded = new LRUCache<string, Worded>({
    maxSize: WORDINGS_MAX,
    sizeCalculation: (_, wording) => 3 * wording.length + 500,
  });

  constructor(
    private readonly book: Book,
    private readonly configuration: Configuration,
  ) {}

  async answer({ model }: Published, route: Route, request: Request, reply: Reply): Promise<void> {
    const worded = this.#wordedOf(route, request);
    const { question } = worded;
    if (question.version !== undefined && question.version !== model.version)
      throw new HttpProblem(
        'projection-retired',
        `Version ${question.version} of "${model.name}" is not served here, version ${model.version} is.`,
      );
    const { entry, isMemento } = await this.#state(model.name, question, request);
    if (worded.entry !== entry) {
      worded.pinned = pinnedAddress(request.url, route, question, entry, model.version);
      worded.root = rootOf(this.book, entry);
      worded.datetime = undefined;
      worded.entry = entry;
    }
    const { pinned, root } = worded;
    const degraded = this.book.readModels.degraded(model.name, entry);
    let rendered = degraded > 0 ? undefined : this.#rendered.get(pinned);
    if (!rendered) {
      rendered = await this.#render(model.name, route, question, entry, pinned);
      if (degraded === 0) this.#rendered.set(pinned, rendered);
    }

    if (isMemento) worded.datetime ??= mementoDatetimeOf(this.book.ledger, entry);
    reply.headers({
      'ledger-entry': String(entry),
      'ledger-root': root,
      projection: `${model.name}; version=${model.version}`,
      'content-location': pinned,
      link: rendered.next === null ? worded.links : `${worded.links}, ${linkTo(rendered.next, 'next')}`,
      ...(isMemento && worded.datetime !== undefined && { 'memento-datetime': worded.datetime }),
      'cache-control': this.#caching(question, degraded),
      ...(!question.isPinned && { vary: VARY }),
      ...(degraded > 0 && { degraded: String(degraded) }),
    });
    await sendBody(request, reply, JSON_TYPE, rendered.body, rendered.etag);
  }

  /** A question depends on the URL, the languages that are accepted, and what day it is. Throws HttpProblem. */
  #wordedOf(route: Route, request: Request): Worded {
    const today = new Date().toISOString().slice(0, 10);
    const wording = `${today} ${request.url} ${header(request, 'accept-language') ?? ''}`;
    const known = this.#worded.get(wording);
    if (known) return known;
    const question = questionOf(route, request);
    const worded = {
      question,
      links: linksOf(request.url),
      entry: -1,
      pinned: '',
      root: '',
      datetime: undefined,
    };
    this.#worded.set(wording, worded);
    return worded;
  }

  /** Waits for the read model to have it. An address that names its entry is not negotiated. */
  async #state(name: string, { asOf, cursor }: Question, request: Request): Promise<State> {
    const { ledger, readModels } = this.book;
    const least = leastEntryOf(request);
    let asked = entryOf(ledger, asOf) ?? cursor?.entry;
    if (cursor && asked !== cursor.entry)
      throw new HttpProblem(
        'invalid-cursor',
        `The cursor belongs to entry ${cursor.entry}, but asOf says ${asked}.`,
      );
    if (asked === undefined) {
      const instant = acceptedInstantOf(request);
      asked = instant === undefined ? undefined : ledger.entryAt(instant);
    } else if (asked > readModels.checkpoint(name)) await awaitRecorded(this.book, asked);
    await awaitEntry(this.book, [name], Math.max(least, asked ?? 0));
    return { entry: asked ?? readModels.checkpoint(name), isMemento: asked !== undefined };
  }

  async #render(
    name: string,
    route: Route,
    question: Question,
    entry: number,
    pinned: string,
  ): Promise<Rendered> {
    const { path, filters, day, languages, limit, cursor } = question;
    const asked: Asked = { path, filters, day, languages, limit, ...(cursor && { after: cursor.after }) };
    const found = await this.#ask(name, route, asked, entry);
    if (found === undefined)
      throw new HttpProblem('unknown-id', `As of entry ${entry}, the book does not know this id.`);
    if (!route.list) return rendered(found as Json, null);
    const { items, next } = found as Page<object>;
    const following = next && withCursor(pinned, encodeCursor({ entry, after: next }));
    return rendered({ items: items as readonly Json[], next: following, entry }, following);
  }

  async #ask(name: string, route: Route, asked: Asked, entry: number): Promise<object | undefined> {
    try {
      return await this.book.readModels.ask<object | undefined>(name, route.query, asked, entry);
    } catch (error) {
      // By name, since it may come from another thread.
      if (!asked.after || (error as Error).name !== 'RangeError') throw error;
      throw new HttpProblem('invalid-cursor', 'The cursor was made by another list.');
    }
  }

  #caching({ isPinned }: Question, degraded: number): string {
    if (degraded > 0) return 'no-store';
    if (!isPinned) return 'no-cache';
    return forever(this.configuration);
  }
}

const rendered = (value: Json, next: string | null): Rendered => {
  const body = canonicalJson(value);
  return { body, etag: etagOf(body), next };
};
