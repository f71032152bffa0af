import { Controller, Get, Param, Req, Res, UseInterceptors } from '@nestjs/common';
import { formatPublicPath } from '../../http/public-address.js';
import { getHeader, type Reply, type Request } from '../../http/request.js';
import { addSuffix, getRepresentation } from '../../http/representation.js';
import { CanonicalText } from '../../json/canonical-json.js';
import type { Entry } from '../../ledger/entry.js';
import { type EntryFilter, Ledger } from '../../ledger/ledger.js';
import { shortenText } from '../../errors/shorten-text.js';
import { ProblemError } from '../../problems/problem-error.js';
import { Allow } from '../shared/access.guard.js';
import { AsOfResolver, parseMinimumEntryHeader } from '../shared/as-of.js';
import { PageResponder } from '../shared/page-responder.js';
import { LedgerAnswer } from '../shared/ledger-answer.js';
import { LedgerAnswerInterceptor } from '../shared/ledger-answer.interceptor.js';
import { formatAddress } from '../shared/permalinks.js';
import {
  parseParameters,
  readAsOf,
  readNonNegativeInteger,
  readLimit,
  readText,
} from '../shared/query-parameters.js';
import { defineQueryClass, EmptyQuery, parseQuery } from '../shared/query.pipe.js';
import { LedgerStreamReader } from '../shared/ledger-stream-reader.js';
import { EventTableSender } from './event-table-sender.js';
import { EventScanner } from './event-scanner.js';
import { serializeEntry, serializeEntryPage } from './serialize-entry.js';
import { ExportSender } from './export-sender.js';
import { LiveFeed } from './live-feed.js';

class EventsQuery extends defineQueryClass({
  after: readNonNegativeInteger,
  limit: readLimit,
  stream: readText,
  type: readText,
}) {}

class EventTableQuery extends defineQueryClass({
  after: readNonNegativeInteger,
  stream: readText,
  type: readText,
}) {}

/** The cursor of a stream is its next revision. */
class StreamQuery extends defineQueryClass({
  limit: readLimit,
  cursor: readNonNegativeInteger,
  asOf: readAsOf,
}) {}

/** The events of the ledger as they were recorded. */
@Controller()
@Allow('read')
@UseInterceptors(LedgerAnswerInterceptor)
export class EventsController {
  constructor(
    private readonly ledger: Ledger,
    private readonly asOfResolver: AsOfResolver,
    private readonly scanner: EventScanner,
    private readonly streamReader: LedgerStreamReader,
    private readonly liveFeed: LiveFeed,
    private readonly exportSender: ExportSender,
    private readonly tableSender: EventTableSender,
    private readonly pageResponder: PageResponder,
  ) {}

  @Get('events')
  @Allow('read', { representations: ['json', 'ndjson', 'csv', 'event-stream'] })
  async listEvents(
    @Req() request: Request,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<LedgerAnswer | undefined> {
    switch (getRepresentation(request)) {
      case 'ndjson':
        parseQuery(EmptyQuery, request.query);
        await this.exportSender.sendLedger(request, reply);
        return undefined;
      case 'event-stream':
        await this.#sendLiveFeed(request, reply);
        return undefined;
      case 'csv':
        await this.#sendTable(request, reply);
        return undefined;
      default:
        return this.#listEvents(request);
    }
  }

  /** The page of an event is that of its entry. */
  @Get('events/:id')
  @Allow('read', { representations: ['json', 'html'] })
  async getEvent(
    @Param('id') id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<LedgerAnswer | undefined> {
    await this.asOfResolver.waitForLedger(parseMinimumEntryHeader(request));
    const entry = this.ledger.findById(id.toLowerCase());
    if (!entry) throw new ProblemError('unknown-id', `The book has no event "${id}".`);
    if (getRepresentation(request) === 'html') {
      void reply.code(303).header('location', formatPublicPath(request, `/entries/${entry.entry}`));
      return undefined;
    }
    const value = new CanonicalText(serializeEntry(entry));
    return new LedgerAnswer({ value, entry: entry.entry, immutable: true });
  }

  @Get('entries/:entry')
  @Allow('read', { representations: ['json', 'html'] })
  async getEntry(
    @Param('entry') number: string,
    @Req() request: Request,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<LedgerAnswer | undefined> {
    await this.asOfResolver.waitForLedger(parseMinimumEntryHeader(request));
    const entry = /^[1-9]\d{0,14}$/.test(number) ? this.ledger.findByNumber(Number(number)) : undefined;
    if (!entry) throw new ProblemError('unknown-id', `The book has no entry ${shortenText(number)}.`);
    if (getRepresentation(request) === 'html') {
      await this.pageResponder.respond('/entries/:entry', request, reply);
      return undefined;
    }
    parseQuery(EmptyQuery, request.query);
    const value = new CanonicalText(serializeEntry(entry));
    return new LedgerAnswer({ value, entry: entry.entry, immutable: true });
  }

  @Get('streams/:stream')
  @Allow('read', { representations: ['json', 'ndjson', 'html'] })
  async getStream(
    @Param('stream') stream: string,
    @Req() request: Request,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<LedgerAnswer | undefined> {
    if (getRepresentation(request) === 'json') return this.#listStream(stream, request);
    if (getRepresentation(request) === 'html') {
      await this.pageResponder.respond('/streams/:stream', request, reply);
      return undefined;
    }
    parseQuery(EmptyQuery, request.query);
    await this.exportSender.sendStream(stream, request, reply);
    return undefined;
  }

  async #sendLiveFeed(request: Request, reply: Reply): Promise<void> {
    const { after, stream, type } = parseQuery(EventsQuery, request.query);
    const lastEventId = getLastEventId(request);
    const start = lastEventId ?? after;
    if (start !== undefined)
      await this.asOfResolver.waitForRecordedEntry(
        start,
        lastEventId === undefined ? 'after' : 'Last-Event-ID',
      );
    await this.liveFeed.send(start ?? this.ledger.getHead().entry, { stream, type }, request, reply);
  }

  async #listEvents(request: Request): Promise<LedgerAnswer> {
    const { after = 0, limit, stream, type } = parseQuery(EventsQuery, request.query);
    await this.asOfResolver.waitForLedger(parseMinimumEntryHeader(request));
    await this.asOfResolver.waitForRecordedEntry(after, 'after');
    const head = this.ledger.getHead().entry;
    const { items, position } = await this.#readPage({ stream, type }, { after, limit, head }, request);
    const given = [...parseParameters(request.query)].filter(([name]) => name !== 'after');
    const parameters = new URLSearchParams(given);
    parameters.set('after', String(position));
    const next = position < head ? formatAddress(formatPublicPath(request, '/events'), parameters) : null;
    const value = new CanonicalText(serializeEntryPage(head, items, next));
    return new LedgerAnswer({ value, entry: head, next });
  }

  async #sendTable(request: Request, reply: Reply): Promise<void> {
    const { after = 0, stream, type } = parseQuery(EventTableQuery, request.query);
    await this.asOfResolver.waitForLedger(parseMinimumEntryHeader(request));
    await this.asOfResolver.waitForRecordedEntry(after, 'after');
    await this.tableSender.send({ stream, type }, after, request, reply);
  }

  /** `position` is where the next page begins: the head if there is none. */
  async #readPage(
    filter: EntryFilter,
    { after, limit, head }: { readonly after: number; readonly limit: number; readonly head: number },
    request: Request,
  ): Promise<{ readonly items: readonly Entry[]; readonly position: number }> {
    // With a filter only a further item shows that there is a next page.
    const isFiltered = filter.stream !== undefined || filter.type !== undefined;
    const search = { after, upTo: head, limit: isFiltered ? limit + 1 : limit };
    const { entries, position } = await this.scanner.findPage(filter, search, request);
    const items = entries.slice(0, limit);
    return { items, position: entries.length > limit ? (items.at(-1)?.entry ?? after) : position };
  }

  async #listStream(stream: string, request: Request): Promise<LedgerAnswer> {
    const { limit, cursor = 0, asOf } = parseQuery(StreamQuery, request.query);
    await this.asOfResolver.waitForLedger(parseMinimumEntryHeader(request));
    const until = this.asOfResolver.resolve(asOf) ?? this.ledger.getHead().entry;
    await this.asOfResolver.waitForRecordedEntry(until);
    const { items, hasMore } = await this.streamReader.readPage(stream, { from: cursor, limit, until });
    const last = items.at(-1);
    if (!last && cursor === 0) throw new ProblemError('unknown-id', `The book has no stream "${stream}".`);
    const next =
      hasMore && last
        ? formatAddress(
            formatPublicPath(request, addSuffix(`/streams/${encodeURIComponent(stream)}`)),
            new URLSearchParams({
              asOf: String(until),
              limit: String(limit),
              cursor: String(last.revision + 1),
            }),
          )
        : null;
    const value = new CanonicalText(serializeEntryPage(until, items, next));
    return new LedgerAnswer({ value, entry: until, next });
  }
}

/** The entry after which a client resumes an event stream; undefined for a new one. Throws ProblemError. */
const getLastEventId = (request: Request): number | undefined =>
  readNonNegativeInteger(getHeader(request, 'last-event-id'), 'Last-Event-ID');
