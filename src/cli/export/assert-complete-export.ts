// Checks that an export arrives complete, as its first line states.
import { OperationFailedError } from '../_shared/errors.js';

/** The longest header that is looked for, far more than any has, so that memory is bounded. */
const HEADER_MAX = 64 * 1024;

type OnProgress = (done: number, total: number) => void;

/**
 * Passes on the chunks of an export, of the whole book or of one stream, and reports the number of lines so far. Throws
 * OperationFailedError at the end unless all lines arrived: a reader must not mistake a part for the whole.
 */
export async function* assertCompleteExport(
  chunks: AsyncIterable<Uint8Array | string>,
  onProgress: OnProgress,
): AsyncGenerator<Buffer> {
  let [head, lines, expected]: [string, number, number | undefined] = ['', 0, undefined];
  let endsInLine = false;
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk);
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, end + 1)) lines++;
    endsInLine = bytes.at(-1) !== 10;
    if (expected === undefined && head.length < HEADER_MAX) {
      head += bytes.toString();
      expected = parseExpectedLines(head);
    }
    onProgress(lines, expected ?? 0);
    yield bytes;
  }
  if (expected === undefined) throw new OperationFailedError('The answer is not an export.');
  if (lines !== expected || endsInLine)
    throw new OperationFailedError(
      `Only ${lines} of ${expected} lines arrived: the export is incomplete, so do not use it.`,
    );
}

/** The number of lines that a header states; undefined until the header is complete, and if there is none. */
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
