import type { Append, AppendOutcome } from '../../sequencer.js';

/** One append on its way. */
export class Pending {
  /** What the caller waits for. */
  readonly outcome: Promise<AppendOutcome>;
  /** Resolves when the append that follows it in its stream may go out. */
  readonly over: Promise<void>;
  /** Whether the cluster has taken it. */
  isWritten = false;
  resolve!: (outcome: AppendOutcome) => void;
  reject!: (reason: unknown) => void;
  finish!: () => void;

  /** Those that wrote what this one was decided on, as far as they are on their way, too. */
  #standsOn: readonly Pending[];

  constructor(
    readonly append: Append,
    standsOn: readonly Pending[],
  ) {
    this.#standsOn = standsOn;
    this.over = new Promise((resolve) => (this.finish = resolve));
    this.outcome = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** The revision that the stream has after it. */
  get end(): number {
    return this.append.expectedRevision + this.append.events.length;
  }

  /** Resolves when it has an outcome or none is known. */
  get settled(): Promise<unknown> {
    return this.outcome.catch(() => undefined);
  }

  /** Whether what it was decided on has fallen through. The revision alone may match all the same, by what others wrote. */
  get isBaseless(): boolean {
    return this.#standsOn.length > 0 && !this.#standsOn.some(({ isWritten }) => isWritten);
  }

  /** To be called when it has an outcome: under constant load each stands on one that stands on another, without end. */
  forget(): void {
    this.#standsOn = [];
  }
}

/** The appends of one stream, which go out one after the other. */
export class Lane {
  readonly #pending = new Set<Pending>();
  #last: Promise<void> = Promise.resolve();
  /** The revision after the last append that the cluster has taken; -1 if it took none. */
  written = -1;

  get pending(): readonly Pending[] {
    return [...this.#pending];
  }

  /**
   * Puts an append behind the others; `turn` resolves when it may go out. Undefined if it can no longer come true:
   * what it was decided on is neither the stream's revision here nor on its way.
   */
  join(append: Append, revision: number): { pending: Pending; turn: Promise<void> } | undefined {
    const { expectedRevision } = append;
    const standsOn =
      expectedRevision === this.written ? [] : this.pending.filter(({ end }) => end === expectedRevision);
    if (standsOn.length === 0 && expectedRevision !== Math.max(revision, this.written)) return undefined;
    const pending = new Pending(append, standsOn);
    const turn = this.#last;
    this.#last = pending.over;
    this.#pending.add(pending);
    return { pending, turn };
  }

  /** Returns whether the lane is empty now. */
  leave(pending: Pending): boolean {
    this.#pending.delete(pending);
    pending.forget();
    return this.#pending.size === 0;
  }
}
