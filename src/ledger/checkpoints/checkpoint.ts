// What the book says of itself to others: C2SP tlog-checkpoint, and the receipts that rest on it, C2SP tlog-proof.
import type { NoteSigningKey, NoteVerifierKey } from './signed-note.js';

export type Checkpoint = {
  /** Entries of the book. */
  readonly size: number;
  /** RFC 6962 root over their leaf hashes, 32 bytes. */
  readonly root: Buffer;
  /** The signed note, as it is shown. */
  readonly note: string;
};

/** The origin of the log is the name of its key. */
export function signCheckpoint(key: NoteSigningKey, size: number, root: Buffer): Checkpoint {
  return { size, root, note: key.signNote(`${key.name}\n${size}\n${root.toString('base64')}\n`) };
}

/** A checkpoint that this key has signed; undefined if the text is anything else. */
export function parseSignedCheckpoint(key: NoteVerifierKey, note: string): Checkpoint | undefined {
  const read = parseUnverifiedCheckpoint(note);
  return read?.origin === key.name && key.hasSigned(note) ? read.checkpoint : undefined;
}

/** What a text with one signature says, whoever may have made that; undefined if it is no checkpoint. */
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
