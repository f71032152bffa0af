import { closeSync, openSync, readSync } from 'node:fs';
import { UsageError } from '../_shared/errors.js';

/** A checkpoint is smaller, and the first line of an export begins at once. */
const HEAD_BYTES = 16 * 1024;

/** What stands before the signatures of a signed note (C2SP). */
const SIGNATURE_START = '\n\n\u2014 ';

/**
 * Throws UsageError for files of another kind, of which nothing can be proved or refuted. What is meant to be an export or
 * a checkpoint, and is damaged, is left to the verifier.
 */
export function assertUsableInputs(file: string, checkpoint: string | undefined): void {
  const head = readHead(file);
  if (head && !/^\ufeff?\s*\{/.test(head))
    throw new UsageError(
      `"${file}" is neither an export nor the record of a stream, as "minutebook export" writes them.`,
    );
  const note = checkpoint === undefined ? undefined : readHead(checkpoint);
  if (note && !note.includes(SIGNATURE_START))
    throw new UsageError(`"${checkpoint}" is no checkpoint, as GET /checkpoint answers it.`);
}

/** Undefined for a file that cannot be read, which the verifier reports. */
function readHead(path: string): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const bytes = Buffer.alloc(HEAD_BYTES);
    return bytes.subarray(0, readSync(file, bytes)).toString();
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
