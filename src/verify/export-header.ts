// The header of an export or of the record of a stream: the first line of the file.
import { decodeBase64Hash } from './base64.js';
import { assertShape, isCount, isText, type Shape } from './json-shape.js';
import { type Json, parseCanonical } from './canonical-json.js';
import { InvalidLineError, VerificationError } from './verification-error.js';
import type { Line } from './lines.js';

export type ExportHeader = {
  readonly export: 'minutebook';
  readonly entries: number;
  readonly key: string | null;
  /** The root of the tree of all entries, base64. */
  readonly root: string;
  readonly v: 1;
};

export type StreamRecordHeader = {
  readonly export: 'minutebook-stream';
  readonly entries: number;
  readonly key: string | null;
  readonly stream: string;
  readonly v: 1;
};

const COMMON_SHAPE: Shape = {
  entries: isCount,
  export: isText,
  key: (value) => value === null || isText(value),
  v: (value) => value === 1,
};

const SHAPES: { readonly [kind: string]: Shape } = {
  minutebook: {
    ...COMMON_SHAPE,
    root: (value: Json) => typeof value === 'string' && decodeBase64Hash(value) !== undefined,
  },
  'minutebook-stream': { ...COMMON_SHAPE, stream: isText },
};

/** Throws VerificationError. */
export function parseHeader(line: Line | undefined): ExportHeader | StreamRecordHeader {
  try {
    if (!line) throw new InvalidLineError('the file is empty');
    const header = parseCanonical(line.bytes);
    const kind = header['export'];
    const shape = typeof kind === 'string' && Object.hasOwn(SHAPES, kind) ? SHAPES[kind] : undefined;
    if (!shape) throw new InvalidLineError('its "export" is neither "minutebook" nor "minutebook-stream"');
    assertShape(header, shape);
    return header as unknown as ExportHeader | StreamRecordHeader;
  } catch (error) {
    if (error instanceof InvalidLineError)
      throw new VerificationError(
        `The first line is not the header of an export: ${line?.isTerminated === false ? 'it is cut off' : error.message}.`,
      );
    throw error;
  }
}
