import type { EventMetadata } from '../eventsourcing/message.js';
import type { Entry } from './entry.js';
import type { Ledger } from './ledger.js';

/** Consecutive entries of one stream. */
export type EntryGroup = [Entry, ...Entry[]];

/** Entries read with one query. */
const PAGE_SIZE = 100;

/**
 * The entries after `after` up to `upTo` as they were appended: those of a group together, every other one alone. A
 * group that begins before or ends after this range is cut. Throws DamagedEntryError.
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

const hasNextInGroup = (entry: Entry): boolean => getIncompleteGroupSize(entry) > 0;

/** How many events of its group there are up to this one, if more of the group follow; 0 if none follows. */
export function getIncompleteGroupSize({ metadata }: Pick<Entry, 'metadata'>): number {
  // In a cluster another program may have written any metadata.
  const { group } = JSON.parse(metadata) as { readonly group?: Partial<EventMetadata['group']> | null };
  const { index = -1, of: size = 0 } = group ?? {};
  return Number.isSafeInteger(index) && index >= 0 && index + 1 < size ? index + 1 : 0;
}
