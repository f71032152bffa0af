// Verifies the record of one stream with its receipt. Every entry contains the leaf hash of the one before it in its
// stream, so the proof of the last one proves all of them.
import { type JsonObject, parseCanonical } from './canonical-json.js';
import type { Checkpoint } from './checkpoint.js';
import { assertConsistency, type ConsistencyProof } from './consistency.js';
import { type EntryLine, parseEntry, convertLineErrors, StreamHeads } from './entry.js';
import type { StreamRecordHeader } from './export-header.js';
import type { Line } from './lines.js';
import { InvalidLineError, VerificationError, quote } from './verification-error.js';
import { parseReceipt, receiptProvesLeaf, type Receipt } from './receipt.js';

type VerifiedRecord = { readonly checkpoint: Checkpoint; readonly sentences: readonly string[] };

/** Resolves to what the receipt proves if its checkpoint is signed, which the caller verifies. Throws VerificationError. */
export async function verifyStreamRecord(
  header: StreamRecordHeader,
  lines: AsyncIterable<Line>,
): Promise<VerifiedRecord> {
  const streams = new StreamHeads();
  let last: { readonly entry: EntryLine; readonly leaf: Buffer } | undefined;
  let receipt: Receipt | undefined;
  for await (const line of lines) {
    if (receipt)
      throw new VerificationError(`Line ${line.number} follows the receipt, which must be the last line.`);
    // The smallest number that the entry may have; it names an entry that cannot be parsed.
    const nextNumber = (last?.entry.entry ?? 0) + 1;
    const read = convertLineErrors(line, nextNumber, () => parseCanonical(line.bytes));
    if (Object.hasOwn(read, 'receipt')) receipt = parseReceiptLine(read);
    else {
      const entry = convertLineErrors(line, nextNumber, () => parseEntry(read));
      const leaf = convertLineErrors(line, entry.entry, () => {
        if (entry.stream !== header.stream)
          throw new InvalidLineError(`it is of the stream ${quote(entry.stream)}`);
        if (entry.entry < nextNumber) throw new InvalidLineError(`it follows entry ${nextNumber - 1}`);
        return streams.appendEntry(entry);
      });
      last = { entry, leaf };
    }
  }
  if (!last) throw new VerificationError('The record has no entry.');
  const { entry, leaf } = last;
  if (!receipt)
    throw new VerificationError(
      `The file ends after revision ${entry.revision} of the stream, without a receipt.`,
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
    throw new VerificationError('The line with the receipt is not an object with that one string.');
  return parseReceipt(Buffer.from(text));
}

function assertReceipt({ entry }: EntryLine, leaf: Buffer, receipt: Receipt): void {
  if (receipt.index !== BigInt(entry) - 1n)
    throw new VerificationError(
      `The receipt is for entry ${receipt.index + 1n}, but the last of the record is entry ${entry}.`,
      entry,
    );
  if (!receiptProvesLeaf(receipt, leaf))
    throw new VerificationError(
      `The receipt does not prove entry ${entry}, the last of the record: either an entry was altered and all hashes that depend on it were recomputed, which hides where, or the receipt is of another history.`,
      entry,
    );
}

function describeResult(
  stream: string,
  { entry, revision }: EntryLine,
  { checkpoint }: Receipt,
): readonly string[] {
  const { origin, size, root } = checkpoint;
  const proved = `The record of the stream ${quote(stream)} is complete up to its last entry (revision ${revision}, entry ${entry}): each entry contains the leaf hash of the one before it, and the receipt proves the last under the checkpoint of ${quote(origin)} with size ${size} and root ${root.toString('base64')}.`;
  // A leaf does not contain the entry number, which is its place in the tree.
  const numbers = 'The order of the earlier entries is proved, but not their entry numbers.';
  return revision === 0 ? [proved] : [proved, numbers];
}

/**
 * Says how the receipt's checkpoint and another one of the same log are of one history. Throws VerificationError if they
 * are not, and if nothing proves it.
 */
export function compareCheckpoints(
  receipt: Checkpoint,
  given: Checkpoint,
  proof: ConsistencyProof | undefined,
): string {
  if (receipt.size === given.size) {
    if (!receipt.root.equals(given.root))
      throw new VerificationError(
        `Two histories: at size ${given.size} the receipt's checkpoint signs the root ${receipt.root.toString('base64')}, and the given one ${given.root.toString('base64')}.`,
      );
    return 'The given checkpoint is of the same tree as that in the receipt.';
  }
  const [earlier, later] = receipt.size < given.size ? [receipt, given] : [given, receipt];
  if (!proof)
    throw new VerificationError(
      `The record matches its own receipt, but the checkpoint in it has size ${receipt.size} and the given one ${given.size}: only a consistency proof from ${earlier.size} to ${later.size} could show that they are of one history.`,
    );
  assertConsistency(earlier, later, proof);
  return `By the consistency proof the given checkpoint, with size ${given.size}, is of the same history as that in the receipt.`;
}
