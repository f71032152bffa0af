import type { Entry } from './entry.js';
import type { MerkleTree } from './merkle/merkle-tree.js';

/** Which entries are wanted; undefined for all. */
export type EntryFilter = { readonly stream: string | undefined; readonly type: string | undefined };

/** Where to search, and how much of it at most. */
export type EntrySearch = {
  /** Exclusive. */
  readonly after: number;
  /** Inclusive; not above the head. */
  readonly upTo: number;
  readonly limit: number;
  /** Of the entries together, as `getEntrySize` counts. */
  readonly maxBytes: number;
  /** Whether the first entry is returned even if it is larger. */
  readonly atLeastOne: boolean;
};

/** `position`: every entry up to this one was examined. It is `upTo` once nothing more can be found. */
export type EntrySearchResult = { readonly entries: readonly Entry[]; readonly position: number };

export type LedgerHead = {
  readonly entry: number;
  readonly leaf: Buffer | null;
  readonly recordedAt: string | null;
};

/**
 * This node's complete copy of the ledger, read-only. Every entry that is returned was checked against its leaf hash
 * first; a damaged one throws DamagedEntryError. All reads are synchronous point or range reads of local SQLite.
 * An abstract class and not an interface, so that it serves as the injection token.
 */
export abstract class Ledger {
  /** Over the leaf hashes of all entries that are durable here: entry n is the leaf with index n - 1. */
  abstract readonly tree: MerkleTree;
  /** The last entry that is durable here; entry 0 with nulls if the ledger is empty. */
  abstract getHead(): LedgerHead;
  /** At most `limit` entries that follow `entry`, in order, and of at most `maxBytes` together unless it is one. */
  abstract readAfter(entry: number, limit: number, maxBytes?: number): Entry[];
  /** Entries that satisfy a filter, in order. Examines a bounded number of entries, however many there are. */
  abstract findEntries(filter: EntryFilter, search: EntrySearch): EntrySearchResult;
  abstract findByNumber(entry: number): Entry | undefined;
  abstract findById(id: string): Entry | undefined;
  /** All entries of the command with this idempotency key (`request.key`), in order; empty if there are none. */
  abstract findByRequestKey(key: string): Entry[];
  /** A stream's entries from a revision on, in order, bounded as by `readAfter`; empty if it does not exist. */
  abstract readStream(stream: string, fromRevision?: number, limit?: number, maxBytes?: number): Entry[];
  /** The number of the entry with this revision of a stream. */
  abstract findStreamEntryNumber(stream: string, revision: number): number | undefined;
  /** A stream's entries of these types, in order. */
  abstract readStreamByTypes(stream: string, types: Iterable<string>): Entry[];
  /** The amendments of an entry's event, in order, not those of its amendments. */
  abstract findAmendments(entry: Entry): Entry[];
  /** The numbers of the entries that `findAmendments` returns; none of them is read. */
  abstract findAmendmentEntryNumbers(event: Pick<Entry, 'stream' | 'revision' | 'id'>): number[];
  /** The revision of a stream's last entry, -1 if it has none. */
  abstract getStreamRevision(stream: string): number;
  /** The streams in which an event of this type, or a correction of one, has this value in this field. */
  abstract findStreamsByField(event: string, field: string, value: string): string[];
  /** The last entry recorded at or before an instant (RFC 3339, UTC, milliseconds); 0 if there is none. */
  abstract findEntryNumberByTime(instant: string): number;
  abstract close(): void;
}
