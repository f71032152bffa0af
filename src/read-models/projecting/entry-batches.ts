// Entries as they are projected. The events of a group become readable together, at the group's last entry.
import { getErrorMessage } from '../../errors/get-error-message.js';
import { AMENDMENT_TYPES, toFact, type Fact } from '../../eventsourcing/amendments.js';
import type { EventMetadata, RecordedEvent } from '../../eventsourcing/message.js';
import type { Entry } from '../../ledger/entry.js';
import type { EntryUpcaster } from '../../ledger/entry-upcasting.js';

/** What is projected at once: one entry, or a group of them; in any case of one stream. */
export type EntryBatch = {
  /** The `from_entry` and `to_entry` of the rows that it changes. */
  readonly lastEntry: number;
  /** The leaf of that entry. */
  readonly leaf: Buffer;
  readonly stream: string;
  readonly first: { readonly entry: number; readonly revision: number };
  /** How many entries the stream has with these. */
  readonly revisions: number;
  readonly types: readonly string[];
  /** The events as they were recorded. */
  readonly facts: readonly Fact[];
  /** Whether one of them amends an earlier event. */
  readonly amends: boolean;
  /** The first of them that could not be read; `facts` then ends before it. */
  readonly unreadable?: UnreadableEntry;
};

/** An entry whose bytes are intact, but which this release cannot read. */
export type UnreadableEntry = { readonly entry: number; readonly reason: string };

/** Events of one stream, up to the first that cannot be read. What is an event already is not read again. */
export function readEntries(
  entries: readonly (Entry | RecordedEvent)[],
  read: EntryUpcaster,
): { readonly facts: readonly RecordedEvent[]; readonly unreadable?: UnreadableEntry } {
  const facts: RecordedEvent[] = [];
  for (const entry of entries)
    try {
      facts.push('leaf' in entry ? read(entry, facts) : entry);
    } catch (error) {
      return {
        facts,
        unreadable: { entry: entry.entry, reason: `${entry.type}: ${getErrorMessage(error)}` },
      };
    }
  return { facts };
}

/** The types after upcasting; those that are stored where an entry cannot be read. */
const getEventTypes = (entries: readonly Entry[], facts: readonly RecordedEvent[]): readonly string[] =>
  entries.map(({ type }, n) => facts[n]?.type ?? type);

/** The group's last entry, for an entry of a group; else the entry itself. */
export const getLastGroupEntry = (entry: number, { group }: EventMetadata): number =>
  group ? entry + Math.max(0, group.of - 1 - group.index) : entry;

/** Splits consecutive entries into batches. If they end inside a group, it is left out, and ends at `groupEnd`. */
export function splitIntoGroups(
  entries: readonly Entry[],
  read: EntryUpcaster,
): { readonly batches: readonly EntryBatch[]; readonly groupEnd?: number } {
  const batches: EntryBatch[] = [];
  for (let from = 0; from < entries.length;) {
    const first = entries[from] as Entry;
    // Almost every entry is in no group and can be read: it is parsed once.
    const alone = readEntries([first], read);
    const metadata = alone.facts[0]?.metadata ?? (JSON.parse(first.metadata) as EventMetadata);
    const lastEntry = getLastGroupEntry(first.entry, metadata);
    const size = lastEntry - first.entry + 1;
    if (from + size > entries.length) return { batches, groupEnd: lastEntry };
    const group = entries.slice(from, from + size);
    const last = group.at(-1) as Entry;
    const { facts, unreadable } = size === 1 ? alone : readEntries(group, read);
    batches.push({
      lastEntry,
      leaf: last.leaf,
      stream: first.stream,
      first,
      revisions: last.revision + 1,
      types: getEventTypes(group, facts),
      facts: facts.map(toFact),
      amends: group.some(({ type }) => AMENDMENT_TYPES.has(type)),
      ...(unreadable && { unreadable }),
    });
    from += size;
  }
  return { batches };
}
