// The checkpoints of one ledger. The order of work: the entries are durable, the root is computed from them, the
// checkpoint is signed and stored, and only then published. A crash anywhere in between leaves the previous one.
import { auditTime, type Observable, type Subscription } from 'rxjs';
import { ApplicationError } from '../../errors/application-error.js';
import type { Ledger } from '../ledger.js';
import { SIGN_DELAY_MS } from '../timeouts.js';
import type { Checkpoint } from './checkpoint.js';

/** Provides checkpoints: this node signs them, or other nodes do. */
export interface CheckpointProvider {
  /** The public key as a vkey; null while none is known. */
  readonly verifierKey: string | null;
  /** Whether this node signs. */
  readonly isSigner: boolean;
  /** The last checkpoint that this node's ledger covers; in a cluster it also advances when other nodes sign. */
  readonly latest: Checkpoint | undefined;
  /** Why nothing may be recorded: this node's ledger contradicts a checkpoint. Undefined if it does not. */
  readonly fault: string | undefined;
  /**
   * Resolves when there is a durable checkpoint over at least this many entries, which must be durable here.
   * Rejects with UnavailableError or CheckpointConflictError.
   */
  advanceTo(entries: number): Promise<void>;
  close(): Promise<void>;
}

/** The ledger does not hold the entries that a checkpoint was signed over. The message says what to do. */
export class CheckpointConflictError extends ApplicationError {
  readonly code = 'checkpoint-conflict';
}

export class Checkpoints {
  #signing: Promise<void> | undefined;
  readonly #headSubscription: Subscription | undefined;

  /** `heads` emits the number of each new head. */
  constructor(
    private readonly ledger: Ledger,
    private readonly source: CheckpointProvider,
    heads: Observable<number>,
  ) {
    // A failure is not fatal: the next head, or the next request for a checkpoint, tries again.
    if (source.isSigner)
      this.#headSubscription = heads
        .pipe(auditTime(SIGN_DELAY_MS))
        .subscribe((head) => void this.getCovering(head).catch(() => undefined));
  }

  /** The last checkpoint that this node's ledger covers. */
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

  /** Why nothing may be recorded; undefined if it may. */
  get fault(): string | undefined {
    return this.source.fault;
  }

  /**
   * A checkpoint over at least this many entries, which must be durable here; signed now if there is none. Rejects with
   * UnavailableError or CheckpointConflictError.
   */
  async getCovering(entries: number): Promise<Checkpoint> {
    for (;;) {
      const { latest } = this.source;
      if (latest && latest.size >= entries) return latest;
      this.#signing ??= this.source.advanceTo(entries).finally(() => (this.#signing = undefined));
      await this.#signing;
    }
  }

  /** Signs the entries that no checkpoint covers yet. */
  async close(): Promise<void> {
    this.#headSubscription?.unsubscribe();
    if (this.isSigner) await this.getCovering(this.ledger.getHead().entry).catch(() => undefined);
    await this.source.close();
  }
}

/** Throws CheckpointConflictError unless the first entries of the ledger are those that the checkpoint was signed over. */
export function assertMatchesCheckpoint(ledger: Ledger, checkpoint: Checkpoint | undefined): void {
  if (!checkpoint) return;
  const { size } = checkpoint;
  const { entry } = ledger.getHead();
  if (entry < size)
    throw new CheckpointConflictError(
      `The ledger has ${entry} entries, but a checkpoint over ${size} was published: this is an older copy, so restore a newer one. If the missing entries are lost for good, move the file "checkpoint" away and start again; holders of that checkpoint can prove that entries are missing.`,
    );
  if (!matchesCheckpoint(ledger, checkpoint))
    throw new CheckpointConflictError(
      `The first ${size} entries of the ledger are not those that the checkpoint was signed over: the ledger was altered, so restore it from a copy.`,
    );
}

/** Whether a ledger with at least as many entries has those that the checkpoint was signed over. */
export const matchesCheckpoint = (ledger: Ledger, { size, root }: Checkpoint): boolean =>
  ledger.tree.getRoot(size).equals(root);
