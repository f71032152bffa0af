import type { ServerResponse } from 'node:http';
import { Controller, Get, type OnModuleDestroy, Param, Req, Res } from '@nestjs/common';
import { Book } from '../book.js';
import type { Json } from '../eventsourcing/message.js';
import { canonicalJson } from '../ledger/canonical-json.js';
import { type Entry, recorded } from '../ledger/entry.js';
import { Allow } from './access.js';
import { JsonAnswers } from './json-answers.js';
import { HttpProblem, retryAfter } from './problems.js';
import { asOfOf, assertKnown, integerOf, LIMIT_DEFAULT, LIMIT_MAX, parametersOf } from './question.js';
import { leastEntry, ledgerReached } from './reached.js';
import { header, type Reply, type Request } from './request.js';
import { beginStreaming, drained } from './streaming.js';

/** How often a silent feed says that it is alive, in milliseconds. */
const HEARTBEAT = 15_000;
/** Entries looked at before others get a turn. */
const PAGE = 500;

/** Which facts a reader wants. */
type Filter = { readonly stream: string | undefined; readonly type: string | undefined };

/** The book itself: facts as they were recorded. */
@Controller()
@Allow('read')
export class EventsController implements OnModuleDestroy {
  readonly #feeds = new Set<ServerResponse>();
  #stopping = false;

  constructor(
    private readonly book: Book,
    private readonly jsonAnswers: JsonAnswers,
  ) {}

  /** A feed never ends by itself, and the server waits for all answers before it stops. */
  onModuleDestroy(): void {
    this.#stopping = true;
    for (const feed of this.#feeds) feed.end();
  }

  @Get('events')
  async events(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const given = parametersOf(request);
    assertKnown(given, ['after', 'limit', 'stream', 'type']);
    const filter: Filter = { stream: given.get('stream'), type: given.get('type') };
    const after = integerOf('after', given.get('after'), 0, 0, Number.MAX_SAFE_INTEGER);
    if (request.method === 'GET' && header(request, 'accept')?.includes('text/event-stream'))
      return this.#follow(given.has('after') ? after : undefined, filter, request, reply);
    const limit = integerOf('limit', given.get('limit'), LIMIT_DEFAULT, 1, LIMIT_MAX);
    await ledgerReached(this.book, leastEntry(request));
    const head = this.book.ledger.head().entry;
    const found = await this.#page(after, limit + 1, filter, head);
    const items = found.slice(0, limit);
    const parameters = new URLSearchParams([...given].filter(([name]) => name !== 'after'));
    parameters.set('after', String(items.at(-1)?.entry ?? after));
    const next = found.length > limit ? `/events?${parameters.toString()}` : null;
    await this.jsonAnswers.send(
      request,
      reply,
      { items: items.map(shown), next, entry: head },
      { entry: head, next },
    );
  }

  @Get('events/:id')
  async event(@Param('id') id: string, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    await ledgerReached(this.book, leastEntry(request));
    const entry = this.book.ledger.byId(id.toLowerCase());
    if (!entry) throw new HttpProblem('unknown-id', `The book has no event "${id}".`);
    await this.jsonAnswers.send(request, reply, shown(entry), { entry: entry.entry, isForever: true });
  }

  @Get('streams/:stream')
  async stream(@Param('stream') stream: string, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    const given = parametersOf(request);
    assertKnown(given, ['limit', 'cursor', 'asOf']);
    const { ledger, sequencer } = this.book;
    const limit = integerOf('limit', given.get('limit'), LIMIT_DEFAULT, 1, LIMIT_MAX);
    const cursor = integerOf('cursor', given.get('cursor'), 0, 0, Number.MAX_SAFE_INTEGER);
    const asOf = asOfOf(given.get('asOf'));
    const asked = sequencer.isShared && asOf && 'entry' in asOf ? asOf.entry : 0;
    await ledgerReached(this.book, Math.max(leastEntry(request), asked));
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
    await this.jsonAnswers.send(
      request,
      reply,
      { items: items.map(shown), next, entry: until },
      { entry: until, next },
    );
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
    if (this.#stopping) throw new HttpProblem('stopping', 'The server is stopping.', {}, retryAfter(1));
    const out = beginStreaming(reply, {
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
    });
    this.#feeds.add(out);
    let wake: () => void = () => undefined;
    const heads = sequencer.heads.subscribe(() => wake());
    const heartbeat = setInterval(() => out.write(': alive\n\n'), HEARTBEAT);
    out.once('close', () => wake());
    out.write('retry: 1000\n\n');
    const isOpen = () => !out.destroyed && !out.writableEnded;
    try {
      while (isOpen()) {
        const grown = new Promise<void>((resolve) => (wake = resolve));
        const head = ledger.head().entry;
        const page = await this.#page(position, PAGE, filter, head);
        for (const entry of page) {
          if (!isOpen()) return;
          if (!out.write(`id: ${entry.entry}\ndata: ${canonicalJson(shown(entry))}\n\n`)) await drained(out);
        }
        position = page.length === PAGE ? (page.at(-1)?.entry ?? head) : Math.max(head, position);
        if (page.length < PAGE && isOpen()) await grown;
      }
    } finally {
      this.#feeds.delete(out);
      heads.unsubscribe();
      clearInterval(heartbeat);
      out.end();
    }
  }
}

const shown = (entry: Entry): Json => ({ ...recorded(entry), leaf: entry.leaf.toString('hex') });
