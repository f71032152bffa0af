// C2SP tlog-checkpoint.
import { decodeBase64Hash } from './base64.js';
import { VerificationError } from './verification-error.js';
import { type Note, parseNote } from './note.js';
import { TREE_SIZE_MAX, type TreeHead } from './proofs.js';
import { EMPTY_ROOT } from './tree.js';

export type Checkpoint = TreeHead & {
  readonly origin: string;
  /** Extension lines, whose meaning only the log defines. */
  readonly extensions: readonly string[];
  readonly note: Note;
};

/** Parses a decimal number without leading zeros of at most 64 bits; undefined for any other text. */
export function parseDecimal(text: string): bigint | undefined {
  if (!/^(?:0|[1-9]\d{0,19})$/.test(text)) return undefined;
  const value = BigInt(text);
  return value <= TREE_SIZE_MAX ? value : undefined;
}

/** Parses a checkpoint of any log without verifying its signature. Throws VerificationError. */
export function parseCheckpoint(bytes: Uint8Array, what = 'The checkpoint'): Checkpoint {
  const note = parseNote(bytes, what);
  const [origin = '', decimal = '', base64 = '', ...extensions] = note.text.slice(0, -1).split('\n');
  if (origin === '') throw new VerificationError(`${what} has no origin in its first line.`);
  const size = parseDecimal(decimal);
  if (size === undefined) throw new VerificationError(`${what} has no tree size in its second line.`);
  const root = decodeBase64Hash(base64);
  if (!root) throw new VerificationError(`${what} has no root, 32 bytes in base64, in its third line.`);
  if (extensions.includes(''))
    throw new VerificationError(`${what} has an empty line among its extension lines.`);
  if (size === 0n && !root.equals(EMPTY_ROOT))
    throw new VerificationError(`${what} gives an empty tree a root that is not that of an empty tree.`);
  return { origin, size, root, extensions, note };
}
