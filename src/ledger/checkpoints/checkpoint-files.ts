// The signing key and the last checkpoint as files of the data directory. Each is written durably: a crash leaves the
// old one or the new one, never a part.
import { getErrorMessage } from '../../errors/get-error-message.js';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeDurableFile } from '../durable-file.js';
import { UnavailableError } from '../sequencer.js';
import { findUnavailabilityCode } from '../sqlite/sqlite-errors.js';
import { LedgerUnusableError } from '../ledger-unusable-error.js';
import { type Checkpoint, parseSignedCheckpoint, parseUnverifiedCheckpoint } from './checkpoint.js';
import { InvalidKeyError, NoteSigningKey, type NoteVerifierKey } from './signed-note.js';

/** Reads a key file. Throws LedgerUnusableError with a sentence if it cannot be read or holds no key. */
export function readSigningKey(file: string): NoteSigningKey {
  try {
    return NoteSigningKey.fromSecret(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = getErrorMessage(error);
    throw new LedgerUnusableError(
      error instanceof InvalidKeyError
        ? `${file} is not a key that signs checkpoints (${reason}): put the right file there.`
        : `The key that signs checkpoints cannot be read from ${file} (${reason}).`,
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
 * The last checkpoint that this node has seen. It is kept outside the ledger's file, so that a ledger that was replaced
 * by an older copy is detected.
 */
export class CheckpointFile {
  #latest: Checkpoint | undefined;

  /**
   * Throws LedgerUnusableError with a sentence if there is a checkpoint that this key has not signed. Without a key any
   * signature is accepted: a node that does not sign may not know the key yet, and then only the tree is compared.
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
        `${file} is not a checkpoint signed by ${key?.name ?? 'any key'}: restore the key that signed it. If that key is lost for good, move the file away and start again, then give the new key to everyone who trusts the old one.`,
      );
  }

  get latest(): Checkpoint | undefined {
    return this.#latest;
  }

  /** Replaces the latest; resolves when the new one is durable. Rejects with UnavailableError if it cannot be stored now. */
  async write(checkpoint: Checkpoint): Promise<void> {
    try {
      await writeDurableFile(this.file, checkpoint.note, { mode: 0o600 });
    } catch (error) {
      const code = findUnavailabilityCode(error);
      if (code === undefined) throw error;
      throw new UnavailableError(
        code,
        code === 'disk-full'
          ? 'The disk is full: a checkpoint cannot be stored.'
          : 'A checkpoint cannot be stored: the data directory cannot be written now.',
      );
    }
    this.#latest = checkpoint;
  }
}
