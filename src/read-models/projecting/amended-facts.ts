// The events of a stream that a batch with amendments changes, before it and after it. Only they and their amendments are
// read, so that an amendment costs as much in a long stream as in a short one.
import { LRUCache } from 'lru-cache';
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

/** In characters of their stored texts. */
const CACHED_AMENDMENTS_LENGTH_MAX = 64 * 1024 * 1024;

/** Amendments that were read, by entry: each further amendment of an event is projected with all the earlier ones. */
type AmendmentCache = LRUCache<number, RecordedEvent>;

export const createAmendmentCache = (): AmendmentCache =>
  new LRUCache({ maxSize: CACHED_AMENDMENTS_LENGTH_MAX });

type FactSource = {
  readonly ledger: Ledger;
  readonly read: EntryUpcaster;
  readonly amendments: AmendmentCache;
};

/** Throws DamagedEntryError. */
export function loadAmendedFacts(source: FactSource, batch: EntryBatch): AmendedFacts {
  const { ledger } = source;
  const { stream, first, revisions, unreadable } = batch;
  const loader = new FactLoader(source, batch);
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
  readonly #amendments: AmendmentCache;
  readonly #batch: EntryBatch;

  constructor({ ledger, read, amendments }: FactSource, batch: EntryBatch) {
    this.#ledger = ledger;
    this.#read = read;
    this.#amendments = amendments;
    this.#batch = batch;
  }

  load(roots: readonly Entry[]): ReplacedFacts {
    const { first } = this.#batch;
    const before: Fact[] = [];
    const after: Fact[] = [];
    for (const root of [...roots].sort((a, b) => a.revision - b.revision)) {
      if (AMENDMENT_TYPES.has(root.type)) continue; // it names nothing
      const { facts, unreadable } = this.#readWithAmendments(root);
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

  /** The event and its amendments, and theirs, that the batch or an earlier entry made, in record order. */
  #readWithAmendments(root: Entry): ReturnType<typeof readEntries> {
    const found: (Entry | RecordedEvent)[] = [root];
    // The list grows while it is read: an amendment is younger than what it amends, so none comes twice.
    for (const each of found)
      for (const entry of this.#ledger.findAmendmentEntryNumbers(each)) {
        if (entry > this.#batch.lastEntry) break;
        const amendment = this.#amendments.get(entry) ?? this.#ledger.findByNumber(entry);
        if (amendment) found.push(amendment);
      }
    return readEntries(
      found.sort((a, b) => a.revision - b.revision),
      (entry, before) => this.#readCached(entry, before),
    );
  }

  #readCached(entry: Entry, before: readonly RecordedEvent[]): RecordedEvent {
    const event = this.#read(entry, before);
    if (AMENDMENT_TYPES.has(entry.type))
      this.#amendments.set(entry.entry, event, { size: entry.data.length + entry.metadata.length });
    return event;
  }
}

/** The first of these events with the effect of the others, which are its amendments; none if it was retracted. */
function toEffectiveFact(events: readonly RecordedEvent[]): readonly Fact[] {
  const [amended] = applyAmendments(events);
  return !amended || amended.retractedBy || isAmendment(amended.fact) ? [] : [amended.fact];
}
