// Entries as rows of ledger.db.
import { DamagedEntryError, type Entry, verifyEntry } from '../entry.js';

/** The columns of an entry under the names of EntryRow. */
export const ENTRY_COLUMNS =
  'entry, id, stream, revision, type, recorded_at AS recordedAt, data, metadata, request_key AS requestKey, previous, leaf';

export type EntryRow = Entry & { readonly requestKey: string | null };

/** A row to be inserted, in the order of its columns. */
export type EntryParameters = [
  entry: number,
  id: string,
  stream: string,
  revision: number,
  type: string,
  recordedAt: string,
  data: string,
  metadata: string,
  requestKey: string | null,
  previous: Buffer | null,
  leaf: Buffer,
];

/** Matches in canonical metadata only: quotes inside a string are escaped, so no string can contain a match. */
const REQUEST_KEY_PATTERN = /"request":\{"body":"[^"]*","key":"([^"]*)"/;

/** The key of the request in canonical metadata, a hash of its actor and Idempotency-Key; null if there is none. */
export const parseRequestKey = (metadata: string): string | null =>
  REQUEST_KEY_PATTERN.exec(metadata)?.[1] ?? null;

/**
 * The entry of a row. Throws DamagedEntryError if it was altered. The column of the request key exists only for its
 * index; the leaf hash covers the key in the metadata, so the two must agree.
 */
export function parseEntryRow({ requestKey, ...entry }: EntryRow): Entry {
  verifyEntry(entry);
  if (requestKey !== parseRequestKey(entry.metadata)) throw new DamagedEntryError(entry.entry);
  return entry;
}
