// The line of one entry, and the computation of its leaf hash.
import { hash } from 'node:crypto';
import { assertShape, isCount, isText, type Shape } from './json-shape.js';
import { canonicalJson, isObject, type JsonObject } from './canonical-json.js';
import type { Line } from './lines.js';
import { InvalidLineError, VerificationError, quote } from './verification-error.js';
import { leafHash } from './tree.js';

export type EntryLine = {
  readonly entry: number;
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly recordedAt: string;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
  /** Hex. */
  readonly previous: string | null;
  readonly leaf: string;
};

const isHash = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

/** UTC with milliseconds, so that texts sort by time. */
function isInstant(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return false;
  const instant = new Date(value);
  return !Number.isNaN(instant.getTime()) && instant.toISOString() === value;
}

const ENTRY_SHAPE: Shape = {
  data: isObject,
  entry: isCount,
  id: isText,
  leaf: isHash,
  metadata: isObject,
  previous: (value) => value === null || isHash(value),
  recordedAt: isInstant,
  revision: isCount,
  stream: isText,
  type: isText,
};

/** Throws LineError. */
export function parseEntry(line: JsonObject): EntryLine {
  assertShape(line, ENTRY_SHAPE);
  return line as EntryLine;
}

/**
 * Calls `check` for a line; a LineError that it throws becomes a VerificationError for that entry. A line without its
 * line feed may be whole all the same; one that is cut off is no JSON.
 */
export function convertLineErrors<T>(line: Line, entry: number, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof InvalidLineError)) throw error;
    const reason = line.isTerminated ? error.message : 'its line is cut off';
    throw new VerificationError(`Entry ${entry} (line ${line.number}) is invalid: ${reason}.`, entry);
  }
}

/** The leaf hash of the content of a line. 32 bytes. */
function computeLeafHash({
  id,
  stream,
  revision,
  type,
  recordedAt,
  previous,
  data,
  metadata,
}: EntryLine): Buffer {
  const payload = hash('sha256', canonicalJson({ data, metadata }));
  return leafHash(canonicalJson({ v: 1, id, stream, revision, type, recordedAt, previous, payload }));
}

/** The state that the next entry is checked against: the head of each stream, and the last recorded time. */
export class StreamHeads {
  readonly #heads = new Map<
    string,
    { readonly entry: number; readonly revision: number; readonly leaf: string }
  >();
  #recordedAt = '';

  /** Checks the next entry and returns its leaf hash. Throws LineError. */
  appendEntry(entry: EntryLine): Buffer {
    const leaf = computeLeafHash(entry);
    if (leaf.toString('hex') !== entry.leaf)
      throw new InvalidLineError('its leaf hash is not that of its content');
    const head = this.#heads.get(entry.stream);
    const revision = head ? head.revision + 1 : 0;
    if (entry.revision !== revision)
      throw new InvalidLineError(
        `its revision in the stream ${quote(entry.stream)} is ${entry.revision}, but must be ${revision}`,
      );
    if (entry.previous !== (head?.leaf ?? null))
      throw new InvalidLineError(
        head
          ? `its "previous" is not the leaf hash of entry ${head.entry}, the one before it in its stream`
          : 'it is the first of its stream and has a "previous"',
      );
    if (entry.recordedAt < this.#recordedAt)
      throw new InvalidLineError(`it was recorded at ${entry.recordedAt}, earlier than an entry before it`);
    this.#heads.set(entry.stream, { entry: entry.entry, revision, leaf: entry.leaf });
    this.#recordedAt = entry.recordedAt;
    return leaf;
  }
}
