// Joins two sorted lists in constant memory.
import type { SqlValue } from '../read-models/declaration/view.js';
import type { SqlValues } from '../read-models/declaration/table-schema.js';

export type RowPair = { readonly live: SqlValues | undefined; readonly replayed: SqlValues | undefined };

/** In SQLite's order: null, numbers, then texts by their bytes in UTF-8, which differs from the order of UTF-16. */
function compareValues(a: SqlValue, b: SqlValue): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  if (typeof a === 'number') return typeof b === 'number' ? a - b : -1;
  return typeof b === 'number' ? 1 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/**
 * Rows that are equal in the first `keyLength` values are a pair, whatever their other values; a row that only one list
 * has comes alone. Both lists are sorted by these values.
 */
export function* mergeJoin(
  live: IterableIterator<SqlValues>,
  replayed: IterableIterator<SqlValues>,
  keyLength: number,
): Generator<RowPair> {
  const order = (a: SqlValues, b: SqlValues): number => {
    for (let n = 0; n < keyLength; n++) {
      const order = compareValues(a[n] as SqlValue, b[n] as SqlValue);
      if (order !== 0) return order;
    }
    return 0;
  };
  try {
    let [one, other] = [live.next(), replayed.next()];
    while (!one.done || !other.done) {
      const before = one.done ? 1 : other.done ? -1 : order(one.value, other.value);
      yield {
        live: before <= 0 ? (one.value as SqlValues) : undefined,
        replayed: before >= 0 ? (other.value as SqlValues) : undefined,
      };
      if (before <= 0) one = live.next();
      if (before >= 0) other = replayed.next();
    }
  } finally {
    live.return?.();
    replayed.return?.();
  }
}

export const areRowsEqual = ({ live, replayed }: RowPair): boolean =>
  live !== undefined && replayed !== undefined && live.every((value, n) => value === replayed[n]);
