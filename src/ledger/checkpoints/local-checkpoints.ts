import type { Ledger } from '../ledger.js';
import { type Checkpoint, signed } from './checkpoint.js';
import type { CheckpointFile } from './checkpoint-file.js';
import { assertHeld, type CheckpointSource, Contradiction } from './checkpoints.js';
import type { NoteKey } from './signed-note.js';

/** The checkpoints of a book on one machine, which signs them all. */
export class OwnCheckpoints implements CheckpointSource {
  readonly signs = true;
  readonly fault = undefined;

  /**
   * `onContradiction` is called when nothing may be recorded any more. Throws Contradiction if the ledger does not hold
   * what was signed.
   */
  constructor(
    private readonly ledger: Ledger,
    private readonly key: NoteKey,
    private readonly file: CheckpointFile,
    private readonly onContradiction: (sentence: string) => void,
  ) {
    assertHeld(ledger, file.latest);
  }

  get verifier(): string {
    return this.key.verifier;
  }

  get latest(): Checkpoint | undefined {
    return this.file.latest;
  }

  async extend(): Promise<void> {
    try {
      assertHeld(this.ledger, this.latest);
    } catch (error) {
      if (error instanceof Contradiction) this.onContradiction(error.message);
      throw error;
    }
    const { entry } = this.ledger.head();
    await this.file.put(signed(this.key, entry, this.ledger.tree.root(entry)));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
