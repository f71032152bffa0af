import { once } from 'node:events';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { Book } from '../book.js';
import { Configuration } from '../configuration.js';
import type { Json } from '../eventsourcing/message.js';
import { canonicalJson } from '../ledger/canonical-json.js';
import { type Entry, recorded } from '../ledger/entry.js';
import { Allow } from './access.js';
import { etagOf, matches } from './conditional.js';
import { HttpProblem } from './problems.js';
import { asOfOf, integerOf, LIMIT_DEFAULT, LIMIT_MAX, parametersOf } from './question.js';
import { header, type Reply, type Request } from './request.js';

/** How often a silent feed says that it is alive, in milliseconds. */
const HEARTBEAT = 15_000;
/** Entries looked at before others get a turn. */
const PAGE = 500;

/** Which facts a reader wants. */
type Filter = { readonly stream: string | undefined; readonly type: string | undefined };

/** The book itself: facts as they were recorded. */
@Controller()
@Allow('read')
export class EventsController {
  constructor(
    private readonly book: Book,
    private readonly configuration: Configuration,
  ) {}

  @Get('events')
  async events(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const given = parametersOf(request);
    for (const name of given.keys())
      if (!['after', 'limit', 'stream', 'type'].includes(name))
        throw new HttpProblem(
          'unknown-parameter',
          `"${name}" is not a parameter here; there are after, limit, stream, type.`,
        );
    const filter: Filter = { stream: given.get('stream'), type: given.get('type') };
    const after = integerOf('after', given.get('after'), 0, 0, Number.MAX_SAFE_INTEGER);
    if (header(request, 'accept')?.includes('text/event-stream'))
      return this.#follow(given.has('after') ? after : undefined, filter, request, reply);
    const limit = integerOf('limit', given.get('limit'), LIMIT_DEFAULT, 1, LIMIT_MAX);
    const head = this.book.ledger.head().entry;
    const found = await this.#page(after, limit + 1, filter, head);
    const items = found.slice(0, limit);
    const parameters = new URLSearchParams([...given].filter(([name]) => name !== 'after'));
    parameters.set('after', String(items.at(-1)?.entry ?? after));
    const next = found.length > limit ? `/events?${parameters.toString()}` : null;
    await this.#send(request, reply, { items: items.map(shown), next, entry: head }, head, next);
  }

  @Get('events/:id')
  async event(@Param('id') id: string, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    const entry = this.book.ledger.byId(id.toLowerCase());
    if (!entry) throw new HttpProblem('unknown-id', `The book has no event "${id}".`);
    await this.#send(request, reply, shown(entry), entry.entry, null, 'max-age=31536000, immutable');
  }

  @Get('streams/:stream')
  async stream(@Param('stream') stream: string, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    const given = parametersOf(request);
    const { ledger } = this.book;
    const limit = integerOf('limit', given.get('limit'), LIMIT_DEFAULT, 1, LIMIT_MAX);
    const cursor = integerOf('cursor', given.get('cursor'), 0, 0, Number.MAX_SAFE_INTEGER);
    const asOf = asOfOf(given.get('asOf'));
    const head = ledger.head().entry;
    const until = asOf === undefined ? head : 'entry' in asOf ? asOf.entry : ledger.entryAt(asOf.instant);
    if (until > head)
      throw new HttpProblem('not-yet', `The book has ${head} entries, asOf asks for entry ${until}.`);
    const found = ledger.stream(stream, cursor, limit + 1).filter(({ entry }) => entry <= until);
    if (found.length === 0 && cursor === 0)
      throw new HttpProblem('unknown-id', `The book has no stream "${stream}".`);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    const next =
      found.length > limit && last
        ? `/streams/${encodeURIComponent(stream)}?${new URLSearchParams({ asOf: String(until), limit: String(limit), cursor: String(last.revision + 1) }).toString()}`
        : null;
    await this.#send(request, reply, { items: items.map(shown), next, entry: until }, until, next);
  }

  async #send(
    request: Request,
    reply: Reply,
    value: Json,
    entry: number,
    next: string | null,
    caching = 'no-cache',
  ): Promise<void> {
    const body = canonicalJson(value);
    const etag = etagOf(body);
    reply.headers({
      'ledger-entry': String(entry),
      etag,
      'cache-control':
        caching === 'no-cache'
          ? caching
          : `${this.configuration.publicReads ? 'public' : 'private'}, ${caching}`,
      ...(next !== null && { link: `<${next}>; rel="next"` }),
    });
    if (matches(header(request, 'if-none-match'), etag)) await reply.code(304).send();
    else await reply.type('application/json; charset=utf-8').send(body);
  }

  /** The next entries up to the head that a filter lets through, at most `limit`. */
  async #page(after: number, limit: number, { stream, type }: Filter, head: number): Promise<Entry[]> {
    const { ledger } = this.book;
    const wanted: Entry[] = [];
    let [entry, revision] = [after, 0];
    for (;;) {
      const page = stream === undefined ? ledger.after(entry, PAGE) : ledger.stream(stream, revision, PAGE);
      for (const each of page)
        if (each.entry > after && each.entry <= head && (type === undefined || each.type === type)) {
          wanted.push(each);
          if (wanted.length === limit) return wanted;
        }
      const last = page.at(-1);
      if (!last || page.length < PAGE || last.entry >= head) return wanted;
      [entry, revision] = [last.entry, last.revision + 1];
      await new Promise(setImmediate); // a long search must not keep others waiting
    }
  }

  /**
   * Live: what follows an entry (by default, what is recorded from now on), for as long as the client listens. Read
   * from the ledger as fast as the client takes it, so that a slow one costs no memory and misses nothing.
   */
  async #follow(after: number | undefined, filter: Filter, request: Request, reply: Reply): Promise<void> {
    const resumed = header(request, 'last-event-id');
    const { ledger, sequencer } = this.book;
    let position =
      resumed === undefined
        ? (after ?? ledger.head().entry)
        : integerOf('Last-Event-ID', resumed, 0, 0, Number.MAX_SAFE_INTEGER);
    reply.hijack();
    const out = reply.raw;
    out.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    let wake: () => void = () => undefined;
    const heads = sequencer.heads.subscribe({ next: () => wake(), complete: () => out.end() });
    const heartbeat = setInterval(() => out.write(': alive\n\n'), HEARTBEAT);
    const closed = once(out, 'close');
    void closed.then(() => wake());
    out.write(`retry: 1000\n\n`);
    try {
      while (!out.destroyed && !out.writableEnded) {
        const grown = new Promise<void>((resolve) => (wake = resolve));
        const head = ledger.head().entry;
        const page = await this.#page(position, PAGE, filter, head);
        for (const entry of page) {
          const message = `id: ${entry.entry}\ndata: ${canonicalJson(shown(entry))}\n\n`;
          if (!out.write(message)) await Promise.race([once(out, 'drain'), closed]);
        }
        position = page.length === PAGE ? (page.at(-1)?.entry ?? head) : Math.max(head, position);
        if (page.length < PAGE) await grown;
      }
    } finally {
      heads.unsubscribe();
      clearInterval(heartbeat);
      out.end();
    }
  }
}

const shown = (entry: Entry): Json =>
  ({ ...recorded(entry), leaf: entry.leaf.toString('hex') }) as unknown as Json;
