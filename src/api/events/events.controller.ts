import type { ServerResponse } from 'node:http';
import { Controller, Get, type OnModuleDestroy, Param, Req, Res } from '@nestjs/common';
import { OpenedNode } from '../../node/open-node.js';
import type { Json } from '../../json/json.js';
import { canonicalJson } from '../../json/canonical-json.js';
import { type Entry, toRecordedEvent } from '../../ledger/entry.js';
import { generateExportLines, generateStreamLines } from '../../ledger/export.js';
import { Allow } from '../shared/access.guard.js';
import { VARY } from '../../http/etag.js';
import { waitForLedger, waitForRecordedEntry, resolveAsOf, getMinimumEntry } from '../shared/as-of.js';
import { JsonResponder, getTreeRoot } from '../shared/json-responder.js';
import { ProblemError } from '../../problems/problem-error.js';
import { createReceipt } from '../shared/receipts.js';
import {
  parseAsOf,
  assertKnownParameters,
  parseInteger,
  LIMIT_DEFAULT,
  LIMIT_MAX,
  parseParameters,
} from '../shared/read-query.js';
import { getHeader, type Reply, type Request } from '../../http/request.js';
import { startStreaming, waitForDrain } from '../../http/backpressure.js';

/** How often a silent feed says that it is alive, in milliseconds. */
const HEARTBEAT_MS = 15_000;
/** Entries looked at before others get a turn. */
const PAGE_SIZE = 500;

/** Which facts a reader wants. */
type EventFilter = { readonly stream: string | undefined; readonly type: string | undefined };

/** The book itself: facts as they were recorded. */
@Controller()
@Allow('read')
export class EventsController implements OnModuleDestroy {
  readonly #openFeeds = new Set<ServerResponse>();
  #isStopping = false;

  constructor(
    private readonly book: OpenedNode,
    private readonly jsonResponder: JsonResponder,
  ) {}

  /** A feed never ends by itself, and the server waits for all answers before it stops. */
  onModuleDestroy(): void {
    this.#isStopping = true;
    for (const feed of this.#openFeeds) feed.end();
  }

  @Get('events')
  async listEvents(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const given = parseParameters(request);
    if (acceptsNdjson(request)) return this.#sendExport(given, request, reply);
    assertKnownParameters(given, ['after', 'limit', 'stream', 'type']);
    const filter: EventFilter = { stream: given.get('stream'), type: given.get('type') };
    const after = parseInteger('after', given.get('after'), 0, 0, Number.MAX_SAFE_INTEGER);
    if (request.method === 'GET' && getHeader(request, 'accept')?.includes('text/event-stream'))
      return this.#sendLiveFeed(given.has('after') ? after : undefined, filter, request, reply);
    const limit = parseInteger('limit', given.get('limit'), LIMIT_DEFAULT, 1, LIMIT_MAX);
    await waitForLedger(this.book, getMinimumEntry(request));
    const head = this.book.ledger.getHead().entry;
    const found = await this.#readPage(after, limit + 1, filter, head);
    const items = found.slice(0, limit);
    const parameters = new URLSearchParams([...given].filter(([name]) => name !== 'after'));
    parameters.set('after', String(items.at(-1)?.entry ?? after));
    const next = found.length > limit ? `/events?${parameters.toString()}` : null;
    await this.jsonResponder.send(
      request,
      reply,
      { items: items.map(serializeEntry), next, entry: head },
      { entry: head, next },
    );
  }

  @Get('events/:id')
  async getEvent(@Param('id') id: string, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    await waitForLedger(this.book, getMinimumEntry(request));
    const entry = this.book.ledger.findById(id.toLowerCase());
    if (!entry) throw new ProblemError('unknown-id', `The book has no event "${id}".`);
    await this.jsonResponder.send(request, reply, serializeEntry(entry), {
      entry: entry.entry,
      isImmutable: true,
    });
  }

  @Get('streams/:stream')
  async getStream(
    @Param('stream') stream: string,
    @Req() request: Request,
    @Res() reply: Reply,
  ): Promise<void> {
    const given = parseParameters(request);
    if (acceptsNdjson(request)) return this.#sendStreamExport(stream, given, request, reply);
    assertKnownParameters(given, ['limit', 'cursor', 'asOf']);
    const { ledger } = this.book;
    const limit = parseInteger('limit', given.get('limit'), LIMIT_DEFAULT, 1, LIMIT_MAX);
    const cursor = parseInteger('cursor', given.get('cursor'), 0, 0, Number.MAX_SAFE_INTEGER);
    await waitForLedger(this.book, getMinimumEntry(request));
    const until = resolveAsOf(ledger, parseAsOf(given.get('asOf'))) ?? ledger.getHead().entry;
    await waitForRecordedEntry(this.book, until);
    const found = ledger.readStream(stream, cursor, limit + 1).filter(({ entry }) => entry <= until);
    if (found.length === 0 && cursor === 0)
      throw new ProblemError('unknown-id', `The book has no stream "${stream}".`);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    const next =
      found.length > limit && last
        ? `/streams/${encodeURIComponent(stream)}?${new URLSearchParams({ asOf: String(until), limit: String(limit), cursor: String(last.revision + 1) }).toString()}`
        : null;
    await this.jsonResponder.send(
      request,
      reply,
      { items: items.map(serializeEntry), next, entry: until },
      { entry: until, next },
    );
  }

  /** The whole book up to the head of now, as lines. A part of it would prove nothing, so there are no parts. */
  async #sendExport(given: ReadonlyMap<string, string>, request: Request, reply: Reply): Promise<void> {
    assertKnownParameters(given, []);
    const { ledger, checkpoints } = this.book;
    const { entry: entries } = ledger.getHead();
    const header = { entries, key: checkpoints.verifierKey, root: getTreeRoot(this.book, entries) };
    await this.#sendNdjson(request, reply, entries, generateExportLines(ledger, header));
  }

  /** A whole stream as lines, with the receipt that proves all of it. */
  async #sendStreamExport(
    stream: string,
    given: ReadonlyMap<string, string>,
    request: Request,
    reply: Reply,
  ): Promise<void> {
    assertKnownParameters(given, []);
    const { ledger, checkpoints } = this.book;
    const revision = ledger.getStreamRevision(stream);
    const [last] = revision < 0 ? [] : ledger.readStream(stream, revision, 1);
    if (!last) throw new ProblemError('unknown-id', `The book has no stream "${stream}".`);
    const header = { entries: revision + 1, key: checkpoints.verifierKey, stream };
    const receipt = await createReceipt(this.book, last);
    await this.#sendNdjson(request, reply, last.entry, generateStreamLines(ledger, header, receipt));
  }

  async #sendNdjson(request: Request, reply: Reply, entry: number, pages: Iterable<string>): Promise<void> {
    const out = startStreaming(reply, {
      'content-type': 'application/x-ndjson',
      'ledger-entry': String(entry),
      'ledger-root': getTreeRoot(this.book, entry),
      vary: VARY,
    });
    if (request.method === 'GET')
      for (const lines of pages) {
        if (!out.write(lines)) await waitForDrain(out);
        if (out.destroyed) return;
        await new Promise(setImmediate); // also a client that takes them at once must not keep others waiting
      }
    out.end();
  }

  /** The next entries up to the head that a filter lets through, at most `limit`. */
  async #readPage(
    after: number,
    limit: number,
    { stream, type }: EventFilter,
    head: number,
  ): Promise<Entry[]> {
    const { ledger } = this.book;
    const wanted: Entry[] = [];
    let [entry, revision] = [after, 0];
    for (;;) {
      const page =
        stream === undefined
          ? ledger.readAfter(entry, PAGE_SIZE)
          : ledger.readStream(stream, revision, PAGE_SIZE);
      for (const each of page)
        if (each.entry > after && each.entry <= head && (type === undefined || each.type === type)) {
          wanted.push(each);
          if (wanted.length === limit) return wanted;
        }
      const last = page.at(-1);
      if (!last || page.length < PAGE_SIZE || last.entry >= head) return wanted;
      [entry, revision] = [last.entry, last.revision + 1];
      await new Promise(setImmediate); // a long search must not keep others waiting
    }
  }

  /**
   * Live: what follows an entry (by default, what is recorded from now on), for as long as the client listens. Read
   * from the ledger as fast as the client takes it, so that a slow one costs no memory and misses nothing.
   */
  async #sendLiveFeed(
    after: number | undefined,
    filter: EventFilter,
    request: Request,
    reply: Reply,
  ): Promise<void> {
    const resumed = getHeader(request, 'last-event-id');
    const { ledger, sequencer } = this.book;
    let position =
      resumed === undefined
        ? (after ?? ledger.getHead().entry)
        : parseInteger('Last-Event-ID', resumed, 0, 0, Number.MAX_SAFE_INTEGER);
    if (this.#isStopping) throw new ProblemError('stopping', 'The server is stopping.', {}, 1);
    const out = startStreaming(reply, {
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
    });
    this.#openFeeds.add(out);
    let wake: () => void = () => undefined;
    const heads = sequencer.heads.subscribe(() => wake());
    const heartbeat = setInterval(() => out.write(': alive\n\n'), HEARTBEAT_MS);
    out.once('close', () => wake());
    out.write('retry: 1000\n\n');
    const isOpen = () => !out.destroyed && !out.writableEnded;
    try {
      while (isOpen()) {
        const grown = new Promise<void>((resolve) => (wake = resolve));
        const head = ledger.getHead().entry;
        const page = await this.#readPage(position, PAGE_SIZE, filter, head);
        for (const entry of page) {
          if (!isOpen()) return;
          if (!out.write(`id: ${entry.entry}\ndata: ${canonicalJson(serializeEntry(entry))}\n\n`))
            await waitForDrain(out);
        }
        position = page.length === PAGE_SIZE ? (page.at(-1)?.entry ?? head) : Math.max(head, position);
        if (page.length < PAGE_SIZE && isOpen()) await grown;
      }
    } finally {
      this.#openFeeds.delete(out);
      heads.unsubscribe();
      clearInterval(heartbeat);
      out.end();
    }
  }
}

const acceptsNdjson = (request: Request): boolean =>
  getHeader(request, 'accept')?.includes('application/x-ndjson') ?? false;

const serializeEntry = (entry: Entry): Json => ({
  ...toRecordedEvent(entry),
  leaf: entry.leaf.toString('hex'),
});
