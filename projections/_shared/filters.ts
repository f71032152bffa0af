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
