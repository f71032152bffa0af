// The record of one stream with its receipt. Every entry holds the leaf hash of the one before it in its stream, so
// the proof of the last proves them all.
import { type JsonObject, parseCanonical } from './canonical-json.js';
import type { Checkpoint } from './checkpoint.js';
import { assertConsistency, type ConsistencyProof } from './consistency.js';
import { type EntryLine, parseEntry, checkLine, StreamHeads } from './entry.js';
import type { StreamRecordHeader } from './export-header.js';
import type { Line } from './lines.js';
import { LineError, VerificationError, quote } from './verification-error.js';
import { parseReceipt, provesLeaf, type Receipt } from './receipt.js';

export type VerifiedRecord = { readonly checkpoint: Checkpoint; readonly sentences: readonly string[] };

/** What the receipt proves if its checkpoint is signed, which is left to the caller. Throws VerificationError. */
export async function verifyStreamRecord(
  header: StreamRecordHeader,
  lines: AsyncIterable<Line>,
): Promise<VerifiedRecord> {
  const streams = new StreamHeads();
  let last: { readonly entry: EntryLine; readonly leaf: Buffer } | undefined;
  let receipt: Receipt | undefined;
  for await (const line of lines) {
    if (receipt)
      throw new VerificationError(`Line ${line.number} follows the receipt, which must be the last.`);
    // Of an entry that cannot be read only the one before it tells which it is.
    const near = (last?.entry.entry ?? 0) + 1;
    const read = checkLine(line, near, () => parseCanonical(line.bytes));
    if (Object.hasOwn(read, 'receipt')) receipt = parseReceiptLine(read);
    else {
      const entry = checkLine(line, near, () => parseEntry(read));
      const leaf = checkLine(line, entry.entry, () => {
        if (entry.stream !== header.stream) throw new LineError(`it is of the stream ${quote(entry.stream)}`);
        if (entry.entry < near) throw new LineError(`it stands behind entry ${near - 1}`);
        return streams.appendEntry(entry);
      });
      last = { entry, leaf };
    }
  }
  if (!last) throw new VerificationError('The record holds no entry.');
  const { entry, leaf } = last;
  if (!receipt)
    throw new VerificationError(
      `The file ends behind revision ${entry.revision} of the stream, without a receipt.`,
    );
  if (entry.revision + 1 !== header.entries)
    throw new VerificationError(
      `The header announces ${header.entries} entries, but the file has ${entry.revision + 1}.`,
      entry.entry,
    );
  assertReceipt(entry, leaf, receipt);
  return { checkpoint: receipt.checkpoint, sentences: describeResult(header.stream, entry, receipt) };
}

function parseReceiptLine(line: JsonObject): Receipt {
  const text = line['receipt'];
  if (typeof text !== 'string' || Object.keys(line).length !== 1)
    throw new VerificationError('The line with the receipt is not an object with that one text.');
  return parseReceipt(Buffer.from(text));
}

function assertReceipt({ entry }: EntryLine, leaf: Buffer, receipt: Receipt): void {
  if (receipt.index !== BigInt(entry) - 1n)
    throw new VerificationError(
      `The receipt is that of entry ${receipt.index + 1n}, and the last of the record is entry ${entry}.`,
      entry,
    );
  if (!provesLeaf(receipt, leaf))
    throw new VerificationError(
      `The receipt does not prove entry ${entry}, the last of the record: something was altered together with all hashes that follow from it, which hides where, or the receipt is of another history.`,
      entry,
    );
}

function describeResult(
  stream: string,
  { entry, revision }: EntryLine,
  { checkpoint }: Receipt,
): readonly string[] {
  const { origin, size, root } = checkpoint;
  const proved = `The record of the stream ${quote(stream)} is complete up to its last entry (revision ${revision}, entry ${entry}): each entry holds the hash of the one before it, and the receipt proves the last under the checkpoint of ${quote(origin)} with size ${size} and root ${root.toString('base64')}.`;
  // A leaf holds no entry number: where it stands in the tree is its number.
  const numbers = 'The entry numbers of those before the last are no part of this proof, but their order is.';
  return revision === 0 ? [proved] : [proved, numbers];
}

/**
 * How the receipt's checkpoint and another one of the same log are known to be of one history. Throws VerificationError where
 * they are not, and where nothing shows it.
 */
export function relateCheckpoints(
  receipt: Checkpoint,
  given: Checkpoint,
  proof: ConsistencyProof | undefined,
): string {
  if (receipt.size === given.size) {
    if (!receipt.root.equals(given.root))
      throw new VerificationError(
        `Two histories: at size ${given.size} the receipt's checkpoint signs the root ${receipt.root.toString('base64')}, and the one given ${given.root.toString('base64')}.`,
      );
    return 'The checkpoint given is of the same tree as that in the receipt.';
  }
  const [earlier, later] = receipt.size < given.size ? [receipt, given] : [given, receipt];
  if (!proof)
    throw new VerificationError(
      `The record fits its own receipt, but the checkpoint in it has size ${receipt.size} and the one given ${given.size}: that they are of one history only a proof of consistency from ${earlier.size} to ${later.size} could show.`,
    );
  assertConsistency(earlier, later, proof);
  return `By the proof of consistency the checkpoint given, with size ${given.size}, is of the same history as that in the receipt.`;
}
