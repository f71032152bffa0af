import type { JSONEventData } from '@eventstore/db-client';
import { filter, firstValueFrom, map, of, Subject, timeout } from 'rxjs';
import { findClockFault, assignRecordedAt } from '../clock.js';
import {
  type Append,
  type AppendOutcome,
  type ConnectionState,
  ImportRefusedError,
  Sequencer,
  UnavailableError,
} from '../sequencer.js';
import type { IndexedField } from '../sqlite/json-indexes.js';
import { LedgerUnusableError } from '../sqlite/schema.js';
import { SqliteLedger } from '../sqlite/sqlite-ledger.js';
import { WriterThread } from '../sqlite/writer-thread.js';
import { ArrivalWaiters } from './append/arrival-waiters.js';
import {
  type AppendAttempt,
  KurrentDbConnection,
  type KurrentDbSettings,
} from './client/kurrentdb-connection.js';
import {
  LogSubscription,
  type LogSubscriptionListener,
  STALL_TIMEOUT_MS,
} from './replication/log-subscription.js';
import { StreamAppendQueue, type PendingAppend } from './append/stream-append-queue.js';
import { Semaphore } from './append/semaphore.js';
import { serializeEvent } from './client/event-serializer.js';

/** In milliseconds. */
export type SequencerTimeouts = {
  /** For the answer to one attempt to append. */
  readonly attemptMs: number;
  /** For the outcome of an append, whatever happens meanwhile. */
  readonly outcomeMs: number;
  /** For the first contact with the cluster, if the node has no copy of the book to answer from. */
  readonly connectMs: number;
  /** For what others recorded before, at the start. */
  readonly catchUpMs: number;
  /** For the last entry of this node's ledger, if the cluster does not have it. */
  readonly missingEventMs?: number;
};

const DEFAULT_TIMEOUTS: SequencerTimeouts = {
  attemptMs: 5_000,
  outcomeMs: 10_000,
  connectMs: 30_000,
  catchUpMs: 10_000,
};
/** Appends that are out at the same time, of as many streams. */
const MAX_CONCURRENT_APPENDS = 64;
/** Between attempts to append, in milliseconds: doubled from the first to the second. */
const RETRY_BACKOFF_MS = [20, 1_000] as const;

export type KurrentDbSequencerOptions = {
  /** ledger.db */
  readonly file: string;
  readonly cluster: KurrentDbSettings;
  /** Called with a sentence when the process must end: the copy here or the log there cannot be relied on. */
  readonly onFatal: (sentence: string) => void;
  readonly warn: (sentence: string) => void;
  readonly indexedFields?: readonly IndexedField[];
  readonly timeouts?: Partial<SequencerTimeouts>;
  readonly now?: () => number;
};

/** Nothing was written: the server has less of the stream than this node. If it was deposed it does not know it yet. */
type LaggingServerAttempt = { readonly attempt: 'behind'; readonly reason: string };

const MOVED_ON: AppendOutcome = { outcome: 'moved-on' };

/** A cluster orders the facts; this node appends to it, and follows it into a ledger.db of its own. */
export class KurrentDbSequencer extends Sequencer {
  readonly isShared = true;
  readonly capacity = 1_024;
  readonly heads = new Subject<number>();
  readonly #connection: KurrentDbConnection;
  readonly #subscription: LogSubscription;
  readonly #ledger: SqliteLedger;
  readonly #arrivals: ArrivalWaiters;
  readonly #timeouts: SequencerTimeouts;
  readonly #queues = new Map<string, StreamAppendQueue>();
  readonly #pendingAppends = new Set<PendingAppend>();
  readonly #semaphore = new Semaphore(MAX_CONCURRENT_APPENDS);
  readonly #stateChanges = new Subject<ConnectionState>();
  /** The last append with a time of its own, while it is on its way. */
  #pendingTimestampedAppend: PendingAppend | undefined;
  #isOpening = true;
  /** Whether the operator was told that the node is cut off, and not yet that it no longer is. */
  #hasReportedCutOff = false;
  #fatalMessage: string | undefined;
  #closing: Promise<void> | undefined;

  private constructor(
    cluster: KurrentDbConnection,
    private readonly writer: WriterThread,
    private readonly options: KurrentDbSequencerOptions,
  ) {
    super();
    this.#connection = cluster;
    this.#ledger = new SqliteLedger(options.file);
    this.#arrivals = new ArrivalWaiters(this.#ledger);
    this.#timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
    const listener: LogSubscriptionListener = {
      onHead: (head, events) => {
        // The head first: whoever is resolved may at once ask for what follows from it.
        this.heads.next(head);
        this.#arrivals.notify(head, events);
      },
      onConnectionState: (condition, reason) => this.#handleStateChange(condition, reason),
      onFatal: (sentence) => this.#fail(sentence),
    };
    this.#subscription = new LogSubscription(cluster, writer, this.#ledger, listener, {
      missingEventMs: this.#timeouts.missingEventMs,
    });
  }

  /**
   * Opens or makes this node's copy of the book, and follows the cluster. A node with a copy opens also while it is
   * cut off. Rejects with LedgerUnusable and a sentence.
   */
  static async open(options: KurrentDbSequencerOptions): Promise<KurrentDbSequencer> {
    const { file, indexedFields: indexedFields = [] } = options;
    const cluster = new KurrentDbConnection(options.cluster);
    const writer = await WriterThread.open({ file, isReplica: true, indexedFields });
    const sequencer = new KurrentDbSequencer(cluster, writer, options);
    try {
      await sequencer.#start();
      return sequencer;
    } catch (error) {
      await sequencer.close();
      throw error;
    }
  }

  async #start(): Promise<void> {
    const { connectMs, catchUpMs } = this.#timeouts;
    const hasCopy = this.#ledger.getHead().entry > 0;
    const first = this.#waitForState(
      (condition) => hasCopy || condition !== 'cut-off',
      hasCopy ? catchUpMs : connectMs,
    );
    this.#subscription.start();
    if (!(await first) && !hasCopy)
      throw new LedgerUnusableError(
        `The cluster that LEDGER names cannot be reached (${this.#subscription.disconnectReason}), and this node has no copy of its book to answer from: check LEDGER and the cluster.`,
      );
    if (this.connectionState === 'catching-up')
      await this.#waitForState((condition) => condition !== 'catching-up', catchUpMs);
    if (this.#fatalMessage !== undefined) throw new LedgerUnusableError(this.#fatalMessage);
    this.#isOpening = false;
  }

  /** Resolves to whether it did in this time; rejects if the log is not whole. */
  #waitForState(wanted: (condition: ConnectionState) => boolean, milliseconds: number): Promise<boolean> {
    const became = this.#stateChanges.pipe(
      filter(wanted),
      map(() => true),
    );
    return firstValueFrom(became.pipe(timeout({ first: milliseconds, with: () => of(false) })));
  }

  get connectionState(): ConnectionState {
    return this.#subscription.connectionState;
  }

  get pendingAppends(): number {
    return this.#pendingAppends.size;
  }

  append(append: Append): Promise<AppendOutcome> {
    const refusal = this.#getUnavailableError();
    if (refusal) return Promise.reject(refusal);
    const { stream, requires } = append;
    const required = requires.map((each) => ({
      exists: this.#ledger.getStreamRevision(each) >= 0,
      pending: this.#queues.get(each)?.pending ?? [],
    }));
    const isTimed = append.recordedAt !== undefined;
    const others = isTimed
      ? [...this.#pendingAppends]
      : this.#pendingTimestampedAppend
        ? [this.#pendingTimestampedAppend]
        : [];
    const lane = this.#queues.get(stream) ?? new StreamAppendQueue();
    const joined = lane.enqueue(append, this.#ledger.getStreamRevision(stream));
    if (!joined) return this.#waitForWritten(stream, lane).then(() => MOVED_ON);
    const { pending, turn } = joined;
    this.#queues.set(stream, lane);
    this.#pendingAppends.add(pending);
    if (isTimed) this.#pendingTimestampedAppend = pending;
    const settle = async (isWritten: boolean, tell: () => void): Promise<void> => {
      pending.isWritten ||= isWritten;
      if (!isWritten) await this.#waitForWritten(stream, lane);
      this.#settle(pending, tell);
    };
    this.#appendInTurn(pending, lane, required, [turn, ...others.map(({ settled }) => settled)]).then(
      (outcome) => settle(outcome.outcome === 'appended', () => pending.resolve(outcome)),
      (error: unknown) => settle(false, () => pending.reject(error)),
    );
    return pending.outcome;
  }

  /**
   * Whoever is told that nothing was written decides again, on what the ledger says. So it is told when what the
   * cluster has taken of the stream before has arrived.
   */
  #waitForWritten(stream: string, lane: StreamAppendQueue): Promise<void> {
    return this.#arrivals.waitForRevision(stream, lane.writtenRevision, this.#timeouts.outcomeMs);
  }

  /** Resolves when what the cluster has of a stream has arrived, or when no time is left. */
  async #waitForRevision(stream: string, revision: number, left: (most?: number) => number): Promise<void> {
    while (revision >= 0 && left() > 0) {
      await this.#arrivals.waitForRevision(stream, revision, left(STALL_TIMEOUT_MS));
      if (this.#arrivals.readArrived(stream, revision, 1).length > 0) return;
      this.#subscription.resubscribeIfStalled();
    }
  }

  /** To be called when something was recorded that does not come. */
  readonly renew = (): void => this.#subscription.resubscribeIfStalled();

  importEntries(): Promise<number> {
    return Promise.reject(
      new ImportRefusedError(
        'not-in-a-cluster',
        'A whole book cannot be imported into a cluster, whose log takes it bit by bit: import it into one machine.',
        0,
      ),
    );
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#pendingAppends].map(({ settled }) => settled));
    await this.#subscription.stop();
    await this.writer.close();
    this.#ledger.close();
    void this.#connection.close();
    this.heads.complete();
  }

  /** Why nothing can be taken now. */
  #getUnavailableError(): UnavailableError | undefined {
    if (this.#fatalMessage !== undefined)
      return new UnavailableError('outcome-unknown', this.#fatalMessage, 5);
    if (this.#closing) return new UnavailableError('stopping', 'The server is stopping.');
    if (this.pendingAppends >= this.capacity)
      return new UnavailableError('busy', `${this.capacity} appends are waiting; send the command again.`);
    return this.connectionState === 'cut-off' ? this.#createCutOffError() : undefined;
  }

  #createCutOffError(reason = this.#subscription.disconnectReason): UnavailableError {
    return new UnavailableError(
      'cut-off',
      `This node is cut off from the cluster that orders the facts (${reason}): nothing was recorded. Send the command again later, or to another node.`,
      5,
    );
  }

  #settle(pending: PendingAppend, tell: () => void): void {
    if (!this.#pendingAppends.delete(pending)) return;
    const { stream } = pending.append;
    if (this.#queues.get(stream)?.remove(pending)) this.#queues.delete(stream);
    if (this.#pendingTimestampedAppend === pending) this.#pendingTimestampedAppend = undefined;
    pending.release();
    tell();
  }

  async #appendInTurn(
    pending: PendingAppend,
    lane: StreamAppendQueue,
    required: readonly { readonly exists: boolean; readonly pending: readonly PendingAppend[] }[],
    before: readonly Promise<unknown>[],
  ): Promise<AppendOutcome> {
    const { stream, expectedRevision, recordedAt: asked } = pending.append;
    await Promise.all([...required.flatMap((each) => each.pending.map(({ settled }) => settled)), ...before]);
    // By what was there or on its way at the time of the call and not later, so that the order of the calls decides.
    const exist = required.every((each) => each.exists || each.pending.some(({ isWritten }) => isWritten));

    const revision = Math.max(this.#ledger.getStreamRevision(stream), lane.writtenRevision);
    if (!exist || pending.hasFailedDependencies || revision !== expectedRevision) return MOVED_ON;
    const { now = Date.now } = this.options;
    const last = this.#ledger.getHead().recordedAt;
    const fault = findClockFault(last ?? '', now());
    if (fault !== undefined) throw new UnavailableError('clock', fault, 5);
    const recordedAt = assignRecordedAt(last ?? '', now(), asked);
    if (recordedAt === undefined) return { outcome: 'out-of-time', recordedAt: last };
    return this.#sendUntilResolved(pending, lane, recordedAt);
  }

  /** Sends the same bytes with the same expected revision until it is known what became of them. */
  async #sendUntilResolved(
    pending: PendingAppend,
    lane: StreamAppendQueue,
    recordedAt: string,
  ): Promise<AppendOutcome> {
    const { stream, expectedRevision, events } = pending.append;
    const stored = events.map((event) => serializeEvent(event, recordedAt));
    const until = performance.now() + this.#timeouts.outcomeMs;
    const left = (most = Infinity): number => Math.min(most, until - performance.now());
    const [least, most] = RETRY_BACKOFF_MS;
    let [mayBeWritten, isBehind] = [false, false];
    for (let wait: number = least; ; wait = Math.min(2 * wait, most)) {
      const attempt = this.#semaphore.run(() => this.#sendOnce(stream, expectedRevision, stored, left));
      const tried = await this.#raceWithArrival(pending, attempt, left);
      if ('outcome' in tried) return tried;
      if (tried.attempt === 'wrong-revision')
        return this.#resolveConflict(pending, tried.current, mayBeWritten, left);
      if (tried.attempt === 'written') {
        pending.isWritten = true;
        lane.writtenRevision = pending.endRevision;
        pending.release();
        if (tried.revision !== pending.endRevision) this.#fail(describeAlteredStream(stream));
        await this.#waitForRevision(stream, pending.endRevision, left);
        const found = this.#findOutcome(pending);
        if (found) return found;
        throw this.#createOutcomeUnknownError('it was taken, but has not come back to this node');
      }
      if (tried.attempt === 'deleted') {
        this.#fail(describeAlteredStream(stream));
        throw this.#createOutcomeUnknownError('the stream was deleted');
      }
      mayBeWritten ||= tried.attempt === 'unknown';
      isBehind = tried.attempt === 'behind' || (isBehind && tried.attempt === 'unknown');
      if (!mayBeWritten && this.connectionState === 'cut-off') throw this.#createCutOffError();
      // The follower may bring the events before a server says that it has them.
      await this.#arrivals.waitForRevision(stream, expectedRevision + 1, left(wait));
      const found = mayBeWritten ? this.#findOutcome(pending) : undefined;
      if (found) return found;
      if (left() > 0) continue;
      if (isBehind) this.#fail(describeAlteredStream(stream));
      throw mayBeWritten
        ? this.#createOutcomeUnknownError(tried.reason)
        : this.#createCutOffError(tried.reason);
    }
  }

  /** The answer to an attempt, or what became of the append if the follower brings that first: it may never be answered. */
  async #raceWithArrival<T>(
    pending: PendingAppend,
    attempt: Promise<T>,
    left: () => number,
  ): Promise<T | AppendOutcome> {
    const { stream, expectedRevision } = pending.append;
    const answered = new AbortController();
    attempt.finally(() => answered.abort()).catch(() => undefined);
    await this.#arrivals.waitForRevision(stream, expectedRevision + 1, left(), answered.signal);
    return this.#findOutcome(pending) ?? attempt;
  }

  async #sendOnce(
    stream: string,
    expectedRevision: number,
    events: readonly JSONEventData[],
    left: (most: number) => number,
  ): Promise<AppendAttempt | LaggingServerAttempt> {
    const deadline = Math.max(1, left(this.#timeouts.attemptMs));
    // Before it is asked: while the answer is on its way, more may arrive from others.
    const known = this.#ledger.getStreamRevision(stream);
    const tried = await this.#connection.append(
      this.#connection.toClusterStreamName(stream),
      expectedRevision,
      events,
      deadline,
    );
    if (tried.attempt !== 'wrong-revision' || tried.current >= known) return tried;
    return { attempt: 'behind', reason: `it has ${stream}@${tried.current} and this node @${known}` };
  }

  /** The stream has another revision: because of others, or because an attempt before this one was taken after all. */
  async #resolveConflict(
    pending: PendingAppend,
    current: number,
    mayBeWritten: boolean,
    left: (most?: number) => number,
  ): Promise<AppendOutcome> {
    const { stream } = pending.append;
    await this.#waitForRevision(stream, current, left);
    const found = this.#findOutcome(pending);
    if (found) return found;
    const reason = 'what others recorded does not arrive';
    throw mayBeWritten ? this.#createOutcomeUnknownError(reason) : this.#createCutOffError(reason);
  }

  /**
   * What became of an append, as the ledger has it; undefined while nothing follows what it was decided on. Ids alone
   * do not tell: another command with the same idempotency key has the same.
   */
  #findOutcome({ append: { stream, expectedRevision, events } }: PendingAppend): AppendOutcome | undefined {
    const stored = this.#arrivals.readArrived(stream, expectedRevision + 1, events.length);
    const isOurs = stored.every(({ id, type, data }, index) => {
      const event = events[index];
      return event?.id === id && event.type === type && event.data === data;
    });
    if (!isOurs) return MOVED_ON;
    const [first] = stored;
    if (!first || stored.length < events.length) return undefined;
    return { outcome: 'appended', entry: first.entry, recordedAt: first.recordedAt };
  }

  #createOutcomeUnknownError(reason: string): UnavailableError {
    return new UnavailableError(
      'outcome-unknown',
      `The cluster has not said what became of the command (${reason}): send it again with the same key.`,
      5,
    );
  }

  #handleStateChange(condition: ConnectionState, reason: string): void {
    const { warn } = this.options;
    if (condition === 'cut-off' && !this.#hasReportedCutOff)
      warn(
        `Cut off from the cluster (${reason}): reads go on from this node's copy, nothing can be recorded.`,
      );
    if (condition === 'live' && this.#hasReportedCutOff)
      warn('The cluster is back: facts can be recorded again.');
    this.#hasReportedCutOff = condition === 'cut-off' || (this.#hasReportedCutOff && condition !== 'live');
    this.#stateChanges.next(condition);
  }

  /** Nothing more can be taken, and nothing is known of what is on its way. */
  #fail(sentence: string): void {
    if (this.#fatalMessage !== undefined) return;
    this.#fatalMessage = sentence;
    for (const pending of [...this.#pendingAppends])
      this.#settle(pending, () => pending.reject(new UnavailableError('outcome-unknown', sentence, 5)));
    void this.#subscription.stop();
    if (this.#isOpening) this.#stateChanges.error(new LedgerUnusableError(sentence));
    else this.options.onFatal(sentence);
  }
}

const describeAlteredStream = (stream: string): string =>
  `The stream ${stream} was deleted, truncated or put back in the cluster, so that its log no longer is what this node's ledger was made of: restore the log from a copy.`;
