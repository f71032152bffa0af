import type { Metadata } from '../eventsourcing/message.js';
import type { Entry } from './entry.js';
import type { Ledger } from './ledger.js';

/** Entries of one stream that follow each other. */
export type Together = [Entry, ...Entry[]];

/** Entries read in one go. */
const PAGE = 100;

/**
 * The entries after one up to another, as they were recorded: those of a group together, all others alone. A group
 * that begins before or ends after them is cut. Throws DamagedEntry.
 */
export function* recordedTogether(ledger: Ledger, after: number, upTo: number): Generator<Together> {
  let group: Together | undefined;
  for (let from = after; from < upTo; from += PAGE)
    for (const entry of ledger.after(from, Math.min(PAGE, upTo - from))) {
      if (group && group[0].stream === entry.stream) group.push(entry);
      else {
        if (group) yield group;
        group = [entry];
      }
      if (!isContinued(entry)) {
        yield group;
        group = undefined;
      }
    }
  if (group) yield group;
}

const isContinued = (entry: Entry): boolean => unfinished(entry) > 0;

/** How many events of its group there are up to this one, if more of them follow; 0 if none does. */
export function unfinished({ metadata }: Pick<Entry, 'metadata'>): number {
  // In a cluster somebody else may have written anything there.
  const { group } = JSON.parse(metadata) as { readonly group?: Partial<Metadata['group']> | null };
  const { index = -1, of = 0 } = group ?? {};
  return Number.isSafeInteger(index) && index >= 0 && index + 1 < of ? index + 1 : 0;
}
