import { Controller, Get, Req, Res } from '@nestjs/common';
import { Book } from '../../node/open-node.js';
import type { Between, Change } from '../../read-models/reading/version-history.js';
import { Allow } from '../shared/access.guard.js';
import { withQuery } from '../shared/permalinks.js';
import { awaitEntry, awaitRecorded, entryOf, leastEntryOf } from '../shared/as-of.js';
import { JsonAnswers } from '../shared/json-responder.js';
import { HttpProblem } from '../../problems/problems.js';
import {
  asOfOf,
  assertKnown,
  type Cursor,
  cursorOf,
  encodeCursor,
  integerOf,
  invalid,
  LIMIT_DEFAULT,
  LIMIT_MAX,
  parametersOf,
} from '../shared/read-query.js';
import type { Reply, Request } from '../../http/request.js';
import { ChangedRows } from './change-serializer.js';

/** What is asked: `from` is exclusive, `to` inclusive. */
type Asked = {
  readonly from: number;
  readonly to: number;
  /** Sorted. */
  readonly projections: readonly string[];
  readonly limit: number;
  readonly after: Place | undefined;
};
/** Where a row stands in the order of all: by entry, projection, table and key. */
type Place = Required<Pick<Between, 'after'>>['after'] & { readonly projection: string };
type Row = { readonly projection: string; readonly change: Change };

/** What the book says otherwise since an entry, and why. */
@Controller('audit')
export class ChangesController {
  constructor(
    private readonly book: Book,
    private readonly jsonAnswers: JsonAnswers,
  ) {}

  /** By entry, projection, table and key. */
  @Get('changes')
  @Allow('read')
  async changes(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const asked = await this.#asked(request);
    const { from, to, projections, limit } = asked;
    const found = await this.#rows(asked);
    const rows = found.slice(0, limit);
    const last = rows.at(-1);
    const changed = new ChangedRows(this.book.ledger);
    const parameters = new URLSearchParams({ from: String(from), to: String(to) });
    const [only] = projections;
    if (projections.length === 1 && only !== undefined) parameters.set('projection', only);
    if (limit !== LIMIT_DEFAULT) parameters.set('limit', String(limit));
    if (last) parameters.set('cursor', cursorAt(last, to));
    const next = found.length > limit ? withQuery('/audit/changes', parameters) : null;
    const items = rows.map(({ projection, change }) => changed.shown(projection, change));
    const degraded = projections.reduce((sum, name) => sum + this.book.readModels.degraded(name, to), 0);
    await this.jsonAnswers.send(request, reply, { items, next, entry: to }, { entry: to, next, degraded });
  }

  /** Waits for the read models to be there. */
  async #asked(request: Request): Promise<Asked> {
    const { ledger, readModels } = this.book;
    const given = parametersOf(request);
    assertKnown(given, ['from', 'to', 'projection', 'limit', 'cursor']);
    const names = readModels.statuses().map(({ name }) => name);
    const only = given.get('projection');
    if (only !== undefined && !names.includes(only))
      throw invalid('projection', `"projection" must be one of ${names.join(', ')}.`);
    const projections = only === undefined ? names.toSorted() : [only];
    const limit = integerOf('limit', given.get('limit'), LIMIT_DEFAULT, 1, LIMIT_MAX);
    const cursor = cursorOf(given.get('cursor'));
    const [first, last] = [asOfOf(given.get('from'), 'from'), asOfOf(given.get('to'), 'to')];

    await awaitEntry(this.book, projections, leastEntryOf(request));
    const from = entryOf(ledger, first) ?? 0;
    const to = entryOf(ledger, last) ?? cursor?.entry ?? ledger.head().entry;
    await awaitRecorded(this.book, to, 'to');
    if (from > to)
      throw invalid('from', `"from" must not be after "to", but entry ${from} is after entry ${to}.`);
    const after = cursor && placeOf(cursor, { from, to, projections });
    await awaitEntry(this.book, projections, to);
    return { from, to, projections, limit, after };
  }

  /** One more than the limit, if there are more. */
  async #rows({ from, to, projections, limit, after }: Asked): Promise<readonly Row[]> {
    let rows: readonly Row[] = [];
    let until = to;
    for (const projection of projections) {
      const between = { ...sinceOf(projection, from, after), to: until, limit: limit + 1 };
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
function sinceOf(
  projection: string,
  from: number,
  after: Place | undefined,
): Pick<Between, 'from' | 'after'> {
  if (!after) return { from };
  if (projection === after.projection) return { from, after };
  return { from: projection < after.projection ? after.entry : after.entry - 1 };
}

const cursorAt = ({ projection, change: { entry, table, key } }: Row, to: number): string =>
  encodeCursor({ entry: to, after: [entry, projection, table, ...(Object.values(key) as Cursor['after'])] });

/** Throws HttpProblem if the cursor was made by another list. */
function placeOf(
  { entry: made, after }: Cursor,
  { from, to, projections }: Pick<Asked, 'from' | 'to' | 'projections'>,
): Place {
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
    throw new HttpProblem('invalid-cursor', 'The cursor was made by another list.');
  return { entry, projection, table, key };
}
