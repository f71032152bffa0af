import type { QueryRequest } from '../../src/read-models/declaration/route.js';

/**
 * SQL: `WHERE` with the conditions of the filters that are set, or nothing if none is. `conditions` is by filter name;
 * a condition binds the filter's value by that name.
 */
export function createFilterConditions(
  filters: QueryRequest['filters'],
  conditions: { readonly [filter: string]: string },
): string {
  const wanted = Object.entries(conditions).flatMap(([name, sql]) => (name in filters ? sql : []));
  return wanted.length > 0 ? `WHERE ${wanted.join(' AND ')}` : '';
}

/** SQL for the rows of `t` that have these values, which are bound by their names. */
export const createOnlyConditions = (t: string, only: QueryRequest['only'] = {}): string =>
  Object.keys(only)
    .map((column) => ` AND ${t}."${column}" = @${column}`)
    .join('');

/** The value of a filter for what is not said. */
export const NOT_SAID = 'none';

/** SQL: whether a column has the word of a filter of this name, or none where the filter is for what is not said. */
export const isWordOrNotSaidSql = (column: string, filter: string): string =>
  `(${column} = @${filter} OR (@${filter} = '${NOT_SAID}' AND ${column} IS NULL))`;
