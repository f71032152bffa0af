// From the ledger into the files, batch by batch. Files at the same entry share what was read.
import { getEffectiveHistory } from '../../eventsourcing/amendments.js';
import { DamagedEntryError } from '../../ledger/entry.js';
import type { Ledger } from '../../ledger/ledger.js';
import type { EventReader } from '../../ledger/event-reader.js';
import type { StreamHistory, ReadModelWriter, ParkedStream } from './read-model-writer.js';
import { readEntries, type EntryBatch, splitIntoBatches, getEventTypes } from './entry-batches.js';

/** What became of one file's share of a batch: folded and committed, or thrown away because of `error`. */
export type BatchOutcome = {
  readonly file: ReadModelWriter;
  readonly parked: readonly ParkedStream[];
  readonly error?: unknown;
};

export class Projector {
  readonly #ledger: Ledger;
  readonly #read: EventReader;
  readonly #batchSize: number;
  #damage: DamagedEntryError | undefined;
  /** The last entry that can be folded: Infinity unless the ledger is damaged. */
  #lastReadableEntry = Infinity;

  constructor(ledger: Ledger, read: EventReader, batch = 2000) {
    this.#ledger = ledger;
    this.#read = read;
    this.#batchSize = batch;
  }

  /** Why nothing above `ceiling` is folded, once that is known. */
  get damage(): DamagedEntryError | undefined {
    return this.#damage;
  }

  get lastReadableEntry(): number {
    return this.#lastReadableEntry;
  }

  /**
   * Folds one batch into those of the files that are furthest behind `head`, and stops before the next file so
   * that they go on together. Empty if nobody is behind, or only by a group that is not whole yet. Throws if the
   * ledger cannot be read; nothing is folded then.
   */
  projectBatch(files: Iterable<ReadModelWriter>, head: number): readonly BatchOutcome[] {
    const positions = [...files].map(({ entry }) => entry);
    const from = Math.min(...positions);
    const until = Math.min(head, this.#lastReadableEntry, ...positions.filter((entry) => entry > from));
    if (from >= until) return [];
    let stamps: readonly EntryBatch[];
    try {
      stamps = this.#readBatches(from, until);
    } catch (error) {
      if (!(error instanceof DamagedEntryError)) throw error;
      this.#stopBefore(error.entry, error);
      return this.projectBatch(files, head);
    }
    if (stamps.length === 0) return [];
    return this.#applyBatches(
      [...files].filter(({ entry }) => entry === from),
      stamps,
    );
  }

  #readBatches(from: number, until: number): readonly EntryBatch[] {
    const limit = Math.min(this.#batchSize, until - from);
    const { stamps, groupEnd } = splitIntoBatches(this.#ledger.readAfter(from, limit), this.#read);
    // A group that begins the batch and is longer than it is read whole, or left until it is there.
    if (stamps.length > 0 || groupEnd === undefined || groupEnd > until) return stamps;
    return splitIntoBatches(this.#ledger.readAfter(from, groupEnd - from), this.#read).stamps;
  }

  #applyBatches(files: readonly ReadModelWriter[], stamps: readonly EntryBatch[]): readonly BatchOutcome[] {
    const errors = new Map<ReadModelWriter, unknown>();
    let last: EntryBatch | undefined;
    fold: for (const stamp of stamps) {
      let history: StreamHistory | undefined;
      for (const file of files) {
        if (errors.has(file)) continue;
        try {
          file.applyBatch(stamp, () => (history ??= this.#loadHistory(stamp)));
        } catch (error) {
          if (error instanceof DamagedEntryError) {
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
        return { file, parked: last ? file.commit(last.lastEntry, last.leaf) : [] };
      } catch (error) {
        file.rollback();
        return { file, parked: [], error };
      }
    });
  }

  #loadHistory({ stream, revisions }: EntryBatch): StreamHistory {
    const entries = this.#ledger.readStream(stream, 0, revisions);
    const { facts, unreadable } = readEntries(entries, this.#read);
    return {
      types: new Set(getEventTypes(entries, facts)),
      facts: unreadable ? [] : getEffectiveHistory(facts),
      ...(unreadable && { unreadable }),
    };
  }

  #stopBefore(entry: number, damage: DamagedEntryError): void {
    this.#damage = damage;
    this.#lastReadableEntry = entry - 1;
  }
}
