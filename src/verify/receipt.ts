// C2SP tlog-proof, version 1: proves that one leaf is in the tree of a checkpoint.
import { decodeBase64, decodeBase64Hash } from './base64.js';
import { type Checkpoint, parseCheckpoint, parseDecimal } from './checkpoint.js';
import { VerificationError } from './verification-error.js';
import { decodeText } from './note.js';
import { PROOF_LENGTH_MAX, provesInclusion } from './proofs.js';

export type Receipt = {
  /** Counts from 0. */
  readonly index: bigint;
  readonly path: readonly Buffer[];
  /** Not signed. */
  readonly extra: Buffer | undefined;
  readonly checkpoint: Checkpoint;
};

/** Parses a receipt of any log without verifying the signature of its checkpoint. Throws VerificationError. */
export function parseReceipt(bytes: Uint8Array, what = 'The receipt'): Receipt {
  const text = decodeText(bytes, what);
  const end = text.indexOf('\n\n');
  if (end < 0) throw new VerificationError(`${what} has no empty line before its checkpoint.`);
  const lines = text.slice(0, end).split('\n');
  if (lines.shift() !== 'c2sp.org/tlog-proof@v1')
    throw new VerificationError(`${what} does not begin with the line c2sp.org/tlog-proof@v1.`);
  const extra = lines[0]?.startsWith('extra ') ? decodeBase64(lines.shift()?.slice(6) ?? '') : null;
  if (extra === undefined) throw new VerificationError(`${what} has an extra line that is not base64.`);
  const index = parseDecimal(/^index (.*)$/.exec(lines.shift() ?? '')?.[1] ?? '');
  if (index === undefined) throw new VerificationError(`${what} has no line with the index of its entry.`);
  if (lines.length > PROOF_LENGTH_MAX)
    throw new VerificationError(`${what} has more than ${PROOF_LENGTH_MAX} hashes.`);
  const path = lines.map((line) => {
    const hash = decodeBase64Hash(line);
    if (!hash) throw new VerificationError(`${what} has a line that is not a hash, 32 bytes in base64.`);
    return hash;
  });
  const checkpoint = parseCheckpoint(
    Buffer.from(text.slice(end + 2)),
    `The checkpoint in ${lowerFirst(what)}`,
  );
  return { index, path, extra: extra ?? undefined, checkpoint };
}

const lowerFirst = (what: string): string => `${what.charAt(0).toLowerCase()}${what.slice(1)}`;

/** Whether the receipt proves this leaf under its own checkpoint. */
export const receiptProvesLeaf = ({ index, path, checkpoint }: Receipt, leaf: Buffer): boolean =>
  provesInclusion(leaf, index, path, checkpoint);
