import { Controller, Get, Req, Res, UseInterceptors } from '@nestjs/common';
import { publishedReadModels } from '../../../projections/index.js';
import { isCalendarDay } from '../../dates/edtf.js';
import { Ledger } from '../../ledger/ledger.js';
import { ReadModels } from '../../read-models/read-models.js';
import type {
  ItemChange,
  ItemChangePage,
  ItemChangePosition,
  ItemChangeRange,
} from '../../read-models/reading/item-changes.js';
import { Allow } from '../shared/access.guard.js';
import { getTreeRoot } from '../shared/ledger-headers.js';
import { changeShape } from '../shared/listed-shapes.js';
import { type StreamedTable, TableSender } from '../shared/table-sender.js';
import { formatAddress } from '../shared/permalinks.js';
import { AsOfResolver, parseMinimumEntryHeader } from '../shared/as-of.js';
import { LedgerAnswer } from '../shared/ledger-answer.js';
import { LedgerAnswerInterceptor } from '../shared/ledger-answer.interceptor.js';
import { ProblemError } from '../../problems/problem-error.js';
import {
  type Cursor,
  createParameterProblem,
  encodeCursor,
  LIMIT_DEFAULT,
  LIMIT_MAX,
  readAsOf,
  readCursor,
  readLimit,
  readText,
} from '../shared/query-parameters.js';
import { defineQueryClass, parseQuery } from '../shared/query.pipe.js';
import { formatPublicPath } from '../../http/public-address.js';
import { VARY } from '../../http/conditional-response.js';
import { getRepresentation } from '../../http/representation.js';
import type { Reply, Request } from '../../http/request.js';
import type { ReaderQueueClient } from '../../read-models/reading/reader-queue.js';
import { identifyQueueClient } from '../shared/principal.js';
import { ChangeSerializer } from './change-serializer.js';
import { getToday } from '../shared/today.js';

class ChangesQuery extends defineQueryClass({
  from: readAsOf,
  to: readAsOf,
  projection: readText,
  limit: readLimit,
  cursor: readCursor,
}) {}

class ChangeTableQuery extends defineQueryClass({ from: readAsOf, to: readAsOf, projection: readText }) {}

/** A query with its entries resolved: `from` is exclusive, `to` inclusive. */
type ResolvedQuery = {
  readonly from: number;
  readonly to: number;
  /** Sorted. */
  readonly projections: readonly string[];
  readonly limit: number;
  readonly after: ChangePosition | undefined;
  /** The day that lists about a day are read on: that of the first page. */
  readonly day: string;
};
/** Where a change is in the order of all: by entry, projection and item. */
type ChangePosition = ItemChangePosition & { readonly projection: string };
type ProjectionChange = { readonly projection: string; readonly change: ItemChange };
type ChangesPage = {
  readonly changes: readonly ProjectionChange[];
  readonly next: ChangePosition | null;
};

/** What the lists show otherwise since an entry, and why. */
@Controller('audit')
@Allow('read')
@UseInterceptors(LedgerAnswerInterceptor)
export class ChangesController {
  constructor(
    private readonly ledger: Ledger,
    private readonly readModels: ReadModels,
    private readonly asOfResolver: AsOfResolver,
    private readonly tables: TableSender,
  ) {}

  /** By entry, projection, list and key. */
  @Get('changes')
  @Allow('read', { representations: ['json', 'csv'] })
  async getChanges(
    @Req() request: Request,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<LedgerAnswer | undefined> {
    if (getRepresentation(request) === 'json') return this.#listChanges(request);
    await this.#sendTable(request, reply);
    return undefined;
  }

  async #listChanges(request: Request): Promise<LedgerAnswer> {
    const query = parseQuery(ChangesQuery, request.query);
    const resolved = await this.#resolve(query, parseMinimumEntryHeader(request));
    const { from, to, projections, limit, day } = resolved;
    const page = await this.#readChanges(resolved, identifyQueueClient(request));
    const serializer = new ChangeSerializer(this.ledger, publishedReadModels, request);
    const parameters = new URLSearchParams({ from: String(from), to: String(to) });
    const [only] = projections;
    if (projections.length === 1 && only !== undefined) parameters.set('projection', only);
    if (limit !== LIMIT_DEFAULT) parameters.set('limit', String(limit));
    if (page.next) parameters.set('cursor', encodeChangeCursor(page.next, to, day));
    const next = page.next && formatAddress(formatPublicPath(request, '/audit/changes'), parameters);
    const items = page.changes.map(({ projection, change }) => serializer.serialize(projection, change));
    const degraded = this.#countParkedStreams(resolved);
    return new LedgerAnswer({ value: { items, next, entry: to }, entry: to, next, degraded });
  }

  /** All pages, with the same limits on the work of each. */
  async #sendTable(request: Request, reply: Reply): Promise<void> {
    const { from: first, to: last, projection } = parseQuery(ChangeTableQuery, request.query);
    const query = { from: first, to: last, projection, limit: LIMIT_MAX };
    const resolved = await this.#resolve(query, parseMinimumEntryHeader(request));
    const { from, to, projections, day } = resolved;
    const degraded = this.#countParkedStreams(resolved);
    const root = getTreeRoot(this.ledger, to);
    const headers = {
      'ledger-entry': String(to),
      'ledger-root': root,
      'cache-control': degraded > 0 ? 'no-store' : 'no-cache',
      vary: VARY,
      ...(degraded > 0 && { degraded: String(degraded) }),
    };
    const table: StreamedTable = {
      columns: changeShape.column,
      pages: this.#readPages(resolved, request),
      name: ['changes', 'entries', from, to],
      headers,
      identity: degraded > 0 ? undefined : `changes ${from} ${day} ${projections.join(',')} ${root}`,
    };
    await this.tables.send(table, request, reply);
  }

  async *#readPages(query: ResolvedQuery, request: Request): AsyncGenerator<readonly object[], undefined> {
    const client = identifyQueueClient(request);
    let after: ChangePosition | undefined;
    do {
      const page = await this.#readChanges({ ...query, after }, client);
      const serializer = new ChangeSerializer(this.ledger, publishedReadModels, request);
      yield page.changes.map(({ projection, change }) => serializer.serialize(projection, change) as object);
      after = page.next ?? undefined;
    } while (after);
  }

  #countParkedStreams({ projections, to }: ResolvedQuery): number {
    return projections.reduce((sum, name) => sum + this.readModels.countParkedStreams(name, to), 0);
  }

  /** Waits until the read models have both entries. Throws ProblemError. */
  async #resolve(
    query: Omit<ChangesQuery, 'cursor'> & Partial<Pick<ChangesQuery, 'cursor'>>,
    minimumEntry: number,
  ): Promise<ResolvedQuery> {
    const { ledger, readModels, asOfResolver } = this;
    const { limit, cursor, projection } = query;
    const names = readModels.statuses().map(({ name }) => name);
    if (projection !== undefined && !names.includes(projection))
      throw createParameterProblem('projection', `"projection" must be one of ${names.join(', ')}.`);
    const projections = projection === undefined ? names.toSorted() : [projection];

    await asOfResolver.waitForReadModels(projections, minimumEntry);
    const from = asOfResolver.resolve(query.from) ?? 0;
    const to = asOfResolver.resolve(query.to) ?? cursor?.entry ?? ledger.getHead().entry;
    await asOfResolver.waitForRecordedEntry(to, 'to');
    if (from > to)
      throw createParameterProblem(
        'from',
        `"from" must not be after "to", but entry ${from} is after entry ${to}.`,
      );
    const parsed = cursor && parseChangeCursor(cursor, { from, to, projections });
    await asOfResolver.waitForReadModels(projections, to);
    return {
      from,
      to,
      projections,
      limit,
      after: parsed?.after,
      day: parsed?.day ?? getToday(),
    };
  }

  /** A page of each read model, merged up to where the first of those ends that have another one. */
  async #readChanges(
    { from, to, projections, limit, after, day }: ResolvedQuery,
    client: ReaderQueueClient,
  ): Promise<ChangesPage> {
    let changes: readonly ProjectionChange[] = [];
    let next: ChangePosition | null = null;
    for (const projection of projections) {
      const range = { ...getRangeStart(projection, from, after), to: next?.entry ?? to, limit, day };
      const page: ItemChangePage = await this.readModels.history(projection, 'changes', range, client);
      // Sorting is stable, and the read models come in order.
      changes = [...changes, ...page.changes.map((change) => ({ projection, change }))].sort(
        (a, b) => a.change.entry - b.change.entry,
      );
      const end = page.next && { ...page.next, projection };
      if (end && (!next || comparePositions(end, next) < 0)) next = end;
      const limitPosition =
        changes.length > limit ? toPosition(changes[limit - 1] as ProjectionChange) : undefined;
      if (limitPosition && (!next || comparePositions(limitPosition, next) < 0)) next = limitPosition;
    }
    const end = next;
    return {
      changes: end ? changes.filter((one) => comparePositions(toPosition(one), end) <= 0) : changes,
      next,
    };
  }
}

const toPosition = ({ projection, change: { entry, item } }: ProjectionChange): ChangePosition => ({
  entry,
  projection,
  item,
});

function comparePositions(a: ChangePosition, b: ChangePosition): number {
  if (a.entry !== b.entry) return a.entry - b.entry;
  if (a.projection !== b.projection) return a.projection < b.projection ? -1 : 1;
  return a.item === b.item ? 0 : a.item < b.item ? -1 : 1;
}

/** From where on a read model has changes that follow a position. */
function getRangeStart(
  projection: string,
  from: number,
  after: ChangePosition | undefined,
): Pick<ItemChangeRange, 'from' | 'after'> {
  if (!after) return { from };
  if (projection === after.projection) return { from, after };
  return { from: projection < after.projection ? after.entry : after.entry - 1 };
}

const encodeChangeCursor = ({ entry, projection, item }: ChangePosition, to: number, day: string): string =>
  encodeCursor({ entry: to, after: [entry, projection, item, day] });

/** Throws ProblemError if the cursor was made by another list. */
function parseChangeCursor(
  { entry: madeFor, after }: Cursor,
  { from, to, projections }: Pick<ResolvedQuery, 'from' | 'to' | 'projections'>,
): { readonly after: ChangePosition; readonly day: string } {
  const [entry, projection, item, day, ...others] = after;
  if (
    madeFor !== to ||
    typeof entry !== 'number' ||
    !(entry >= from && entry <= to) ||
    typeof projection !== 'string' ||
    !projections.includes(projection) ||
    typeof item !== 'string' ||
    typeof day !== 'string' ||
    !isCalendarDay(day) ||
    others.length > 0
  )
    throw new ProblemError('invalid-cursor', 'The cursor was made by another list.');
  return { after: { entry, projection, item }, day };
}
