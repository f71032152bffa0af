// The checkpoints of one book. The order of work: the entries are on disk, the root is made of them, the checkpoint
// is signed and stored, and only then shown. A crash anywhere in between leaves the one before.
import { auditTime, type Observable, type Subscription } from 'rxjs';
import { ApplicationError } from '../../errors/application-error.js';
import type { Ledger } from '../ledger.js';
import type { Checkpoint } from './checkpoint.js';

/** Where checkpoints come from: this node signs them, or others do. */
export interface CheckpointSource {
  /** The public key as a vkey; null while none is known. */
  readonly verifierKey: string | null;
  /** Whether this node signs. */
  readonly isSigner: boolean;
  /** The last one that this node's ledger holds; in a cluster it moves when others sign. */
  readonly latest: Checkpoint | undefined;
  /** Why nothing may be recorded: what was signed is not what this node has. Undefined if all is well. */
  readonly fault: string | undefined;
  /**
   * Resolves when there is a later one, over at least so many entries, which are durable here, and it is durable, too.
   * Rejects with Unavailable or Contradiction.
   */
  advanceTo(entries: number): Promise<void>;
  close(): Promise<void>;
}

/** The ledger does not hold what a checkpoint was signed for. The message says what to do. */
export class CheckpointConflictError extends ApplicationError {
  readonly code = 'checkpoint-conflict';
}

/** How long after it has grown a book is signed without being asked, in milliseconds. */
const SIGN_DELAY_MS = 1_000;

export class Checkpoints {
  #signing: Promise<void> | undefined;
  readonly #headSubscription: Subscription | undefined;

  /** `heads` tells of each new entry. */
  constructor(
    private readonly ledger: Ledger,
    private readonly source: CheckpointSource,
    heads: Observable<number>,
  ) {
    // What cannot be stored now is signed with what comes next, or when somebody asks.
    if (source.isSigner)
      this.#headSubscription = heads
        .pipe(auditTime(SIGN_DELAY_MS))
        .subscribe((head) => void this.getCovering(head).catch(() => undefined));
  }

  /** The last one that this node's ledger holds, if there is any. */
  get latest(): Checkpoint | undefined {
    return this.source.latest;
  }

  /** The public key as a vkey; null while none is known. */
  get verifierKey(): string | null {
    return this.source.verifierKey;
  }

  /** Whether this node signs. */
  get isSigner(): boolean {
    return this.source.isSigner;
  }

  /** Why nothing may be recorded; undefined if all is well. */
  get fault(): string | undefined {
    return this.source.fault;
  }

  /**
   * A checkpoint over at least so many entries, which must be durable here; signed now if there is none. Rejects with
   * Unavailable or Contradiction.
   */
  async getCovering(entries: number): Promise<Checkpoint> {
    for (;;) {
      const { latest } = this.source;
      if (latest && latest.size >= entries) return latest;
      this.#signing ??= this.source.advanceTo(entries).finally(() => (this.#signing = undefined));
      await this.#signing;
    }
  }

  /** Signs what is not signed yet. */
  async close(): Promise<void> {
    this.#headSubscription?.unsubscribe();
    if (this.isSigner) await this.getCovering(this.ledger.getHead().entry).catch(() => undefined);
    await this.source.close();
  }
}

/** Throws Contradiction unless the ledger holds, as its first entries, what the checkpoint was signed for. */
export function assertMatchesCheckpoint(ledger: Ledger, checkpoint: Checkpoint | undefined): void {
  if (!checkpoint) return;
  const { size } = checkpoint;
  const { entry } = ledger.getHead();
  if (entry < size)
    throw new CheckpointConflictError(
      `The ledger has ${entry} entries, but a checkpoint over ${size} was given out: this is an older copy of it, so restore a newer one. If what it lacks is lost for good, move the file "checkpoint" away and start again; whoever holds that checkpoint can prove that entries are gone.`,
    );
  if (!matchesCheckpoint(ledger, checkpoint))
    throw new CheckpointConflictError(
      `The first ${size} entries of the ledger are not those that the checkpoint over them was signed for: the ledger was altered, so restore it from a copy.`,
    );
}

/** Whether the ledger, which has as many entries, has those that the checkpoint was signed for. */
export const matchesCheckpoint = (ledger: Ledger, { size, root }: Checkpoint): boolean =>
  ledger.tree.getRoot(size).equals(root);
