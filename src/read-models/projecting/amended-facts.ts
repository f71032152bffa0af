// The events of a stream that a batch with amendments changes, before it and after it. Only they and their amendments are
// read, so that an amendment costs as much in a long stream as in a short one.
import {
  AMENDMENT_TYPES,
  applyAmendments,
  type Fact,
  getEffectiveHistory,
  isAmendment,
} from '../../eventsourcing/amendments.js';
import type { RecordedEvent } from '../../eventsourcing/message.js';
import type { Entry } from '../../ledger/entry.js';
import { type EntryUpcaster, findAmendedEntry } from '../../ledger/entry-upcasting.js';
import type { Ledger } from '../../ledger/ledger.js';
import { type EntryBatch, readEntries, type UnreadableEntry } from './entry-batches.js';

/** Facts in record order: those whose rows are there, and those whose rows are to be there in their place. */
export type ReplacedFacts = {
  readonly before: readonly Fact[];
  readonly after: readonly Fact[];
  /** The first entry that cannot be read; the facts are then not complete. */
  readonly unreadable?: UnreadableEntry;
};

/** Types of events; `all` of a read model that has a handler for every type. */
export type SelectedTypes = readonly string[] | 'all';

/** What a batch changes: the facts that it amends, and those that it adds. */
export type AmendedFacts = ReplacedFacts & {
  /** The types of these facts, also if they cannot be read. */
  readonly types: readonly string[];
  /** All facts of these types in the stream. */
  readonly readAll: (types: SelectedTypes) => ReplacedFacts;
};

/** Throws DamagedEntryError. */
export function loadAmendedFacts(ledger: Ledger, read: EntryUpcaster, batch: EntryBatch): AmendedFacts {
  const { stream, first, revisions, unreadable } = batch;
  const loader = new FactLoader(ledger, read, batch);
  const added = ledger.readStream(stream, first.revision, revisions - first.revision);
  const roots = new Map(
    added.map((entry) => findRootEntry(ledger, entry)).map((root) => [root.revision, root]),
  );
  const types = [...roots.values()].map(({ type }) => type);
  const facts = unreadable ? { before: [], after: [], unreadable } : loader.load([...roots.values()]);
  // Several read models have the same dependent types.
  const loaded = new Map<string, ReplacedFacts>();
  const readAll = (selected: SelectedTypes): ReplacedFacts => {
    const key = String(selected);
    const known = loaded.get(key) ?? loader.loadTypes(selected);
    loaded.set(key, known);
    return known;
  };
  return { ...facts, types, readAll };
}

/** What an amendment amends in the end, through amendments of amendments; the entry itself if it is none. */
function findRootEntry(ledger: Ledger, entry: Entry): Entry {
  let root = entry;
  for (let next = findAmendedEntry(ledger, root); next; next = findAmendedEntry(ledger, root)) root = next;
  return root;
}

class FactLoader {
  readonly #ledger: Ledger;
  readonly #read: EntryUpcaster;
  readonly #batch: EntryBatch;

  constructor(ledger: Ledger, read: EntryUpcaster, batch: EntryBatch) {
    this.#ledger = ledger;
    this.#read = read;
    this.#batch = batch;
  }

  load(roots: readonly Entry[]): ReplacedFacts {
    const { first } = this.#batch;
    const before: Fact[] = [];
    const after: Fact[] = [];
    for (const root of [...roots].sort((a, b) => a.revision - b.revision)) {
      if (AMENDMENT_TYPES.has(root.type)) continue; // it names nothing
      const { facts, unreadable } = readEntries(this.#readWithAmendments(root), this.#read);
      if (unreadable) return { before, after, unreadable };
      before.push(...toEffectiveFact(facts.filter(({ revision }) => revision < first.revision)));
      after.push(...toEffectiveFact(facts));
    }
    return { before, after };
  }

  loadTypes(types: SelectedTypes): ReplacedFacts {
    const { stream, first, revisions } = this.#batch;
    if (types !== 'all')
      return this.load(
        this.#ledger.readStreamByTypes(stream, types).filter(({ revision }) => revision < revisions),
      );
    const { facts, unreadable } = readEntries(this.#ledger.readStream(stream, 0, revisions), this.#read);
    if (unreadable) return { before: [], after: [], unreadable };
    return {
      before: getEffectiveHistory(facts.slice(0, first.revision)),
      after: getEffectiveHistory(facts),
    };
  }

  /** The entry and its amendments, and theirs, that the batch or an earlier entry made, in record order. */
  #readWithAmendments(root: Entry): readonly Entry[] {
    const found = [root];
    // The list grows while it is read: an amendment is younger than what it amends, so none comes twice.
    for (const entry of found) found.push(...this.#ledger.findAmendments(entry));
    return found
      .filter(({ revision }) => revision < this.#batch.revisions)
      .sort((a, b) => a.revision - b.revision);
  }
}

/** The first of these events with the effect of the others, which are its amendments; none if it was retracted. */
function toEffectiveFact(events: readonly RecordedEvent[]): readonly Fact[] {
  const [amended] = applyAmendments(events);
  return !amended || amended.retractedBy || isAmendment(amended.fact) ? [] : [amended.fact];
}
