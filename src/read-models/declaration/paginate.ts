// Lists in pages that do not shift while the ledger grows: the next page follows a row, not a count.
import type { SqlParameters, SqlValue, View } from './view.js';

/** How large the rows of a page may be together, in characters. */
const PAGE_CHARACTERS_MAX = 1024 * 1024;

export type PageRequest = {
  /** A SELECT without ORDER BY and LIMIT. */
  readonly sql: string;
  readonly parameters?: SqlParameters;
  /** Result columns of `sql` that order the list, ascending. Together they are unique, and none is ever null. */
  readonly order: readonly string[];
  /** The `order` columns of the last row of the page before. */
  readonly after?: readonly SqlValue[] | undefined;
  /** Values of result columns of `sql`: only the rows that have them are listed. */
  readonly only?: { readonly [column: string]: SqlValue } | undefined;
  readonly limit: number;
};
/** A page may hold fewer rows than its limit. `next` is the `after` of the page that follows; null on the last page. */
export type Page<Row> = { readonly items: readonly Row[]; readonly next: readonly SqlValue[] | null };

/** A page with other items; undefined stays undefined. */
export const mapPage = <Row, Item>(
  page: Page<Row> | undefined,
  toItem: (row: Row) => Item,
): Page<Item> | undefined => page && { ...page, items: page.items.map(toItem) };

/** Throws RangeError if `after` cannot be of this list. */
export function paginate<Row extends object>(view: View, request: PageRequest): Page<Row> {
  const { sql, parameters, order, after, only = {}, limit } = request;
  if (after && after.length !== order.length)
    throw new RangeError(`This list is ordered by ${order.length} columns, not ${after.length}.`);
  const columns = order.map((column) => `"${column}"`).join(', ');
  const conditions = [
    ...(after ? [`(${columns}) > (${order.map((_, n) => `@after${n}`).join(', ')})`] : []),
    ...Object.keys(only).map((column, n) => `"${column}" = @only${n}`),
  ];
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  const { rows: items, hasMore } = view.getPage<Row>(
    `SELECT * FROM (${sql}) ${where} ORDER BY ${columns} LIMIT @limit + 1`,
    {
      ...parameters,
      ...Object.fromEntries(after?.map((value, n) => [`after${n}`, value]) ?? []),
      ...Object.fromEntries(Object.values(only).map((value, n) => [`only${n}`, value])),
      limit,
    },
    limit,
    PAGE_CHARACTERS_MAX,
  );
  if (after)
    assertSameTypes(order, after, items[0] ?? view.get<Row>(`SELECT * FROM (${sql}) LIMIT 1`, parameters));
  if (!hasMore) return { items, next: null };
  const last = items.at(-1) as Readonly<Record<string, SqlValue>> | undefined;
  return { items, next: order.map((column) => last?.[column] ?? null) };
}

/** Throws RangeError if a row of the list shows that `after` was made by another one: SQLite compares any two values. */
function assertSameTypes(
  order: readonly string[],
  after: readonly SqlValue[],
  row: object | undefined,
): void {
  const values = row as Readonly<Record<string, SqlValue>> | undefined;
  if (values && order.some((column, n) => typeof values[column] !== typeof after[n]))
    throw new RangeError(`The columns ${order.join(', ')} of this list have values of other types.`);
}
