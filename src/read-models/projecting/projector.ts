// Projects the ledger into files, batch by batch. Files at the same entry share the entries that were read.
import { DamagedEntryError } from '../../ledger/entry.js';
import type { Ledger } from '../../ledger/ledger.js';
import type { EntryUpcaster } from '../../ledger/entry-upcasting.js';
import { type AmendedFacts, createAmendmentCache, loadAmendedFacts } from './amended-facts.js';
import { type EntryBatch, splitIntoGroups } from './entry-batches.js';
import { TURN_MAX_MS } from '../timeouts.js';
import type { ReadModelWriter, ParkedStream } from './read-model-writer.js';

/** The result of a batch for one file: projected and committed, or rolled back because of `error`. */
type BatchOutcome = {
  readonly file: ReadModelWriter;
  readonly parked: readonly ParkedStream[];
  readonly error?: unknown;
};

type ProjectorOptions = {
  /** How many entries are read at once. */
  readonly batchSize?: number;
  /** After how long a file gives way to the others that are behind; Infinity if nothing waits for one of them alone. */
  readonly turnMs?: number;
  readonly now?: () => number;
};

export class Projector {
  readonly #ledger: Ledger;
  readonly #read: EntryUpcaster;
  readonly #facts: Parameters<typeof loadAmendedFacts>[0];
  readonly #batchSize: number;
  #damage: DamagedEntryError | undefined;
  /** The last entry that can be projected: Infinity unless the ledger is damaged. */
  #lastReadableEntry = Infinity;

  /** The files of the last batch. */
  #projectedLast: ReadonlySet<ReadModelWriter> = new Set();
  readonly #turnMs: number;
  readonly #now: () => number;

  constructor(
    ledger: Ledger,
    read: EntryUpcaster,
    { batchSize = 2000, turnMs = TURN_MAX_MS, now = () => performance.now() }: ProjectorOptions = {},
  ) {
    this.#ledger = ledger;
    this.#read = read;
    this.#facts = { ledger, read, amendments: createAmendmentCache() };
    this.#batchSize = batchSize;
    this.#turnMs = turnMs;
    this.#now = now;
  }

  /** Why nothing above `lastReadableEntry` is projected, once that is known. */
  get damage(): DamagedEntryError | undefined {
    return this.#damage;
  }

  get lastReadableEntry(): number {
    return this.#lastReadableEntry;
  }

  /**
   * Projects one batch into files at one position, and stops at the position of the next file so that they go on together.
   * The files that are furthest behind `head` come first, but not twice in a row while others are behind as well: so a slow
   * one does not hold up the others. Empty if no file is behind, or only by a group that is not complete yet. Throws if the
   * ledger cannot be read; nothing is projected then.
   */
  projectBatch(files: Iterable<ReadModelWriter>, head: number): readonly BatchOutcome[] {
    const all = [...files];
    const others = all.filter((file) => !this.#projectedLast.has(file));
    for (const candidates of [others, all]) {
      const outcomes = this.#projectFurthestBehind(candidates, all, head);
      if (outcomes.length === 0) continue;
      this.#projectedLast = new Set(outcomes.map(({ file }) => file));
      return outcomes;
    }
    return [];
  }

  #projectFurthestBehind(
    candidates: readonly ReadModelWriter[],
    all: readonly ReadModelWriter[],
    head: number,
  ): readonly BatchOutcome[] {
    const from = Math.min(...candidates.map(({ entry }) => entry));
    const later = all.map(({ entry }) => entry).filter((entry) => entry > from);
    const until = Math.min(head, this.#lastReadableEntry, ...later);
    if (from >= until) return [];
    let batches: readonly EntryBatch[];
    try {
      batches = this.#readBatches(from, until);
    } catch (error) {
      if (!(error instanceof DamagedEntryError)) throw error;
      this.#stopBefore(error.entry, error);
      return this.#projectFurthestBehind(candidates, all, head);
    }
    if (batches.length === 0) return [];
    return this.#applyBatches(
      all.filter(({ entry }) => entry === from),
      batches,
    );
  }

  #readBatches(from: number, until: number): readonly EntryBatch[] {
    const limit = Math.min(this.#batchSize, until - from);
    const { batches, groupEnd } = splitIntoGroups(this.#ledger.readAfter(from, limit), this.#read);
    // A group that begins the batch and exceeds it is read whole, or left until its last entry is recorded.
    if (batches.length > 0 || groupEnd === undefined || groupEnd > until) return batches;
    return splitIntoGroups(this.#ledger.readAfter(from, groupEnd - from), this.#read).batches;
  }

  #applyBatches(files: readonly ReadModelWriter[], batches: readonly EntryBatch[]): readonly BatchOutcome[] {
    const errors = new Map<ReadModelWriter, unknown>();
    const lasts = new Map<ReadModelWriter, EntryBatch>();
    const durations = new Map<ReadModelWriter, number>();
    project: for (const batch of batches) {
      let amended: AmendedFacts | undefined;
      for (const file of files) {
        const duration = durations.get(file) ?? 0;
        if (errors.has(file) || duration > this.#turnMs) continue;
        const startedAt = this.#now();
        try {
          file.applyBatch(batch, () => (amended ??= loadAmendedFacts(this.#facts, batch)));
        } catch (error) {
          if (error instanceof DamagedEntryError) {
            // An earlier entry of the stream was damaged after it was projected. The amended events are read before
            // anything is written, so this batch left nothing in any file.
            this.#stopBefore(batch.first.entry, error);
            break project;
          }
          errors.set(file, error);
        }
        lasts.set(file, batch);
        durations.set(file, duration + this.#now() - startedAt);
      }
    }
    return files.map((file) => {
      try {
        if (errors.has(file)) throw errors.get(file);
        const last = lasts.get(file);
        return { file, parked: last ? file.commit(last.lastEntry, last.leaf) : [] };
      } catch (error) {
        file.rollback();
        return { file, parked: [], error };
      }
    });
  }

  #stopBefore(entry: number, damage: DamagedEntryError): void {
    this.#damage = damage;
    this.#lastReadableEntry = entry - 1;
  }
}
