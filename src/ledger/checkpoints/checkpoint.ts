// What the book says of itself to others: C2SP tlog-checkpoint, and the receipts that rest on it, C2SP tlog-proof.
import type { NoteKey } from './signed-note.js';

export type Checkpoint = {
  /** Entries of the book. */
  readonly size: number;
  /** RFC 6962 root over their leaf hashes, 32 bytes. */
  readonly root: Buffer;
  /** The signed note, as it is shown. */
  readonly note: string;
};

/** The origin of the log is the name of its key. */
export function signed(key: NoteKey, size: number, root: Buffer): Checkpoint {
  return { size, root, note: key.note(`${key.name}\n${size}\n${root.toString('base64')}\n`) };
}

/**
 * A checkpoint that this key has signed; undefined if the text is anything else. Ed25519 gives one signature for a
 * text, so signing again tells.
 */
export function readCheckpoint(key: NoteKey, note: string): Checkpoint | undefined {
  const [, size, root] = /^[^\n]+\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n/.exec(note) ?? [];
  if (size === undefined || root === undefined) return undefined;
  const again = signed(key, Number(size), Buffer.from(root, 'base64'));
  return again.note === note ? again : undefined;
}

/** The C2SP tlog-proof of one leaf. `path` is its audit path in the tree of the checkpoint. */
export const receipt = (index: number, path: readonly Buffer[], { note }: Checkpoint): string =>
  ['c2sp.org/tlog-proof@v1', `index ${index}`, ...path.map((hash) => hash.toString('base64')), '', note].join(
    '\n',
  );
