// Answers of read models: as of one entry, named in the headers, with an address that stays true for ever.
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Book } from '../book.js';
import { Configuration } from '../configuration.js';
import type { Json } from '../eventsourcing/message.js';
import { canonicalJson } from '../ledger/canonical-json.js';
import type { Page } from '../read-models/page.js';
import { NotReadable } from '../read-models/read-models.js';
import type { Asked, Published, Route } from '../read-models/route.js';
import { etagOf, matches, VARY } from './conditional.js';
import { forever, rootOf } from './json-answers.js';
import { HttpProblem, retryAfter } from './problems.js';
import { encodeCursor, LIMIT_DEFAULT, NO_LANGUAGE, type Question, questionOf } from './question.js';
import { leastEntry, WAIT_FOR_ENTRY } from './reached.js';
import { header, type Reply, type Request } from './request.js';

/** A question as somebody worded it, with the address and the root of its answer as of the entry when it was last asked. */
type Worded = { readonly question: Question; entry: number; pinned: string; root: string };
type Rendered = { readonly body: string; readonly etag: string; readonly next: string | null };

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
    const entry = await this.#entry(model.name, question, request);
    if (worded.entry !== entry) {
      worded.pinned = pinnedAddress(request.url, route, question, entry, model.version);
      worded.root = rootOf(this.book, entry);
      worded.entry = entry;
    }
    const { pinned, root } = worded;
    const degraded = this.book.readModels.degraded(model.name, entry);
    let rendered = degraded > 0 ? undefined : this.#rendered.get(pinned);
    if (!rendered) {
      rendered = await this.#render(model.name, route, question, entry, pinned);
      if (degraded === 0) this.#rendered.set(pinned, rendered);
    }

    reply.headers({
      'ledger-entry': String(entry),
      'ledger-root': root,
      projection: `${model.name}; version=${model.version}`,
      'content-location': pinned,
      etag: rendered.etag,
      'cache-control': this.#caching(question, degraded),
      ...(!question.isPinned && { vary: VARY }),
      ...(degraded > 0 && { degraded: String(degraded) }),
      ...(rendered.next !== null && { link: `<${rendered.next}>; rel="next"` }),
    });
    if (matches(header(request, 'if-none-match'), rendered.etag)) await reply.code(304).send();
    else await reply.type('application/json; charset=utf-8').send(rendered.body);
  }

  /** A question depends on the URL, the languages that are accepted, and what day it is. Throws HttpProblem. */
  #wordedOf(route: Route, request: Request): Worded {
    const today = new Date().toISOString().slice(0, 10);
    const wording = `${today} ${request.url} ${header(request, 'accept-language') ?? ''}`;
    const known = this.#worded.get(wording);
    if (known) return known;
    const worded = { question: questionOf(route, request), entry: -1, pinned: '', root: '' };
    this.#worded.set(wording, worded);
    return worded;
  }

  /** The entry to answer as of; waits for the read model to have it. */
  async #entry(name: string, { asOf, cursor }: Question, request: Request): Promise<number> {
    const { ledger, readModels, sequencer } = this.book;
    const least = leastEntry(request);
    const asked =
      asOf === undefined ? cursor?.entry : 'entry' in asOf ? asOf.entry : ledger.entryAt(asOf.instant);
    if (asked !== undefined && cursor && asked !== cursor.entry)
      throw new HttpProblem(
        'invalid-cursor',
        `The cursor belongs to entry ${cursor.entry}, but asOf says ${asked}.`,
      );
    try {
      const checkpoint = readModels.checkpoint(name);
      // In a cluster it may be recorded all the same, and on its way to this node.
      const mustBeHere = asked !== undefined && asked > checkpoint && !sequencer.isShared;
      if (mustBeHere && asked > ledger.head().entry)
        throw new HttpProblem(
          'not-yet',
          `The book has ${ledger.head().entry} entries, asOf asks for entry ${asked}.`,
        );
      const needed = Math.max(least, asked ?? 0);
      if (needed > checkpoint) {
        const behind = await readModels.reached(needed, { timeoutMs: WAIT_FOR_ENTRY, names: [name] });
        if (behind.length > 0 || readModels.checkpoint(name) < needed)
          throw new HttpProblem(
            'not-caught-up',
            `"${name}" has entry ${readModels.checkpoint(name)}, entry ${needed} was asked for.`,
            {},
            retryAfter(1),
          );
      }
      return asked ?? readModels.checkpoint(name);
    } catch (error) {
      if (!(error instanceof NotReadable)) throw error;
      throw new HttpProblem('projection-building', error.message, {}, retryAfter(5));
    }
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

/** The relative address at which this answer, and no other, will always be found. */
function pinnedAddress(
  url: string,
  route: Route,
  question: Question,
  entry: number,
  version: number,
): string {
  const [path = ''] = url.split('?', 1);
  const parameters = new URLSearchParams(question.filters);
  parameters.set('asOf', String(entry));
  if (route.day) parameters.set(route.day, question.day);
  if (route.names) parameters.set('lang', question.languages.join(',') || NO_LANGUAGE);
  if (route.list) {
    if (question.limit !== LIMIT_DEFAULT) parameters.set('limit', String(question.limit));
    if (question.cursor) parameters.set('cursor', encodeCursor(question.cursor));
  }
  parameters.set('v', String(version));
  return `${path}?${parameters.toString().replaceAll('%2C', ',')}`;
}

function withCursor(pinned: string, cursor: string): string {
  const [path = '', query] = pinned.split('?');
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', cursor);
  return `${path}?${parameters.toString().replaceAll('%2C', ',')}`;
}
