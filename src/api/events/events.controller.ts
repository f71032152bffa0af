import type { ServerResponse } from 'node:http';
import { Controller, Get, type OnModuleDestroy, Param, Req, Res } from '@nestjs/common';
import { Book } from '../../node/open-node.js';
import type { Json } from '../../eventsourcing/message.js';
import { canonicalJson } from '../../json/canonical-json.js';
import { type Entry, recorded } from '../../ledger/entry.js';
import { exportLines, streamLines } from '../../ledger/export.js';
import { Allow } from '../shared/access.guard.js';
import { VARY } from '../../http/etag.js';
import { awaitLedger, awaitRecorded, entryOf, leastEntryOf } from '../shared/as-of.js';
import { JsonAnswers, rootOf } from '../shared/json-responder.js';
import { HttpProblem, retryAfter } from '../../problems/problems.js';
import { receiptOf } from '../shared/receipts.js';
import {
  asOfOf,
  assertKnown,
  integerOf,
  LIMIT_DEFAULT,
  LIMIT_MAX,
  parametersOf,
} from '../shared/read-query.js';
import { header, type Reply, type Request } from '../../http/request.js';
import { beginStreaming, drained } from '../../http/backpressure.js';

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
    if (wantsLines(request)) return this.#export(given, request, reply);
    assertKnown(given, ['after', 'limit', 'stream', 'type']);
    const filter: Filter = { stream: given.get('stream'), type: given.get('type') };
    const after = integerOf('after', given.get('after'), 0, 0, Number.MAX_SAFE_INTEGER);
    if (request.method === 'GET' && header(request, 'accept')?.includes('text/event-stream'))
      return this.#follow(given.has('after') ? after : undefined, filter, request, reply);
    const limit = integerOf('limit', given.get('limit'), LIMIT_DEFAULT, 1, LIMIT_MAX);
    await awaitLedger(this.book, leastEntryOf(request));
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
    await awaitLedger(this.book, leastEntryOf(request));
    const entry = this.book.ledger.byId(id.toLowerCase());
    if (!entry) throw new HttpProblem('unknown-id', `The book has no event "${id}".`);
    await this.jsonAnswers.send(request, reply, shown(entry), { entry: entry.entry, isForever: true });
  }

  @Get('streams/:stream')
  async stream(@Param('stream') stream: string, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    const given = parametersOf(request);
    if (wantsLines(request)) return this.#record(stream, given, request, reply);
    assertKnown(given, ['limit', 'cursor', 'asOf']);
    const { ledger } = this.book;
    const limit = integerOf('limit', given.get('limit'), LIMIT_DEFAULT, 1, LIMIT_MAX);
    const cursor = integerOf('cursor', given.get('cursor'), 0, 0, Number.MAX_SAFE_INTEGER);
    await awaitLedger(this.book, leastEntryOf(request));
    const until = entryOf(ledger, asOfOf(given.get('asOf'))) ?? ledger.head().entry;
    await awaitRecorded(this.book, until);
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

  /** The whole book up to the head of now, as lines. A part of it would prove nothing, so there are no parts. */
  async #export(given: ReadonlyMap<string, string>, request: Request, reply: Reply): Promise<void> {
    assertKnown(given, []);
    const { ledger, checkpoints } = this.book;
    const { entry: entries } = ledger.head();
    const header = { entries, key: checkpoints.verifier, root: rootOf(this.book, entries) };
    await this.#sendLines(request, reply, entries, exportLines(ledger, header));
  }

  /** A whole stream as lines, with the receipt that proves all of it. */
  async #record(
    stream: string,
    given: ReadonlyMap<string, string>,
    request: Request,
    reply: Reply,
  ): Promise<void> {
    assertKnown(given, []);
    const { ledger, checkpoints } = this.book;
    const revision = ledger.revision(stream);
    const [last] = revision < 0 ? [] : ledger.stream(stream, revision, 1);
    if (!last) throw new HttpProblem('unknown-id', `The book has no stream "${stream}".`);
    const header = { entries: revision + 1, key: checkpoints.verifier, stream };
    const receipt = await receiptOf(this.book, last);
    await this.#sendLines(request, reply, last.entry, streamLines(ledger, header, receipt));
  }

  async #sendLines(request: Request, reply: Reply, entry: number, pages: Iterable<string>): Promise<void> {
    const out = beginStreaming(reply, {
      'content-type': 'application/x-ndjson',
      'ledger-entry': String(entry),
      'ledger-root': rootOf(this.book, entry),
      vary: VARY,
    });
    if (request.method === 'GET')
      for (const lines of pages) {
        if (!out.write(lines)) await drained(out);
        if (out.destroyed) return;
        await new Promise(setImmediate); // also a client that takes them at once must not keep others waiting
      }
    out.end();
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

const wantsLines = (request: Request): boolean =>
  header(request, 'accept')?.includes('application/x-ndjson') ?? false;

const shown = (entry: Entry): Json => ({ ...recorded(entry), leaf: entry.leaf.toString('hex') });
