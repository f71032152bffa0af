// The findings of an audit: data for programs, and a sentence for people.
import type { SqlRow } from '../read-models/declaration/table-schema.js';

/** A row or entry that is not what a replay leads to. */
export type Difference = {
  /** The read model; null if it is the ledger itself. */
  readonly projection: string | null;
  readonly table: string;
  /** The stream and the key of the row. */
  readonly key: SqlRow;
  /** The entry that opened the row, or that is damaged; null where it is no entry's. */
  readonly entry: number | null;
  /** The row in the file that serves; null if there is none. */
  readonly live: SqlRow | null;
  /** The row that a replay leads to; null if there is none. */
  readonly replayed: SqlRow | null;
  readonly detail: string;
};

/** How many are kept; all are counted. */
const MAX_SHOWN_DIFFERENCES = 1_000;

export class Findings {
  readonly shown: Difference[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The difference is computed only if it is kept. */
  add(difference: () => Difference): void {
    this.#count += 1;
    if (this.shown.length < MAX_SHOWN_DIFFERENCES) this.shown.push(difference());
  }
}
