// The findings of an audit: data for programs, and a sentence for people.
import type { SqlRow } from '../read-models/declaration/table-schema.js';

/** What an audit found: a row that is not what a replay leads to, or a damaged file, entry, tile or checkpoint. */
export type Difference = {
  /** The read model; null if it is the ledger itself, or a file that belongs to none. */
  readonly projection: string | null;
  readonly table: string;
  /** The stream and the key of the row; or what names the file, entry, tile or checkpoint. */
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
