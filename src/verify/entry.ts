// One line of the book, and what its leaf is the hash of.
import { hash } from 'node:crypto';
import {
  assertShape,
  canonicalJson,
  isCount,
  isObject,
  isText,
  type JsonObject,
  type Shape,
} from './canonical-json.js';
import type { Line } from './lines.js';
import { LineError, VerificationError, quote } from './verification-error.js';
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

/** UTC with milliseconds, so that texts are ordered as the instants are. */
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

/** What `act` makes of a line; a LineError that it throws becomes the VerificationError of that entry. */
export function checkLine<T>(line: Line, entry: number, act: () => T): T {
  try {
    if (!line.isTerminated) throw new LineError('its line is cut off');
    return act();
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    throw new VerificationError(
      `Entry ${entry} (line ${line.number}) does not fit: ${error.message}.`,
      entry,
    );
  }
}

/** The leaf hash that the rest of the line makes. 32 bytes. */
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

/** What the next entry depends on: of each stream its end, and when the last entry was recorded. */
export class StreamHeads {
  readonly #heads = new Map<
    string,
    { readonly entry: number; readonly revision: number; readonly leaf: string }
  >();
  #recordedAt = '';

  /** Takes the next entry and gives its leaf hash. Throws LineError. */
  appendEntry(entry: EntryLine): Buffer {
    const leaf = computeLeafHash(entry);
    if (leaf.toString('hex') !== entry.leaf) throw new LineError('its leaf hash is not that of what it says');
    const end = this.#heads.get(entry.stream);
    const revision = end ? end.revision + 1 : 0;
    if (entry.revision !== revision)
      throw new LineError(
        `its revision in the stream ${quote(entry.stream)} is ${entry.revision}, where ${revision} must stand`,
      );
    if (entry.previous !== (end?.leaf ?? null))
      throw new LineError(
        end
          ? `its "previous" is not the leaf hash of entry ${end.entry}, which stands before it in its stream`
          : 'it is the first of its stream and has a "previous"',
      );
    if (entry.recordedAt < this.#recordedAt)
      throw new LineError(`it was recorded at ${entry.recordedAt}, earlier than an entry before it`);
    this.#heads.set(entry.stream, { entry: entry.entry, revision, leaf: entry.leaf });
    this.#recordedAt = entry.recordedAt;
    return leaf;
  }
}
