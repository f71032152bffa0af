import type { Ledger } from '../ledger.js';
import { type Checkpoint, signCheckpoint } from './checkpoint.js';
import type { CheckpointFile } from './checkpoint-files.js';
import { assertMatchesCheckpoint, type CheckpointProvider, CheckpointConflictError } from './checkpoints.js';
import type { NoteSigningKey } from './signed-note.js';

/** The checkpoints of a ledger on one machine, which signs all of them. */
export class LocalCheckpoints implements CheckpointProvider {
  readonly isSigner = true;
  readonly fault = undefined;

  /**
   * `onConflict` is called when the ledger contradicts the last checkpoint while the node runs, and nothing may be
   * recorded any more. Throws CheckpointConflictError if it does so at the start.
   */
  constructor(
    private readonly ledger: Ledger,
    private readonly key: NoteSigningKey,
    private readonly file: CheckpointFile,
    private readonly onConflict: (sentence: string) => void,
  ) {
    assertMatchesCheckpoint(ledger, file.latest);
  }

  get verifierKey(): string {
    return this.key.verifierKey;
  }

  get latest(): Checkpoint | undefined {
    return this.file.latest;
  }

  async advanceTo(): Promise<void> {
    try {
      assertMatchesCheckpoint(this.ledger, this.latest);
    } catch (error) {
      if (error instanceof CheckpointConflictError) this.onConflict(error.message);
      throw error;
    }
    const { entry } = this.ledger.getHead();
    await this.file.write(signCheckpoint(this.key, entry, this.ledger.tree.getRoot(entry)));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
