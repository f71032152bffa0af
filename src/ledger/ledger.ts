import type { Entry } from './entry.js';
import type { MerkleTree } from './merkle/merkle-tree.js';

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
  /** At most `limit` entries that follow `entry`, in order. */
  abstract readAfter(entry: number, limit: number): Entry[];
  abstract findByNumber(entry: number): Entry | undefined;
  abstract findById(id: string): Entry | undefined;
  /** All entries of the command with this idempotency key (`request.key`), in order; empty if there are none. */
  abstract findByRequestKey(key: string): Entry[];
  /** A stream's entries from a revision on, in order, at most `limit`; empty if it does not exist. */
  abstract readStream(stream: string, fromRevision?: number, limit?: number): Entry[];
  /** A stream's entries of these types, in order. */
  abstract readStreamByTypes(stream: string, types: Iterable<string>): Entry[];
  /** The revision of a stream's last entry, -1 if it has none. */
  abstract getStreamRevision(stream: string): number;
  /** The streams in which an event of this type, or a correction of one, has this value in this field. */
  abstract findStreamsByField(event: string, field: string, value: string): string[];
  /** The last entry recorded at or before an instant (RFC 3339, UTC, milliseconds); 0 if there is none. */
  abstract findEntryByTime(instant: string): number;
  abstract close(): void;
}
