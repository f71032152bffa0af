import { Controller, Get, Req, Res } from '@nestjs/common';
import { isCalendarDay } from '../../dates/edtf.js';
import { OpenedNode } from '../../node/open-node.js';
import type {
  ItemChange,
  ItemChangePage,
  ItemChangePosition,
  ItemChangeRange,
} from '../../read-models/reading/item-history.js';
import { Allow } from '../shared/access.guard.js';
import { formatAddress } from '../shared/permalinks.js';
import { waitForReadModels, waitForRecordedEntry, resolveAsOf, getMinimumEntry } from '../shared/as-of.js';
import { JsonResponder } from '../shared/json-responder.js';
import { ProblemError } from '../../problems/problem-error.js';
import {
  parseAsOf,
  assertKnownParameters,
  type Cursor,
  decodeCursor,
  encodeCursor,
  parseInteger,
  createParameterProblem,
  LIMIT_DEFAULT,
  LIMIT_MAX,
  parseParameters,
} from '../shared/read-query.js';
import type { Reply, Request } from '../../http/request.js';
import { ChangeSerializer } from './change-serializer.js';

/** `from` is exclusive, `to` inclusive. */
type ChangesQuery = {
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
export class ChangesController {
  constructor(
    private readonly book: OpenedNode,
    private readonly jsonResponder: JsonResponder,
  ) {}

  /** By entry, projection, list and key. */
  @Get('changes')
  @Allow('read')
  async listChanges(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const query = await this.#parseQuery(request);
    const { from, to, projections, limit, day } = query;
    const page = await this.#readChanges(query);
    const serializer = new ChangeSerializer(this.book.ledger, this.book.publishedReadModels);
    const parameters = new URLSearchParams({ from: String(from), to: String(to) });
    const [only] = projections;
    if (projections.length === 1 && only !== undefined) parameters.set('projection', only);
    if (limit !== LIMIT_DEFAULT) parameters.set('limit', String(limit));
    if (page.next) parameters.set('cursor', encodeChangeCursor(page.next, to, day));
    const next = page.next && formatAddress('/audit/changes', parameters);
    const items = page.changes.map(({ projection, change }) => serializer.serialize(projection, change));
    const degraded = projections.reduce(
      (sum, name) => sum + this.book.readModels.countParkedStreams(name, to),
      0,
    );
    await this.jsonResponder.send(request, reply, { items, next, entry: to }, { entry: to, next, degraded });
  }

  /** Waits for the read models to be there. */
  async #parseQuery(request: Request): Promise<ChangesQuery> {
    const { ledger, readModels } = this.book;
    const given = parseParameters(request);
    assertKnownParameters(given, ['from', 'to', 'projection', 'limit', 'cursor']);
    const names = readModels.statuses().map(({ name }) => name);
    const only = given.get('projection');
    if (only !== undefined && !names.includes(only))
      throw createParameterProblem('projection', `"projection" must be one of ${names.join(', ')}.`);
    const projections = only === undefined ? names.toSorted() : [only];
    const limit = parseInteger('limit', given.get('limit'), LIMIT_DEFAULT, 1, LIMIT_MAX);
    const cursor = decodeCursor(given.get('cursor'));
    const [first, last] = [parseAsOf(given.get('from'), 'from'), parseAsOf(given.get('to'), 'to')];

    await waitForReadModels(this.book, projections, getMinimumEntry(request));
    const from = resolveAsOf(ledger, first) ?? 0;
    const to = resolveAsOf(ledger, last) ?? cursor?.entry ?? ledger.getHead().entry;
    await waitForRecordedEntry(this.book, to, 'to');
    if (from > to)
      throw createParameterProblem(
        'from',
        `"from" must not be after "to", but entry ${from} is after entry ${to}.`,
      );
    const parsed = cursor && parseChangeCursor(cursor, { from, to, projections });
    await waitForReadModels(this.book, projections, to);
    return {
      from,
      to,
      projections,
      limit,
      after: parsed?.after,
      day: parsed?.day ?? new Date().toISOString().slice(0, 10),
    };
  }

  /** A page of each read model, merged up to where the first of those ends that have another one. */
  async #readChanges({ from, to, projections, limit, after, day }: ChangesQuery): Promise<ChangesPage> {
    let changes: readonly ProjectionChange[] = [];
    let next: ChangePosition | null = null;
    for (const projection of projections) {
      const range = { ...getRangeStart(projection, from, after), to: next?.entry ?? to, limit, day };
      const page: ItemChangePage = await this.book.readModels.history(projection, 'changes', range);
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
  { from, to, projections }: Pick<ChangesQuery, 'from' | 'to' | 'projections'>,
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
