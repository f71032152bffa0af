// Lists in pages that stay put while the book grows: the next page follows a row, not a count.
import type { SqlParameters, SqlValue, View } from './read-model.js';

export type PageRequest = {
  /** A SELECT without ORDER BY and LIMIT. */
  readonly sql: string;
  readonly parameters?: SqlParameters;
  /** Result columns of `sql` that order the list, ascending. Together they are unique, and none is ever null. */
  readonly order: readonly string[];
  /** The `order` columns of the last row that was seen. */
  readonly after?: readonly SqlValue[] | undefined;
  readonly limit: number;
};
/** `next` is the `after` of the page that follows; null on the last page. */
export type Page<Row> = { readonly items: readonly Row[]; readonly next: readonly SqlValue[] | null };

/** Throws RangeError if `after` cannot be of this list. */
export function paginate<Row extends object>(view: View, request: PageRequest): Page<Row> {
  const { sql, parameters, order, after, limit } = request;
  if (after && after.length !== order.length)
    throw new RangeError(`This list is ordered by ${order.length} columns, not ${after.length}.`);
  const columns = order.map((column) => `"${column}"`).join(', ');
  const seen = order.map((_, n) => `@after${n}`).join(', ');
  const where = after ? `WHERE (${columns}) > (${seen})` : '';
  const rows = view.all<Row>(`SELECT * FROM (${sql}) ${where} ORDER BY ${columns} LIMIT @limit`, {
    ...parameters,
    ...Object.fromEntries(after?.map((value, n) => [`after${n}`, value]) ?? []),
    limit: limit + 1,
  });
  if (rows.length <= limit) return { items: rows, next: null };
  const items = rows.slice(0, limit);
  const last = items.at(-1) as Readonly<Record<string, SqlValue>> | undefined;
  return { items, next: order.map((column) => last?.[column] ?? null) };
}
