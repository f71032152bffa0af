// A body as lines, whatever its length.
import type { Readable } from 'node:stream';

export type NdjsonLine = { readonly number: number; readonly bytes: Buffer; readonly tooLong: boolean };

/** Of what lines end in or consist of when nothing stands in them. */
const isBlank = (bytes: Buffer): boolean => bytes.toString('latin1').trim() === '';

/** The lines without those that are blank, but counted with them. Of a line of more than `most` bytes nothing is kept. */
export async function* readLines(body: Readable, most: number): AsyncGenerator<NdjsonLine, undefined> {
  let [number, kept, length]: [number, Buffer[], number] = [0, [], 0];
  const finish = (): NdjsonLine | undefined => {
    const line = { number: ++number, bytes: Buffer.concat(kept), tooLong: length > most };
    [kept, length] = [[], 0];
    return line.tooLong || !isBlank(line.bytes) ? line : undefined;
  };
  // A body stays open when nobody asks for more lines: it may share its socket with the answer.
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      length += end - from;
      if (length <= most) kept.push(chunk.subarray(from, end));
      from = end + 1;
      const line = finish();
      if (line) yield line;
    }
    length += chunk.length - from;
    if (length <= most) kept.push(chunk.subarray(from));
    else kept = [];
  }
  const last = length > 0 ? finish() : undefined;
  if (last) yield last;
}
