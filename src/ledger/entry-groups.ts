import type { EventMetadata } from '../eventsourcing/message.js';
import type { Entry } from './entry.js';
import type { Ledger } from './ledger.js';

/** Entries of one stream that follow each other. */
export type EntryGroup = [Entry, ...Entry[]];

/** Entries read in one go. */
const PAGE_SIZE = 100;

/**
 * The entries after one up to another, as they were recorded: those of a group together, all others alone. A group
 * that begins before or ends after them is cut. Throws DamagedEntry.
 */
export function* readEntryGroups(ledger: Ledger, after: number, upTo: number): Generator<EntryGroup> {
  let group: EntryGroup | undefined;
  for (let from = after; from < upTo; from += PAGE_SIZE)
    for (const entry of ledger.readAfter(from, Math.min(PAGE_SIZE, upTo - from))) {
      if (group && group[0].stream === entry.stream) group.push(entry);
      else {
        if (group) yield group;
        group = [entry];
      }
      if (!hasNextInGroup(entry)) {
        yield group;
        group = undefined;
      }
    }
  if (group) yield group;
}

const hasNextInGroup = (entry: Entry): boolean => countIncompleteGroup(entry) > 0;

/** How many events of its group there are up to this one, if more of them follow; 0 if none does. */
export function countIncompleteGroup({ metadata }: Pick<Entry, 'metadata'>): number {
  // In a cluster somebody else may have written anything there.
  const { group } = JSON.parse(metadata) as { readonly group?: Partial<EventMetadata['group']> | null };
  const { index = -1, of = 0 } = group ?? {};
  return Number.isSafeInteger(index) && index >= 0 && index + 1 < of ? index + 1 : 0;
}
