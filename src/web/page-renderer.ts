// Answers with pages. All that a page shows is as of one entry, which its address can name.
import { Injectable } from '@nestjs/common';
import { PageResponder } from '../api/shared/page-responder.js';
import { AsOfResolver, parseMinimumEntryHeader } from '../api/shared/as-of.js';
import { EventLoopScheduler } from '../api/shared/event-loop-scheduler.js';
import { getTreeRoot } from '../api/shared/ledger-headers.js';
import { identifyQueueClient } from '../api/shared/principal.js';
import { encodeCursor, LIMIT_DEFAULT } from '../api/shared/query-parameters.js';
import {
  createUnknownIdProblem,
  parseReadModelQuery,
  type ReadModelQuery,
} from '../api/shared/read-model-query.js';
import { createETag, sendWithETag, VARY } from '../http/conditional-response.js';
import type { Reply, Request } from '../http/request.js';
import { Ledger } from '../ledger/ledger.js';
import { ProblemError } from '../problems/problem-error.js';
import type { QueryRequest } from '../read-models/declaration/route.js';
import { ReadModels } from '../read-models/read-models.js';
import { HTML_TYPE, renderPage } from './layout.js';
import type { RecordPage, PageContent } from './page.js';
import type { PageState } from './page-state.js';
import { pages } from './pages.js';
import { RecordLookup } from './record-lookup.js';
import { findStops } from './stops.js';
import { getToday } from '../api/shared/today.js';

type Answers = { readonly [name: string]: unknown };
type OpenedPage = {
  readonly page: RecordPage;
  readonly query: ReadModelQuery;
  readonly entry: number;
  readonly answers: Answers;
  readonly facts: unknown;
};

@Injectable()
export class PageRenderer extends PageResponder {
  readonly #pages = new Map(pages.map((page) => [page.path, page]));

  constructor(
    private readonly ledger: Ledger,
    private readonly readModels: ReadModels,
    private readonly asOfResolver: AsOfResolver,
    private readonly turns: EventLoopScheduler,
  ) {
    super();
  }

  async respond(path: string, request: Request, reply: Reply): Promise<void> {
    const page = this.#pages.get(path);
    if (!page) throw new ProblemError('not-acceptable', 'There is no page here.');
    const query = parseReadModelQuery(page.route, request);
    const entry = await this.#resolveEntry(page, query, request);
    const answers = await this.#ask(page, query, entry, request);
    const facts = page.readFacts?.(this.ledger, query, entry, answers as never);
    if (page.readFacts && facts === undefined) throw createUnknownIdProblem(query, entry);
    const opened = { page, query, entry, answers, facts };
    const html = await this.turns.run(() => this.#render(opened, request));
    void reply.headers({
      'ledger-entry': String(entry),
      'ledger-root': getTreeRoot(this.ledger, entry),
      // The next release may show the same state differently.
      'cache-control': this.#countParkedStreams(page, entry) > 0 ? 'no-store' : 'no-cache',
      vary: VARY,
    });
    await sendWithETag(request, reply, HTML_TYPE, html, createETag(html));
  }

  /** Without `asOf` the last entry that every read model of the page has. */
  async #resolveEntry(page: RecordPage, { asOf, cursor }: ReadModelQuery, request: Request): Promise<number> {
    const { asOfResolver, readModels, ledger } = this;
    const names = listReadModels(page);
    const minimum = parseMinimumEntryHeader(request);
    const named = asOfResolver.resolve(asOf) ?? cursor?.entry;
    if (named !== undefined) await asOfResolver.waitForRecordedEntry(named);
    await asOfResolver.waitForReadModels(names, Math.max(minimum, named ?? 0));
    return named ?? Math.min(ledger.getHead().entry, ...names.map((name) => readModels.position(name)));
  }

  /** One after the other, so that one page is one client of the reader threads. */
  async #ask(page: RecordPage, query: ReadModelQuery, entry: number, request: Request): Promise<Answers> {
    const client = identifyQueueClient(request);
    const { path, day, languages, limit } = query;
    const answers: { [name: string]: unknown } = {};
    for (const [name, { model, query: asked, toRequest }] of Object.entries(page.asks)) {
      const own: QueryRequest = { path, filters: {}, day, languages, limit, ...toRequest(query) };
      const answer = await this.readModels.query<unknown>(model, asked, own, entry, client);
      if (answer === undefined) throw createUnknownIdProblem(query, entry);
      answers[name] = answer;
    }
    return answers;
  }

  #render(opened: OpenedPage, request: Request): string {
    const { page, query, entry, answers, facts } = opened;
    const content: PageContent = page.view(answers as never, query, facts as never);
    const { languages, day } = query;
    const names = new RecordLookup(this.readModels, this.ledger, {
      entry,
      languages,
      day: day || getToday(),
    });
    return renderPage(request, {
      ...content,
      ...(page.section !== undefined && { section: page.section }),
      state: this.#createState(opened, request),
      names,
    });
  }

  #createState({ page, query, entry, answers, facts }: OpenedPage, request: Request): PageState {
    const { ledger } = this;
    const streams = page.listStreams?.(answers as never, query) ?? [];
    const isGiven = page.route.day !== undefined && page.route.day in (request.query as object);
    return {
      ...findStops(ledger, { streams, shown: page.listStops?.(facts as never) ?? answers }, entry),
      path: request.url.split('?', 1)[0] ?? '',
      parameters: listParameters(query, request),
      day:
        page.route.day && query.day !== '' ? { name: page.route.day, value: query.day, isGiven } : undefined,
      entry,
      recordedAt: entry === 0 ? null : (ledger.findByNumber(entry)?.recordedAt ?? null),
      head: ledger.getHead().entry,
      isPinned: query.asOf !== undefined || query.cursor !== undefined,
      formats: page.formats ?? ['json'],
      degraded: this.#countParkedStreams(page, entry),
    };
  }

  #countParkedStreams(page: RecordPage, entry: number): number {
    const counts = listReadModels(page).map((name) => this.readModels.countParkedStreams(name, entry));
    return counts.reduce((sum, count) => sum + count, 0);
  }
}

const listReadModels = ({ asks }: RecordPage): readonly string[] => [
  ...new Set(Object.values(asks).map(({ model }) => model)),
];

/** Languages only where the address names them: otherwise each reader has their own. */
function listParameters(
  { filters, languages, limit, cursor }: ReadModelQuery,
  request: Request,
): readonly (readonly [string, string])[] {
  return [
    ...Object.entries(filters),
    ...('lang' in (request.query as object) ? [['lang', languages.join(',') || 'und'] as const] : []),
    ...(limit === LIMIT_DEFAULT ? [] : [['limit', String(limit)] as const]),
    ...(cursor ? [['cursor', encodeCursor(cursor)] as const] : []),
  ];
}
