// The signing key and the last checkpoint as files of the data directory. Each is written beside its place and then
// moved there, so that a crash leaves the old one or the new one, never a part.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeDurableFile } from '../durable-file.js';
import { UnavailableError } from '../sequencer.js';
import { LedgerUnusableError } from '../sqlite/schema.js';
import { type Checkpoint, parseSignedCheckpoint, parseUnverifiedCheckpoint } from './checkpoint.js';
import { InvalidKeyError, NoteSigningKey, type NoteVerifierKey } from './signed-note.js';

/** The key in a file. Throws LedgerUnusable with a sentence if it cannot be read or is none. */
export function readSigningKey(file: string): NoteSigningKey {
  try {
    return NoteSigningKey.fromSecret(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LedgerUnusableError(
      error instanceof InvalidKeyError
        ? `${file} is not a key to sign checkpoints with (${reason}): put the right file there.`
        : `The key to sign checkpoints with cannot be read from ${file} (${reason}).`,
    );
  }
}

/** Creates a key that only the owner of the file may read; resolves when it is durable. */
export async function createSigningKey(
  file: string,
  name = `minutebook/${randomBytes(16).toString('hex')}`,
): Promise<NoteSigningKey> {
  const key = NoteSigningKey.generate(name);
  await writeDurableFile(file, `${key.secret}\n`, { mode: 0o600 });
  return key;
}

/**
 * The last checkpoint that this node has seen. It is not kept in the ledger's file, so that the one tells when the
 * other was replaced.
 */
export class CheckpointFile {
  #latest: Checkpoint | undefined;

  /**
   * Throws LedgerUnusable with a sentence if there is a checkpoint that this key has not signed. Without a key anybody's
   * is taken: a node that does not sign may not know yet who does, and then the tree alone tells.
   */
  constructor(
    private readonly file: string,
    key: NoteVerifierKey | undefined,
  ) {
    if (!existsSync(file)) return;
    const note = readFileSync(file, 'utf8');
    this.#latest = key ? parseSignedCheckpoint(key, note) : parseUnverifiedCheckpoint(note)?.checkpoint;
    if (!this.#latest)
      throw new LedgerUnusableError(
        `${file} was not signed by ${key?.name ?? 'anybody'}: put the key back that signed it. If that is lost for good, move the file away and start again; everybody who trusts the old key must then be told the new one.`,
      );
  }

  get latest(): Checkpoint | undefined {
    return this.#latest;
  }

  /** Resolves when it is durable, in place of the latest. Rejects with Unavailable if the disk is full. */
  async write(checkpoint: Checkpoint): Promise<void> {
    try {
      await writeDurableFile(this.file, checkpoint.note, { mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      throw new UnavailableError('disk-full', 'The disk is full: a checkpoint cannot be stored.', 5);
    }
    this.#latest = checkpoint;
  }
}
