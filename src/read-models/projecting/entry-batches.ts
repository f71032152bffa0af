// Entries as they are folded. The facts of a group become readable together: all of them carry one stamp, the
// group's last entry.
import { AMENDMENTS, asFact, type Fact } from '../../eventsourcing/amendments.js';
import type { Metadata, Recorded } from '../../eventsourcing/message.js';
import type { Entry } from '../../ledger/entry.js';
import type { Read } from '../../ledger/event-reader.js';

/** The whole of what is folded at once: one entry, or a group of them; in any case of one stream. */
export type Stamp = {
  /** The entry that its rows name. */
  readonly at: number;
  /** The leaf of that entry. */
  readonly leaf: Buffer;
  readonly stream: string;
  readonly first: { readonly entry: number; readonly revision: number };
  /** How many entries the stream has with these. */
  readonly revisions: number;
  readonly types: readonly string[];
  /** The facts as they were said. */
  readonly facts: readonly Fact[];
  /** Whether one of them says something about an earlier one. */
  readonly amends: boolean;
  /** The first of them that could not be read; `facts` then ends before it. */
  readonly unreadable?: Unreadable;
};

/** An entry whose bytes are in order, but which this release does not understand. */
export type Unreadable = { readonly entry: number; readonly reason: string };

/** Facts of one stream, up to the first that cannot be read. */
export function readAll(
  entries: readonly Entry[],
  read: Read,
): { readonly facts: readonly Recorded[]; readonly unreadable?: Unreadable } {
  const facts: Recorded[] = [];
  for (const entry of entries)
    try {
      // What came before is all of it, or of no use to find by revision what a correction speaks of.
      facts.push(read(entry, entry.revision === facts.length ? facts : []));
    } catch (error) {
      return { facts, unreadable: { entry: entry.entry, reason: `${entry.type}: ${sentence(error)}` } };
    }
  return { facts };
}

export const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The types as they read today; of what cannot be read, those that are stored. */
export const typesOf = (entries: readonly Entry[], facts: readonly Recorded[]): readonly string[] =>
  entries.map(({ type }, n) => facts[n]?.type ?? type);

/** The entry that rows name: the group's last one, for an entry of a group; else the entry itself. */
export const stampOf = (entry: number, { group }: Metadata): number =>
  group ? entry + Math.max(0, group.of - 1 - group.index) : entry;

/** Cuts consecutive entries into stamps. If they end inside a group, it is left out, and ends at `groupEnd`. */
export function stampsOf(
  entries: readonly Entry[],
  read: Read,
): { readonly stamps: readonly Stamp[]; readonly groupEnd?: number } {
  const stamps: Stamp[] = [];
  for (let from = 0; from < entries.length;) {
    const first = entries[from] as Entry;
    // Almost every entry stands alone and can be read: it is parsed once.
    const alone = readAll([first], read);
    const metadata = alone.facts[0]?.metadata ?? (JSON.parse(first.metadata) as Metadata);
    const at = stampOf(first.entry, metadata);
    const size = at - first.entry + 1;
    if (from + size > entries.length) return { stamps, groupEnd: at };
    const group = entries.slice(from, from + size);
    const last = group.at(-1) as Entry;
    const { facts, unreadable } = size === 1 ? alone : readAll(group, read);
    stamps.push({
      at,
      leaf: last.leaf,
      stream: first.stream,
      first,
      revisions: last.revision + 1,
      types: typesOf(group, facts),
      facts: facts.map(asFact),
      amends: group.some(({ type }) => AMENDMENTS.has(type)),
      ...(unreadable && { unreadable }),
    });
    from += size;
  }
  return { stamps };
}
