import { createReadStream } from 'node:fs';
import { VerificationError } from './verification-error.js';
import { InputError } from './input-error.js';

export type Line = {
  /** Counts from 1. */
  readonly number: number;
  /** Without the line feed. */
  readonly bytes: Buffer;
  /** Whether it ends in a line feed: the last line of a file may lack it, or be cut off. */
  readonly isTerminated: boolean;
};

/** The longest line in bytes, far above that of the largest command. */
const LINE_MAX = 16 * 1024 * 1024;

const LINE_FEED = 0x0a;

const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/** A file without the byte order mark that tools of Windows write before the text. */
export const skipByteOrderMark = (bytes: Buffer): Buffer =>
  bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
    ? bytes.subarray(BYTE_ORDER_MARK.length)
    : bytes;

/** The lines of a file, one in memory at a time. Throws InputError, and VerificationError at a line that is too long. */
export async function* readLines(path: string): AsyncGenerator<Line, void, undefined> {
  let number = 1;
  let parts: Buffer[] = [];
  let length = 0;
  const add = (part: Buffer): void => {
    parts.push(part);
    length += part.length;
    if (length > LINE_MAX) throw new VerificationError(`Line ${number} is longer than ${LINE_MAX} bytes.`);
  };
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  try {
    for await (const chunk of file as AsyncIterable<Buffer>) {
      let from = 0;
      for (let to; (to = chunk.indexOf(LINE_FEED, from)) >= 0; from = to + 1) {
        add(chunk.subarray(from, to));
        const bytes = parts.length === 1 ? chunk.subarray(from, to) : Buffer.concat(parts);
        yield { number, bytes: number === 1 ? skipByteOrderMark(bytes) : bytes, isTerminated: true };
        number += 1;
        parts = [];
        length = 0;
      }
      add(chunk.subarray(from));
    }
  } catch (error) {
    throw InputError.fromSystemError(path, error);
  }
  const last = Buffer.concat(parts);
  if (length > 0) yield { number, bytes: number === 1 ? skipByteOrderMark(last) : last, isTerminated: false };
}
