import type { Append, AppendOutcome } from '../../sequencer.js';
import {
  advanceAppend,
  type AppendSignal,
  type AppendState,
  isFinalState,
  isWrittenState,
} from './append-state.js';

/** An append without an outcome so far. */
export class PendingAppend {
  /** What the caller waits for. */
  readonly outcome: Promise<AppendOutcome>;
  /** Resolves when the next append of its stream may be sent. */
  readonly released: Promise<void>;
  resolve!: (outcome: AppendOutcome) => void;
  reject!: (reason: unknown) => void;
  release!: () => void;
  #state: AppendState = { name: 'queued' };
  /** In-flight appends that this one depends on: they write the revision that it expects. */
  #dependencies: readonly PendingAppend[];

  constructor(
    readonly append: Append,
    dependencies: readonly PendingAppend[],
  ) {
    this.#dependencies = dependencies;
    this.released = new Promise((resolve) => (this.release = resolve));
    this.outcome = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  get state(): AppendState {
    return this.#state;
  }

  hasState(...names: readonly AppendState['name'][]): boolean {
    return names.includes(this.#state.name);
  }

  /** Whether the cluster is known to have it. */
  get isWritten(): boolean {
    return isWrittenState(this.#state);
  }

  /** Applies a signal; a final state does not change, since the node may fail while an attempt is in flight. */
  apply(event: AppendSignal): void {
    if (!isFinalState(this.#state)) this.#state = advanceAppend(this.#state, event);
  }

  /** The revision that the stream has after it. */
  get endRevision(): number {
    return this.append.expectedRevision + this.append.events.length;
  }

  /** Resolves when the caller has an outcome, or knows that there is none. */
  get settled(): Promise<unknown> {
    return this.outcome.catch(() => undefined);
  }

  /** Whether none of its dependencies was written. The revision may still match, because of other nodes. */
  get hasFailedDependencies(): boolean {
    return this.#dependencies.length > 0 && !this.#dependencies.some((each) => each.isWritten);
  }

  /**
   * Removes its dependencies once it has an outcome: under constant load each append depends on another one, in an
   * endless chain.
   */
  clearDependencies(): void {
    this.#dependencies = [];
  }
}

/** The appends of one stream, which are sent one after the other. */
export class StreamAppendQueue {
  readonly #pending = new Set<PendingAppend>();
  #lastReleased: Promise<void> = Promise.resolve();
  /** The revision after the last append that the cluster has confirmed; -1 if there was none. */
  writtenRevision = -1;

  get pending(): readonly PendingAppend[] {
    return [...this.#pending];
  }

  /**
   * Puts an append behind the others; `turn` resolves when it may be sent. Undefined if it can no longer succeed: the
   * revision that it expects is neither the stream's, which is `revision` in this node's ledger, nor in flight.
   */
  enqueue(append: Append, revision: number): { pending: PendingAppend; turn: Promise<void> } | undefined {
    const { expectedRevision } = append;
    const dependencies =
      expectedRevision === this.writtenRevision
        ? []
        : this.pending.filter(({ endRevision }) => endRevision === expectedRevision);
    if (dependencies.length === 0 && expectedRevision !== Math.max(revision, this.writtenRevision))
      return undefined;
    const pending = new PendingAppend(append, dependencies);
    const turn = this.#lastReleased;
    this.#lastReleased = pending.released;
    this.#pending.add(pending);
    return { pending, turn };
  }

  /** Returns whether the queue is empty now. */
  remove(pending: PendingAppend): boolean {
    this.#pending.delete(pending);
    pending.clearDependencies();
    return this.#pending.size === 0;
  }
}
