import { Subject } from 'rxjs';
import { findClockFault, assignRecordedAt, getAgeMs } from '../recorded-time.js';
import {
  type Append,
  type AppendOutcome,
  AppendTooLargeError,
  type ConnectionState,
  createStateUnknownError,
  ImportRefusedError,
  Sequencer,
  UnavailableError,
} from '../sequencer.js';
import type { IndexedField } from '../sqlite/json-indexes.js';
import { LedgerUnusableError } from '../ledger-unusable-error.js';
import { SqliteLedger } from '../sqlite/sqlite-ledger.js';
import { LedgerWriterThread } from '../sqlite/ledger-writer-thread.js';
import { waitFor } from '../wait-for.js';
import { AppendSender } from './append/append-sender.js';
import { createCutOffError, isFinalState, STALE_APPEND } from './append/append-state.js';
import { RevisionWaiters } from './append/revision-waiters.js';
import { AppendBatch, StreamAppendQueue, type PendingAppend } from './append/stream-append-queue.js';
import { NO_RESPONSE } from './client/driver-errors.js';
import type { KurrentDbSettings } from './client/connection-string.js';
import { KurrentDbConnection } from './client/kurrentdb-connection.js';
import { LogReplicator, type LogReplicatorListener } from './replication/log-replicator.js';
import { SEQUENCER_TIMEOUTS, type SequencerTimeouts } from './timeouts.js';

type KurrentDbSequencerOptions = {
  /** ledger.db */
  readonly file: string;
  readonly cluster: KurrentDbSettings;
  /** Called when the process must end: this node's ledger or the cluster's log cannot be relied on. The message says why. */
  readonly onFatal: (message: string) => void;
  readonly warn: (message: string) => void;
  readonly indexedFields?: readonly IndexedField[];
  /** Whether appends go on, with the time of the last entry, while that is later than the clock. */
  readonly continuesBehindHead?: boolean;
  readonly timeouts?: Partial<SequencerTimeouts>;
  readonly now?: () => number;
};

/** A cluster orders the events; this node appends to its log, and replicates that into a ledger.db of its own. */
export class KurrentDbSequencer extends Sequencer {
  readonly isShared = true;
  readonly capacity = 1_024;
  readonly heads = new Subject<number>();
  readonly #connection: KurrentDbConnection;
  readonly #replicator: LogReplicator;
  readonly #ledger: SqliteLedger;
  readonly #revisionWaiters: RevisionWaiters;
  readonly #sender: AppendSender;
  readonly #timeouts: SequencerTimeouts;
  readonly #queues = new Map<string, StreamAppendQueue>();
  readonly #pendingAppends = new Set<PendingAppend>();
  readonly #stateChanges = new Subject<ConnectionState>();
  /** The last append with a recorded time of its own, while it is pending. */
  #pendingTimestampedAppend: PendingAppend | undefined;
  #isOpening = true;
  /** Whether the operator was warned that the node is cut off, and not yet that it is connected again. */
  #hasReportedCutOff = false;
  #fatalMessage: string | undefined;
  #closing: Promise<void> | undefined;

  private constructor(
    connection: KurrentDbConnection,
    private readonly writer: LedgerWriterThread,
    private readonly options: KurrentDbSequencerOptions,
  ) {
    super();
    this.#connection = connection;
    this.#ledger = new SqliteLedger(options.file);
    this.#revisionWaiters = new RevisionWaiters(this.#ledger);
    this.#timeouts = { ...SEQUENCER_TIMEOUTS, ...options.timeouts };
    const listener: LogReplicatorListener = {
      onHead: (head, events) => {
        // The head first: a caller whose append resolves may at once read what follows from it.
        this.heads.next(head);
        this.#revisionWaiters.notify(head, events);
      },
      onConnectionState: (state, reason) => this.#handleStateChange(state, reason),
      onFatal: (message) => this.#fail(message),
    };
    this.#replicator = new LogReplicator(connection, writer, this.#ledger, listener, {
      missingEventMs: this.#timeouts.missingEventMs,
      leaderConfirmation: this.#timeouts.leaderConfirmation,
    });
    this.#sender = new AppendSender({
      connection,
      replicator: this.#replicator,
      revisionWaiters: this.#revisionWaiters,
      getStreamRevision: (stream) => this.#ledger.getStreamRevision(stream),
      timeouts: this.#timeouts,
      onFatal: (message) => this.#fail(message),
    });
  }

  /**
   * Opens or creates this node's copy of the log, and replicates the cluster's. A node with a copy opens also while it is
   * cut off. Rejects with LedgerUnusableError.
   */
  static async open(options: KurrentDbSequencerOptions): Promise<KurrentDbSequencer> {
    const { file, indexedFields = [] } = options;
    const connection = new KurrentDbConnection(options.cluster);
    const writer = await LedgerWriterThread.open({ file, isReplica: true, indexedFields });
    const sequencer = new KurrentDbSequencer(connection, writer, options);
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
    const firstContact = this.#waitForState(
      (state) => hasCopy || state !== 'cut-off',
      hasCopy ? catchUpMs : connectMs,
    );
    this.#replicator.start();
    if (!(await firstContact) && !hasCopy)
      throw new LedgerUnusableError(
        `The cluster that LEDGER names cannot be reached (${this.#replicator.disconnectReason}), and this node has no copy of its book to answer from: check LEDGER and the cluster.`,
      );
    if (this.connectionState === 'catching-up')
      await this.#waitForState((state) => state !== 'catching-up', catchUpMs);
    if (this.#fatalMessage !== undefined) throw new LedgerUnusableError(this.#fatalMessage);
    this.#isOpening = false;
  }

  /** Resolves to whether the state came in this time; rejects if the log is broken. */
  async #waitForState(isWanted: (state: ConnectionState) => boolean, timeoutMs: number): Promise<boolean> {
    return (await waitFor(this.#stateChanges, isWanted, timeoutMs)) !== undefined;
  }

  get connectionState(): ConnectionState {
    return this.#replicator.connectionState;
  }

  /** A node that was cut off when it was opened counts from the time of its last entry, which it had then. */
  override getAgeMs(): number {
    if (this.connectionState === 'live') return 0;
    const { caughtUpAt } = this.#replicator;
    if (caughtUpAt !== undefined) return performance.now() - caughtUpAt;
    const { recordedAt } = this.#ledger.getHead();
    const { now = Date.now } = this.options;
    return recordedAt === null ? 0 : getAgeMs(recordedAt, now());
  }

  get pendingAppends(): number {
    return this.#pendingAppends.size;
  }

  append(append: Append): Promise<AppendOutcome> {
    const { refusal } = this;
    if (refusal) return Promise.reject(refusal);
    const { stream, requires, requestedAtMs = performance.now() } = append;
    const endsAtMs = requestedAtMs + this.#timeouts.outcomeMs;
    const required = requires.map((each) => ({
      exists: this.#ledger.getStreamRevision(each) >= 0,
      pending: this.#queues.get(each)?.pending ?? [],
    }));
    const isTimestamped = append.recordedAt !== undefined;
    const others = isTimestamped
      ? [...this.#pendingAppends]
      : this.#pendingTimestampedAppend
        ? [this.#pendingTimestampedAppend]
        : [];
    const queue = this.#queues.get(stream) ?? new StreamAppendQueue();
    const enqueued = queue.enqueue(
      append,
      this.#ledger.getStreamRevision(stream),
      required,
      others,
      endsAtMs,
    );
    if (!enqueued) return this.#waitForWritten(stream, queue, endsAtMs).then(() => STALE_APPEND);
    const { pending, turn } = enqueued;
    this.#queues.set(stream, queue);
    this.#pendingAppends.add(pending);
    if (isTimestamped) this.#pendingTimestampedAppend = pending;
    const timer = setTimeout(() => this.#endWaiting(pending), endsAtMs - performance.now());
    void pending.settled.then(() => clearTimeout(timer));
    void this.#process(pending, queue, turn)
      .catch((error: unknown) => pending.apply({ type: 'failed', error: error as Error }))
      .then(() => this.#report(pending, queue));
    return pending.outcome;
  }

  /** Takes an append from "queued" to a final state, together with those that are sent with it. */
  async #process(pending: PendingAppend, queue: StreamAppendQueue, turn: Promise<void>): Promise<void> {
    const { required, predecessors } = pending;
    const { recordedAt: ownTime } = pending.append;
    const inFlight = [...required.flatMap((each) => each.pending), ...predecessors];
    await Promise.all([turn, ...inFlight.map(({ settled }) => settled)]);
    if (pending.batch) return pending.batch.finished;
    if (isFinalState(pending.state)) return;
    if (this.connectionState === 'cut-off') {
      pending.apply({ type: 'disconnected', reason: this.#replicator.disconnectReason });
      return;
    }
    // By what existed or was pending at the time of the call, not later, so that the order of the calls decides.
    if (!pending.hasRequiredStreams || pending.hasFailedDependencies || !this.#isNext(pending, queue)) {
      pending.apply({ type: 'refused', outcome: STALE_APPEND });
      return;
    }
    const { now = Date.now } = this.options;
    const last = this.#ledger.getHead().recordedAt;
    const fault = this.options.continuesBehindHead ? undefined : findClockFault(last ?? '', now());
    if (fault !== undefined) throw new UnavailableError('clock', fault);
    const recordedAt = assignRecordedAt(last ?? '', now(), ownTime);
    if (recordedAt === undefined) {
      pending.apply({ type: 'refused', outcome: { outcome: 'out-of-time', recordedAt: last } });
      return;
    }
    await this.#sendBatch(queue.createBatch(pending), queue, recordedAt);
  }

  /**
   * Its caller waits no longer; others that are sent with it may. The sender ends what it sends itself when the last
   * caller waits no longer, since it knows whether an attempt is in flight.
   */
  #endWaiting(pending: PendingAppend): void {
    if (pending.batch && pending.endsAtMs >= pending.batch.endsAtMs) return;
    if (isFinalState(pending.state)) return;
    if (pending.hasState('sent')) pending.apply({ type: 'unknown', reason: NO_RESPONSE });
    pending.apply({ type: 'timed-out' });
    this.#settle(pending);
  }

  /** Whether the stream has the revision that the append expects, as far as this node knows. */
  #isNext({ append: { stream, expectedRevision } }: PendingAppend, queue: StreamAppendQueue): boolean {
    return Math.max(this.#ledger.getStreamRevision(stream), queue.writtenRevision) === expectedRevision;
  }

  /** Sends appends in one write, or, if it is larger than the cluster accepts, each of them by itself. */
  async #sendBatch(batch: AppendBatch, queue: StreamAppendQueue, recordedAt: string): Promise<void> {
    batch.apply({ type: 'turn' });
    try {
      await this.#sender.send(batch, queue, recordedAt);
    } catch (error) {
      if (!(error instanceof AppendTooLargeError) || batch.members.length === 1)
        batch.apply({ type: 'failed', error: error as Error });
      else for (const member of batch.members) await this.#sendAlone(member, queue, recordedAt);
    } finally {
      batch.finish();
    }
  }

  async #sendAlone(member: PendingAppend, queue: StreamAppendQueue, recordedAt: string): Promise<void> {
    if (this.#isNext(member, queue))
      await this.#sender
        .send(new AppendBatch([member]), queue, recordedAt)
        .catch((error: unknown) => member.apply({ type: 'failed', error: error as Error }));
    else member.apply({ type: 'refused', outcome: STALE_APPEND });
  }

  /**
   * Hands the final state to the caller. A caller whose append was refused decides again from the ledger, so it learns
   * that only when what the cluster has of the stream has arrived here. One whose append has failed does not wait: the
   * time for an outcome is over.
   */
  async #report(pending: PendingAppend, queue: StreamAppendQueue): Promise<void> {
    if (pending.hasState('refused'))
      await this.#waitForWritten(pending.append.stream, queue, pending.endsAtMs);
    this.#settle(pending);
  }

  #waitForWritten(stream: string, queue: StreamAppendQueue, endsAtMs: number): Promise<void> {
    const timeoutMs = Math.max(0, endsAtMs - performance.now());
    return this.#revisionWaiters.waitForRevision(stream, queue.writtenRevision, timeoutMs);
  }

  /** Removes an append and gives its caller the outcome, or the error that has ended the node. */
  #settle(pending: PendingAppend, fatalError?: UnavailableError): void {
    if (!this.#pendingAppends.delete(pending)) return;
    const { stream } = pending.append;
    if (this.#queues.get(stream)?.remove(pending)) this.#queues.delete(stream);
    if (this.#pendingTimestampedAppend === pending) this.#pendingTimestampedAppend = undefined;
    pending.release();
    const { state } = pending;
    if (fatalError) pending.reject(fatalError);
    else if (state.name === 'failed') pending.reject(state.error);
    else if ('outcome' in state) pending.resolve(state.outcome);
  }

  override resubscribeIfStalled(): void {
    this.#replicator.resubscribeIfStalled();
  }

  importEntries(): Promise<number> {
    return Promise.reject(
      new ImportRefusedError(
        'not-in-a-cluster',
        'A whole book cannot be imported into a cluster, whose log cannot take all of it or nothing: import it into a node with an embedded ledger.',
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
    await this.#replicator.stop();
    await this.writer.close();
    this.#ledger.close();
    this.#connection.close();
    this.heads.complete();
  }

  /** Why no append is accepted now. */
  get refusal(): UnavailableError | undefined {
    if (this.#fatalMessage !== undefined) return createStateUnknownError();
    if (this.#closing) return new UnavailableError('stopping', 'The server is stopping.');
    if (this.pendingAppends >= this.capacity)
      return new UnavailableError('busy', `${this.capacity} appends are waiting; send the command again.`);
    return this.connectionState === 'cut-off'
      ? createCutOffError(this.#replicator.disconnectReason)
      : undefined;
  }

  #handleStateChange(state: ConnectionState, reason: string): void {
    const { warn } = this.options;
    if (state === 'cut-off' && !this.#hasReportedCutOff)
      warn(
        `Cut off from the cluster (${reason}): reads are answered from this node's copy, nothing can be recorded.`,
      );
    if (state === 'live' && this.#hasReportedCutOff)
      warn('Connected to the cluster again: commands can be recorded.');
    this.#hasReportedCutOff = state === 'cut-off' || (this.#hasReportedCutOff && state !== 'live');
    this.#stateChanges.next(state);
  }

  /** Fails every pending append; the outcome of those in flight stays unknown. */
  #fail(message: string): void {
    if (this.#fatalMessage !== undefined) return;
    this.#fatalMessage = message;
    const error = createStateUnknownError();
    for (const pending of [...this.#pendingAppends]) {
      pending.apply({ type: 'failed', error });
      this.#settle(pending, error);
    }
    void this.#replicator.stop();
    if (this.#isOpening) this.#stateChanges.error(new LedgerUnusableError(message));
    else this.options.onFatal(message);
  }
}
