import { Controller, Get, Req, Res } from '@nestjs/common';
import { OpenedNode } from '../../node/open-node.js';
import type { ChangeRange, RowChange } from '../../read-models/reading/version-history.js';
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

/** What is asked: `from` is exclusive, `to` inclusive. */
type ChangesQuery = {
  readonly from: number;
  readonly to: number;
  /** Sorted. */
  readonly projections: readonly string[];
  readonly limit: number;
  readonly after: ChangeSortKey | undefined;
};
/** Where a row stands in the order of all: by entry, projection, table and key. */
type ChangeSortKey = Required<Pick<ChangeRange, 'after'>>['after'] & { readonly projection: string };
type ProjectionChange = { readonly projection: string; readonly change: RowChange };

/** What the book says otherwise since an entry, and why. */
@Controller('audit')
export class ChangesController {
  constructor(
    private readonly book: OpenedNode,
    private readonly jsonResponder: JsonResponder,
  ) {}

  /** By entry, projection, table and key. */
  @Get('changes')
  @Allow('read')
  async listChanges(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const asked = await this.#parseQuery(request);
    const { from, to, projections, limit } = asked;
    const found = await this.#readChanges(asked);
    const rows = found.slice(0, limit);
    const last = rows.at(-1);
    const changed = new ChangeSerializer(this.book.ledger);
    const parameters = new URLSearchParams({ from: String(from), to: String(to) });
    const [only] = projections;
    if (projections.length === 1 && only !== undefined) parameters.set('projection', only);
    if (limit !== LIMIT_DEFAULT) parameters.set('limit', String(limit));
    if (last) parameters.set('cursor', encodeChangeCursor(last, to));
    const next = found.length > limit ? formatAddress('/audit/changes', parameters) : null;
    const items = rows.map(({ projection, change }) => changed.serialize(projection, change));
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
    const after = cursor && parseChangeSortKey(cursor, { from, to, projections });
    await waitForReadModels(this.book, projections, to);
    return { from, to, projections, limit, after };
  }

  /** One more than the limit, if there are more. */
  async #readChanges({
    from,
    to,
    projections,
    limit,
    after,
  }: ChangesQuery): Promise<readonly ProjectionChange[]> {
    let rows: readonly ProjectionChange[] = [];
    let until = to;
    for (const projection of projections) {
      const between = { ...getRangeStart(projection, from, after), to: until, limit: limit + 1 };
      const changes = await this.book.readModels.history(projection, 'changes', between);
      // Sorting is stable, and the read models come in order.
      rows = [...rows, ...changes.map((change) => ({ projection, change }))]
        .sort((a, b) => a.change.entry - b.change.entry)
        .slice(0, limit + 1);
      // Nobody after this one needs to look further than the page goes.
      if (rows.length > limit) until = rows.at(-1)?.change.entry ?? to;
    }
    return rows;
  }
}

/** From where on a read model has rows that follow a place. */
function getRangeStart(
  projection: string,
  from: number,
  after: ChangeSortKey | undefined,
): Pick<ChangeRange, 'from' | 'after'> {
  if (!after) return { from };
  if (projection === after.projection) return { from, after };
  return { from: projection < after.projection ? after.entry : after.entry - 1 };
}

const encodeChangeCursor = (
  { projection, change: { entry, table, key } }: ProjectionChange,
  to: number,
): string =>
  encodeCursor({ entry: to, after: [entry, projection, table, ...(Object.values(key) as Cursor['after'])] });

/** Throws ProblemError if the cursor was made by another list. */
function parseChangeSortKey(
  { entry: made, after }: Cursor,
  { from, to, projections }: Pick<ChangesQuery, 'from' | 'to' | 'projections'>,
): ChangeSortKey {
  const [entry, projection, table, ...key] = after;
  if (
    made !== to ||
    typeof entry !== 'number' ||
    !(entry > from && entry <= to) ||
    typeof projection !== 'string' ||
    !projections.includes(projection) ||
    typeof table !== 'string' ||
    key.length === 0
  )
    throw new ProblemError('invalid-cursor', 'The cursor was made by another list.');
  return { entry, projection, table, key };
}
