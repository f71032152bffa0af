// Whether all of an export came, as its first line promises.
import { OperationFailedError } from '../_shared/errors.js';

/** Far more than a first line has. */
const HEADER_MAX = 64 * 1024;

type OnProgress = (done: number, of: number) => void;

/**
 * Passes an export on as it comes, the whole book or one stream, and tells how many lines of how many have gone by.
 * Throws Refused at the end unless all came: who reads it must not take a part for the whole.
 */
export async function* checkCompleteExport(
  chunks: AsyncIterable<Uint8Array | string>,
  tell: OnProgress,
): AsyncGenerator<Buffer> {
  let [head, lines, promised]: [string, number, number | undefined] = ['', 0, undefined];
  let endsInLine = false;
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk);
    for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines++;
    endsInLine = bytes.at(-1) !== 10;
    if (promised === undefined && head.length < HEADER_MAX) {
      head += bytes.toString();
      promised = parseExpectedLines(head);
    }
    tell(lines, promised ?? 0);
    yield bytes;
  }
  if (promised === undefined) throw new OperationFailedError('What came is not an export.');
  if (lines !== promised || endsInLine)
    throw new OperationFailedError(
      `Only ${lines} of ${promised} lines came: the export broke off, so do not use it.`,
    );
}

/** How many lines there are if the text begins with a header; undefined while that is not whole. */
function parseExpectedLines(text: string): number | undefined {
  const end = text.indexOf('\n');
  if (end === -1) return undefined;
  try {
    const header = JSON.parse(text.slice(0, end)) as { readonly entries: number; readonly stream?: string };
    return Number.isSafeInteger(header.entries)
      ? header.entries + (header.stream === undefined ? 1 : 2)
      : undefined;
  } catch {
    return undefined;
  }
}
