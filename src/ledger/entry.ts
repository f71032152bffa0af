import { hash } from 'node:crypto';
import { ApplicationError } from '../errors/application-error.js';
import type { EventMetadata, RecordedEvent } from '../eventsourcing/message.js';
import type { JsonObject } from '../json/json.js';

/** One event of the ledger as it is stored: `data` and `metadata` are canonical JSON (RFC 8785), hashes are 32 bytes. */
export type Entry = {
  readonly entry: number;
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  /** Record time: when it was committed, in UTC with milliseconds. */
  readonly recordedAt: string;
  readonly data: string;
  readonly metadata: string;
  /** The leaf hash of the stream's previous entry; null for the first of a stream. */
  readonly previous: Buffer | null;
  readonly leaf: Buffer;
};

/** What an entry has at most beside data and metadata, in bytes of JSON. */
const FIXED_MEMBERS_BYTES = 512;

/** About how many bytes an entry takes as JSON. */
export const getEntrySize = ({ data, metadata }: Pick<Entry, 'data' | 'metadata'>): number =>
  Buffer.byteLength(data) + Buffer.byteLength(metadata) + FIXED_MEMBERS_BYTES;

/** A stored entry that does not match its leaf hash, is missing, or is out of order. */
export class DamagedEntryError extends ApplicationError {
  readonly code = 'damaged-entry';
  override readonly extensions: { readonly entry: number };

  constructor(
    readonly entry: number,
    what = 'does not match its leaf hash: its stored bytes were altered',
  ) {
    super(`Entry ${entry} of the ledger ${what}.`);
    this.extensions = { entry };
  }
}

/**
 * The bytes that a leaf hash is computed from: the canonical JSON of
 * `{ v, id, stream, revision, type, recordedAt, previous, payload }`. Through `previous` a proof of the last entry
 * of a stream proves the whole stream. No member can hold a character that JSON escapes, so a template with the keys
 * in sorted order is the canonical form.
 */
export function encodeLeaf(entry: Omit<Entry, 'entry' | 'leaf'>): string {
  const payload = hash('sha256', `{"data":${entry.data},"metadata":${entry.metadata}}`);
  const previous = entry.previous === null ? 'null' : `"${entry.previous.toString('hex')}"`;
  return `{"id":"${entry.id}","payload":"${payload}","previous":${previous},"recordedAt":"${entry.recordedAt}","revision":${entry.revision},"stream":"${entry.stream}","type":"${entry.type}","v":1}`;
}

/** RFC 6962, section 2.1: SHA-256 of a zero byte and the leaf's bytes. 32 bytes. */
export const hashLeaf = (bytes: string): Buffer => hash('sha256', `\0${bytes}`, 'buffer');

/** Throws DamagedEntryError unless the leaf hash is that of the stored bytes. */
export function verifyEntry(entry: Entry): Entry {
  if (!hashLeaf(encodeLeaf(entry)).equals(entry.leaf)) throw new DamagedEntryError(entry.entry);
  return entry;
}

/** What an event is, and where and when it was recorded: all but its data and metadata. */
type EventHeader = Pick<RecordedEvent, 'entry' | 'id' | 'stream' | 'revision' | 'type' | 'recordedAt'>;

export const pickEventHeader = ({
  entry,
  id,
  stream,
  revision,
  type,
  recordedAt,
}: EventHeader): EventHeader => ({ entry, id, stream, revision, type, recordedAt });

/** The entry with its JSON parsed. */
export const toRecordedEvent = (entry: Entry): RecordedEvent => ({
  ...pickEventHeader(entry),
  data: JSON.parse(entry.data) as JsonObject,
  metadata: JSON.parse(entry.metadata) as EventMetadata,
});
