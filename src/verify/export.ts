// Verifies the export of a whole ledger against a checkpoint.
import { parseCanonical } from './canonical-json.js';
import type { Checkpoint } from './checkpoint.js';
import { assertConsistency, type ConsistencyProof } from './consistency.js';
import { parseEntry, convertLineErrors, StreamHeads } from './entry.js';
import type { ExportHeader } from './export-header.js';
import type { Line } from './lines.js';
import { InvalidLineError, VerificationError, quote } from './verification-error.js';
import { CompactRange } from './tree.js';

/**
 * Resolves to sentences that say what is proved. Throws VerificationError at the first invalid entry, and for errors that
 * only the whole file shows. The proof is required only if the checkpoint covers more entries than the export.
 */
export async function verifyExport(
  header: ExportHeader,
  lines: AsyncIterable<Line>,
  checkpoint: Checkpoint,
  proof: ConsistencyProof | undefined,
): Promise<readonly string[]> {
  const tree = new CompactRange();
  const streams = new StreamHeads();
  for await (const line of lines) {
    const number = tree.size + 1;
    if (number > header.entries)
      throw new VerificationError(
        `The header announces ${header.entries} entries, but line ${line.number} follows.`,
        number,
      );
    tree.add(
      convertLineErrors(line, number, () => {
        const entry = parseEntry(parseCanonical(line.bytes));
        if (entry.entry !== number) throw new InvalidLineError(`entry ${entry.entry} is in its place`);
        return streams.appendEntry(entry);
      }),
    );
    if (BigInt(number) === checkpoint.size) assertRoot(tree, checkpoint);
  }
  if (tree.size < header.entries)
    throw new VerificationError(
      `The header announces ${header.entries} entries, but the file ends before entry ${tree.size + 1}.`,
      tree.size + 1,
    );
  if (checkpoint.size > tree.size) assertPrefix(tree, checkpoint, proof);
  if (tree.root().toString('base64') !== header.root)
    throw new VerificationError('The root in the header is not that of the entries.');
  return describeResult(tree.size, checkpoint);
}

function assertRoot(tree: CompactRange, { root, size }: Checkpoint): void {
  if (tree.root().equals(root)) return;
  throw new VerificationError(
    `Entries 1 to ${size} are consistent with each other, but not with the checkpoint: they have the root ${tree.root().toString('base64')}, and it signs ${root.toString('base64')}. Either one of them was altered and all hashes that depend on it were recomputed, which hides where, or the checkpoint is of another history.`,
  );
}

function assertPrefix(tree: CompactRange, checkpoint: Checkpoint, proof: ConsistencyProof | undefined): void {
  if (!proof)
    throw new VerificationError(
      `The checkpoint covers ${checkpoint.size} entries, but the file ends before entry ${tree.size + 1}; only a consistency proof from ${tree.size} to ${checkpoint.size} could show that the file is a beginning of them.`,
      tree.size + 1,
    );
  assertConsistency({ size: BigInt(tree.size), root: tree.root() }, checkpoint, proof);
}

function describeResult(entries: number, { origin, size, root }: Checkpoint): readonly string[] {
  const signed = `the checkpoint of ${quote(origin)} with size ${size} and root ${root.toString('base64')}`;
  if (BigInt(entries) === size) return [`All ${entries} entries match ${signed}.`];
  if (BigInt(entries) < size)
    return [
      `All ${entries} entries match ${signed}: by the consistency proof it begins with them. Entries ${entries + 1} to ${size} are not in the file.`,
    ];
  return [
    `The first ${size} entries match ${signed}.`,
    `Entries ${size + 1n} to ${entries} are not covered by the checkpoint: they are consistent with each other and with those before them, but not signed.`,
  ];
}
