import type { Append, AppendOutcome } from '../../sequencer.js';

/** One append on its way. */
export class PendingAppend {
  /** What the caller waits for. */
  readonly outcome: Promise<AppendOutcome>;
  /** Resolves when the append that follows it in its stream may go out. */
  readonly released: Promise<void>;
  /** Whether the cluster has taken it. */
  isWritten = false;
  resolve!: (outcome: AppendOutcome) => void;
  reject!: (reason: unknown) => void;
  release!: () => void;

  /** Those that wrote what this one was decided on, as far as they are on their way, too. */
  #dependencies: readonly PendingAppend[];

  constructor(
    readonly append: Append,
    standsOn: readonly PendingAppend[],
  ) {
    this.#dependencies = standsOn;
    this.released = new Promise((resolve) => (this.release = resolve));
    this.outcome = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** The revision that the stream has after it. */
  get endRevision(): number {
    return this.append.expectedRevision + this.append.events.length;
  }

  /** Resolves when it has an outcome or none is known. */
  get settled(): Promise<unknown> {
    return this.outcome.catch(() => undefined);
  }

  /** Whether what it was decided on has fallen through. The revision alone may match all the same, by what others wrote. */
  get hasFailedDependencies(): boolean {
    return this.#dependencies.length > 0 && !this.#dependencies.some(({ isWritten }) => isWritten);
  }

  /** To be called when it has an outcome: under constant load each stands on one that stands on another, without end. */
  clearDependencies(): void {
    this.#dependencies = [];
  }
}

/** The appends of one stream, which go out one after the other. */
export class StreamAppendQueue {
  readonly #pending = new Set<PendingAppend>();
  #lastReleased: Promise<void> = Promise.resolve();
  /** The revision after the last append that the cluster has taken; -1 if it took none. */
  writtenRevision = -1;

  get pending(): readonly PendingAppend[] {
    return [...this.#pending];
  }

  /**
   * Puts an append behind the others; `turn` resolves when it may go out. Undefined if it can no longer come true:
   * what it was decided on is neither the stream's revision here nor on its way.
   */
  enqueue(append: Append, revision: number): { pending: PendingAppend; turn: Promise<void> } | undefined {
    const { expectedRevision } = append;
    const standsOn =
      expectedRevision === this.writtenRevision
        ? []
        : this.pending.filter(({ endRevision }) => endRevision === expectedRevision);
    if (standsOn.length === 0 && expectedRevision !== Math.max(revision, this.writtenRevision))
      return undefined;
    const pending = new PendingAppend(append, standsOn);
    const turn = this.#lastReleased;
    this.#lastReleased = pending.released;
    this.#pending.add(pending);
    return { pending, turn };
  }

  /** Returns whether the lane is empty now. */
  remove(pending: PendingAppend): boolean {
    this.#pending.delete(pending);
    pending.clearDependencies();
    return this.#pending.size === 0;
  }
}
