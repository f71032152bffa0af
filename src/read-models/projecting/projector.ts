// Projects the ledger into files, batch by batch. Files at the same entry share the entries that were read.
import { getEffectiveHistory } from '../../eventsourcing/amendments.js';
import { DamagedEntryError } from '../../ledger/entry.js';
import type { Ledger } from '../../ledger/ledger.js';
import type { EventReader } from '../../ledger/event-reader.js';
import type { StreamHistory, ReadModelWriter, ParkedStream } from './read-model-writer.js';
import { readEntries, type EntryBatch, splitIntoBatches, getEventTypes } from './entry-batches.js';

/** The result of a batch for one file: projected and committed, or rolled back because of `error`. */
type BatchOutcome = {
  readonly file: ReadModelWriter;
  readonly parked: readonly ParkedStream[];
  readonly error?: unknown;
};

export class Projector {
  readonly #ledger: Ledger;
  readonly #read: EventReader;
  readonly #batchSize: number;
  #damage: DamagedEntryError | undefined;
  /** The last entry that can be projected: Infinity unless the ledger is damaged. */
  #lastReadableEntry = Infinity;

  constructor(ledger: Ledger, read: EventReader, batch = 2000) {
    this.#ledger = ledger;
    this.#read = read;
    this.#batchSize = batch;
  }

  /** Why nothing above `lastReadableEntry` is projected, once that is known. */
  get damage(): DamagedEntryError | undefined {
    return this.#damage;
  }

  get lastReadableEntry(): number {
    return this.#lastReadableEntry;
  }

  /**
   * Projects one batch into the files that are furthest behind `head`, and stops at the position of the next file so
   * that they go on together. Empty if no file is behind, or only by a group that is not complete yet. Throws if the
   * ledger cannot be read; nothing is projected then.
   */
  projectBatch(files: Iterable<ReadModelWriter>, head: number): readonly BatchOutcome[] {
    const positions = [...files].map(({ entry }) => entry);
    const from = Math.min(...positions);
    const until = Math.min(head, this.#lastReadableEntry, ...positions.filter((entry) => entry > from));
    if (from >= until) return [];
    let batches: readonly EntryBatch[];
    try {
      batches = this.#readBatches(from, until);
    } catch (error) {
      if (!(error instanceof DamagedEntryError)) throw error;
      this.#stopBefore(error.entry, error);
      return this.projectBatch(files, head);
    }
    if (batches.length === 0) return [];
    return this.#applyBatches(
      [...files].filter(({ entry }) => entry === from),
      batches,
    );
  }

  #readBatches(from: number, until: number): readonly EntryBatch[] {
    const limit = Math.min(this.#batchSize, until - from);
    const { batches, groupEnd } = splitIntoBatches(this.#ledger.readAfter(from, limit), this.#read);
    // A group that begins the batch and exceeds it is read whole, or left until its last entry is recorded.
    if (batches.length > 0 || groupEnd === undefined || groupEnd > until) return batches;
    return splitIntoBatches(this.#ledger.readAfter(from, groupEnd - from), this.#read).batches;
  }

  #applyBatches(files: readonly ReadModelWriter[], batches: readonly EntryBatch[]): readonly BatchOutcome[] {
    const errors = new Map<ReadModelWriter, unknown>();
    let last: EntryBatch | undefined;
    project: for (const batch of batches) {
      let history: StreamHistory | undefined;
      for (const file of files) {
        if (errors.has(file)) continue;
        try {
          file.applyBatch(batch, () => (history ??= this.#loadHistory(batch)));
        } catch (error) {
          if (error instanceof DamagedEntryError) {
            // An earlier entry of the stream was damaged after it was projected. The history is read before
            // anything is written, so this batch left nothing in any file.
            this.#stopBefore(batch.first.entry, error);
            break project;
          }
          errors.set(file, error);
        }
      }
      last = batch;
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
