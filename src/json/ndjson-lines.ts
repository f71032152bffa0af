// Splits a body of any length into lines.
import type { Readable } from 'node:stream';

export type NdjsonLine = { readonly number: number; readonly bytes: Buffer; readonly tooLong: boolean };

/** Whether a line has only white space, such as the CR of CRLF. */
const isBlank = (bytes: Buffer): boolean => bytes.length === 0 || bytes.toString('latin1').trim() === '';

/** In how many chunks a line is kept: a client may send every byte of it alone, and each chunk takes memory of its own. */
const LINE_CHUNKS_MAX = 1_000;

const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/**
 * The lines except blank ones, which are counted, too, and without a byte order mark before the first. Of a line of
 * more than `maxBytes` bytes nothing is kept.
 */
export async function* readLines(body: Readable, maxBytes: number): AsyncGenerator<NdjsonLine, undefined> {
  let [number, chunks, length]: [number, Buffer[], number] = [0, [], 0];
  const finish = (): NdjsonLine | undefined => {
    const content = Buffer.concat(chunks);
    const isMarked = number === 0 && content.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
    const bytes = isMarked ? content.subarray(BYTE_ORDER_MARK.length) : content;
    const line = { number: ++number, bytes, tooLong: length > maxBytes };
    [chunks, length] = [[], 0];
    return line.tooLong || !isBlank(line.bytes) ? line : undefined;
  };
  // The body stays open if the caller stops reading: it may share its socket with the response.
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      length += end - from;
      if (length <= maxBytes) chunks.push(chunk.subarray(from, end));
      from = end + 1;
      const line = finish();
      if (line) yield line;
    }
    length += chunk.length - from;
    if (length <= maxBytes) chunks.push(chunk.subarray(from));
    else chunks = [];
    if (chunks.length > LINE_CHUNKS_MAX) chunks = [Buffer.concat(chunks)];
  }
  const last = length > 0 ? finish() : undefined;
  if (last) yield last;
}
