// From the ledger into the files, batch by batch. Files at the same entry share what was read.
import { effectiveHistory } from '../../eventsourcing/amendments.js';
import { DamagedEntry } from '../../ledger/entry.js';
import type { Ledger } from '../../ledger/ledger.js';
import type { Read } from '../../ledger/event-reader.js';
import type { History, ModelFile, Parked } from './read-model-writer.js';
import { readAll, type Stamp, stampsOf, typesOf } from './entry-batches.js';

/** What became of one file's share of a batch: folded and committed, or thrown away because of `error`. */
export type Outcome = {
  readonly file: ModelFile;
  readonly parked: readonly Parked[];
  readonly error?: unknown;
};

export class Folding {
  readonly #ledger: Ledger;
  readonly #read: Read;
  readonly #batch: number;
  #damage: DamagedEntry | undefined;
  /** The last entry that can be folded: Infinity unless the ledger is damaged. */
  #ceiling = Infinity;

  constructor(ledger: Ledger, read: Read, batch = 2000) {
    this.#ledger = ledger;
    this.#read = read;
    this.#batch = batch;
  }

  /** Why nothing above `ceiling` is folded, once that is known. */
  get damage(): DamagedEntry | undefined {
    return this.#damage;
  }

  get ceiling(): number {
    return this.#ceiling;
  }

  /**
   * Folds one batch into those of the files that are furthest behind `head`, and stops before the next file so
   * that they go on together. Empty if nobody is behind, or only by a group that is not whole yet. Throws if the
   * ledger cannot be read; nothing is folded then.
   */
  step(files: Iterable<ModelFile>, head: number): readonly Outcome[] {
    const positions = [...files].map(({ entry }) => entry);
    const from = Math.min(...positions);
    const until = Math.min(head, this.#ceiling, ...positions.filter((entry) => entry > from));
    if (from >= until) return [];
    let stamps: readonly Stamp[];
    try {
      stamps = this.#stamps(from, until);
    } catch (error) {
      if (!(error instanceof DamagedEntry)) throw error;
      this.#stopBefore(error.entry, error);
      return this.step(files, head);
    }
    if (stamps.length === 0) return [];
    return this.#fold(
      [...files].filter(({ entry }) => entry === from),
      stamps,
    );
  }

  #stamps(from: number, until: number): readonly Stamp[] {
    const limit = Math.min(this.#batch, until - from);
    const { stamps, groupEnd } = stampsOf(this.#ledger.after(from, limit), this.#read);
    // A group that begins the batch and is longer than it is read whole, or left until it is there.
    if (stamps.length > 0 || groupEnd === undefined || groupEnd > until) return stamps;
    return stampsOf(this.#ledger.after(from, groupEnd - from), this.#read).stamps;
  }

  #fold(files: readonly ModelFile[], stamps: readonly Stamp[]): readonly Outcome[] {
    const errors = new Map<ModelFile, unknown>();
    let last: Stamp | undefined;
    fold: for (const stamp of stamps) {
      let history: History | undefined;
      for (const file of files) {
        if (errors.has(file)) continue;
        try {
          file.fold(stamp, () => (history ??= this.#history(stamp)));
        } catch (error) {
          if (error instanceof DamagedEntry) {
            // An earlier entry of the stream went bad after it was folded. History is asked for before
            // anything is written, so this stamp left nothing behind in any file.
            this.#stopBefore(stamp.first.entry, error);
            break fold;
          }
          errors.set(file, error);
        }
      }
      last = stamp;
    }
    return files.map((file) => {
      try {
        if (errors.has(file)) throw errors.get(file);
        return { file, parked: last ? file.commit(last.at, last.leaf) : [] };
      } catch (error) {
        file.rollback();
        return { file, parked: [], error };
      }
    });
  }

  #history({ stream, revisions }: Stamp): History {
    const entries = this.#ledger.stream(stream, 0, revisions);
    const { facts, unreadable } = readAll(entries, this.#read);
    return {
      types: new Set(typesOf(entries, facts)),
      facts: unreadable ? [] : effectiveHistory(facts),
      ...(unreadable && { unreadable }),
    };
  }

  #stopBefore(entry: number, damage: DamagedEntry): void {
    this.#damage = damage;
    this.#ceiling = entry - 1;
  }
}
