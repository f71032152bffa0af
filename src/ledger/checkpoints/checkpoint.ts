// Signed tree heads (C2SP tlog-checkpoint), and receipts, which are inclusion proofs with one (C2SP tlog-proof).
import type { NoteSigningKey, NoteVerifierKey } from './signed-note.js';

export type Checkpoint = {
  /** The number of entries. */
  readonly size: number;
  /** The RFC 6962 root over their leaf hashes, 32 bytes. */
  readonly root: Buffer;
  /** The signed note, as it is published. */
  readonly note: string;
};

/** The origin of the log is the name of its key. */
export function signCheckpoint(key: NoteSigningKey, size: number, root: Buffer): Checkpoint {
  return { size, root, note: key.signNote(`${key.name}\n${size}\n${root.toString('base64')}\n`) };
}

/** The checkpoint of a text that this key has signed; undefined for any other text. */
export function parseSignedCheckpoint(key: NoteVerifierKey, note: string): Checkpoint | undefined {
  const read = parseUnverifiedCheckpoint(note);
  return read?.origin === key.name && key.hasSigned(note) ? read.checkpoint : undefined;
}

/** The checkpoint of a text with one signature, which is not verified; undefined if the text is no checkpoint. */
export function parseUnverifiedCheckpoint(
  note: string,
): { origin: string; checkpoint: Checkpoint } | undefined {
  const [, origin, size, encoded] =
    /^([^\n]+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n\n\u2014 [^\n]+\n$/.exec(note) ?? [];
  const root = Buffer.from(encoded ?? '', 'base64');
  if (origin === undefined || root.toString('base64') !== encoded) return undefined;
  return { origin, checkpoint: { size: Number(size), root, note } };
}

/** The C2SP tlog-proof of one leaf. `path` is its audit path in the tree of the checkpoint. */
export const formatReceipt = (index: number, path: readonly Buffer[], { note }: Checkpoint): string =>
  ['c2sp.org/tlog-proof@v1', `index ${index}`, ...path.map((hash) => hash.toString('base64')), '', note].join(
    '\n',
  );
