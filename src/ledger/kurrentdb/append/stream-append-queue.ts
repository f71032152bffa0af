import type { Append, AppendOutcome } from '../../sequencer.js';
import {
  advanceAppend,
  type AppendSignal,
  type AppendState,
  isFinalState,
  isWrittenState,
} from './append-state.js';

/** A stream that an append requires: what was known of it when the append was called. */
type RequiredStream = { readonly exists: boolean; readonly pending: readonly PendingAppend[] };

/** An append without an outcome so far. */
export class PendingAppend {
  /** What the caller waits for. */
  readonly outcome: Promise<AppendOutcome>;
  /** Resolves when the next append of its stream may be sent. */
  readonly released: Promise<void>;
  resolve!: (outcome: AppendOutcome) => void;
  reject!: (reason: unknown) => void;
  release!: () => void;
  /** The write that it is sent with, once it is sent. */
  batch: AppendBatch | undefined;
  #state: AppendState = { name: 'queued' };
  /** In-flight appends that this one depends on: they write the revision that it expects. */
  #dependencies: readonly PendingAppend[];

  constructor(
    readonly append: Append,
    dependencies: readonly PendingAppend[],
    readonly required: readonly RequiredStream[],
    /** Appends of any stream that must have an outcome first, because they determine the recorded time. */
    readonly predecessors: readonly PendingAppend[],
    /** Until when the caller waits for an outcome, in milliseconds of `performance.now()`. */
    readonly endsAtMs: number,
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

  /** Whether all streams that it requires exist. What was in flight when it was called counts once it is written. */
  get hasRequiredStreams(): boolean {
    return this.required.every((each) => each.exists || each.pending.some(({ isWritten }) => isWritten));
  }

  /** Whether it can be sent in one write with the append before it in its stream. */
  canFollow(previous: PendingAppend): boolean {
    return (
      this.hasState('queued') &&
      this.append.expectedRevision === previous.endRevision &&
      this.append.recordedAt === undefined &&
      this.hasRequiredStreams &&
      this.predecessors.every(({ state }) => isFinalState(state))
    );
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

/** How many events are written together, and how many bytes of data and metadata. A larger command is written alone. */
const BATCH_EVENTS_MAX = 100;
const BATCH_BYTES_MAX = 512 * 1024;

const getSize = ({ append }: PendingAppend): number =>
  append.events.reduce(
    (bytes, { data, metadata }) => bytes + Buffer.byteLength(data) + Buffer.byteLength(metadata),
    0,
  );

/** Appends that directly follow each other in one stream, and are sent in one write: all of them are written, or none. */
export class AppendBatch {
  readonly append: Pick<Append, 'stream' | 'expectedRevision' | 'events'>;
  /** Resolves when all of them have a final state, unless the node has failed. */
  readonly finished: Promise<void>;
  finish!: () => void;

  constructor(readonly members: readonly [PendingAppend, ...PendingAppend[]]) {
    const [{ append }] = members;
    const { stream, expectedRevision } = append;
    this.append = { stream, expectedRevision, events: members.flatMap((member) => member.append.events) };
    this.finished = new Promise((resolve) => (this.finish = resolve));
  }

  /** All members have the same state, except those whose callers wait no longer. */
  hasState(...names: readonly AppendState['name'][]): boolean {
    return this.members.some((member) => member.hasState(...names));
  }

  apply(signal: AppendSignal): void {
    for (const member of this.members) member.apply(this.#toMemberSignal(signal, member));
  }

  /** Their events follow each other in the ledger as they do in the write. */
  #toMemberSignal(signal: AppendSignal, { append: { expectedRevision } }: PendingAppend): AppendSignal {
    if (signal.type !== 'replicated' || signal.outcome.outcome !== 'appended') return signal;
    const offset = expectedRevision - this.append.expectedRevision;
    return { ...signal, outcome: { ...signal.outcome, entry: signal.outcome.entry + offset } };
  }

  get endRevision(): number {
    return this.append.expectedRevision + this.append.events.length;
  }

  /** Of the caller that waits longest. */
  get endsAtMs(): number {
    return Math.max(...this.members.map((member) => member.endsAtMs));
  }

  release(): void {
    for (const member of this.members) member.release();
  }
}

/** The appends of one stream, which are sent one after the other, and together if they wait. */
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
  enqueue(
    append: Append,
    revision: number,
    required: readonly RequiredStream[],
    predecessors: readonly PendingAppend[],
    endsAtMs: number,
  ): { pending: PendingAppend; turn: Promise<void> } | undefined {
    const { expectedRevision } = append;
    const dependencies =
      expectedRevision === this.writtenRevision
        ? []
        : this.pending.filter(({ endRevision }) => endRevision === expectedRevision);
    if (dependencies.length === 0 && expectedRevision !== Math.max(revision, this.writtenRevision))
      return undefined;
    const pending = new PendingAppend(append, dependencies, required, predecessors, endsAtMs);
    const turn = this.#lastReleased;
    // Also one that ends before its turn lets no other one pass those before it.
    this.#lastReleased = Promise.all([turn, pending.released]).then(() => undefined);
    this.#pending.add(pending);
    return { pending, turn };
  }

  /** An append whose turn it is, with those behind it that can be sent together with it. */
  createBatch(first: PendingAppend): AppendBatch {
    const members: [PendingAppend, ...PendingAppend[]] = [first];
    let [previous, events, bytes] = [first, first.append.events.length, getSize(first)];
    for (const next of this.#pending) {
      if (!next.canFollow(previous)) continue;
      events += next.append.events.length;
      bytes += getSize(next);
      if (events > BATCH_EVENTS_MAX || bytes > BATCH_BYTES_MAX) break;
      members.push(next);
      previous = next;
    }
    const batch = new AppendBatch(members);
    for (const member of members) member.batch = batch;
    return batch;
  }

  /** Returns whether the queue is empty now. */
  remove(pending: PendingAppend): boolean {
    this.#pending.delete(pending);
    pending.clearDependencies();
    return this.#pending.size === 0;
  }
}
