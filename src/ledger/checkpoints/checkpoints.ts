// The checkpoints of one book. The order of work: the entries are on disk, the root is made of them, the checkpoint
// is signed and stored, and only then shown. A crash anywhere in between leaves the one before.
import { auditTime, type Observable, type Subscription } from 'rxjs';
import type { Ledger } from '../ledger.js';
import { type Checkpoint, signed } from './checkpoint.js';
import type { NoteKey } from './signed-note.js';

/** Where the last checkpoint is kept: not in the ledger's file, so that the one tells when the other was replaced. */
export interface CheckpointStore {
  readonly latest: Checkpoint | undefined;
  /** Resolves when it is durable, in place of the latest. */
  put(checkpoint: Checkpoint): Promise<void>;
}

/** The ledger does not hold what a checkpoint was signed for. The message says what to do. */
export class Contradiction extends Error {}

/** How long after it has grown a book is signed without being asked, in milliseconds. */
const SIGN_AFTER = 1_000;

export class Checkpoints {
  #signing: Promise<void> | undefined;
  readonly #growth: Subscription;

  /** `heads` tells of each new entry; `onContradiction` is called when nothing may be recorded any more. */
  constructor(
    private readonly ledger: Ledger,
    private readonly key: NoteKey,
    private readonly store: CheckpointStore,
    heads: Observable<number>,
    private readonly onContradiction: (sentence: string) => void,
  ) {
    // What cannot be stored now is signed with what comes next, or when somebody asks.
    this.#growth = heads
      .pipe(auditTime(SIGN_AFTER))
      .subscribe((head) => void this.covering(head).catch(() => undefined));
  }

  /** What was signed last, if anything was. */
  get latest(): Checkpoint | undefined {
    return this.store.latest;
  }

  /** The public key as a vkey. */
  get verifier(): string {
    return this.key.verifier;
  }

  /**
   * A checkpoint over at least so many entries, which must be durable; signed now if there is none. Rejects with what
   * the store rejects with, or with Contradiction.
   */
  async covering(entries: number): Promise<Checkpoint> {
    for (;;) {
      const { latest } = this.store;
      if (latest && latest.size >= entries) return latest;
      this.#signing ??= this.#sign().finally(() => (this.#signing = undefined));
      await this.#signing;
    }
  }

  /** Signs what is not signed yet. */
  async close(): Promise<void> {
    this.#growth.unsubscribe();
    await this.covering(this.ledger.head().entry).catch(() => undefined);
  }

  async #sign(): Promise<void> {
    try {
      assertHeld(this.ledger, this.store.latest);
    } catch (error) {
      if (error instanceof Contradiction) this.onContradiction(error.message);
      throw error;
    }
    const { entry } = this.ledger.head();
    await this.store.put(signed(this.key, entry, this.ledger.tree.root(entry)));
  }
}

/** Throws Contradiction unless the ledger holds, as its first entries, what the checkpoint was signed for. */
export function assertHeld(ledger: Ledger, checkpoint: Checkpoint | undefined): void {
  if (!checkpoint) return;
  const { size, root } = checkpoint;
  const { entry } = ledger.head();
  if (entry < size)
    throw new Contradiction(
      `The ledger has ${entry} entries, but a checkpoint over ${size} was given out: this is an older copy of it, so restore a newer one. If what it lacks is lost for good, move the file "checkpoint" away and start again; whoever holds that checkpoint can prove that entries are gone.`,
    );
  if (!ledger.tree.root(size).equals(root))
    throw new Contradiction(
      `The first ${size} entries of the ledger are not those that the checkpoint over them was signed for: the ledger was altered, so restore it from a copy.`,
    );
}
