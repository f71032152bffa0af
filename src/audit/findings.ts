// What an audit found, in a shape that programs read and with a sentence for people.
import type { PlainRow } from '../read-models/declaration/table-schema.js';

/** Something that is not as it must be. */
export type Difference = {
  /** The read model; null if it is the ledger itself. */
  readonly projection: string | null;
  readonly table: string;
  /** Which row it is: its stream and its key. */
  readonly key: PlainRow;
  /** The entry that made the row, or that is damaged; null where no entry is to blame. */
  readonly entry: number | null;
  /** What stands in the file that serves; null if nothing does. */
  readonly live: PlainRow | null;
  /** What a replay leads to; null if to nothing. */
  readonly replayed: PlainRow | null;
  readonly detail: string;
};

/** How many are kept to be shown; all are counted. */
export const MAX_SHOWN_DIFFERENCES = 1_000;

export class Findings {
  readonly shown: Difference[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The difference is worked out only if it is shown. */
  add(difference: () => Difference): void {
    this.#count += 1;
    if (this.shown.length < MAX_SHOWN_DIFFERENCES) this.shown.push(difference());
  }
}
