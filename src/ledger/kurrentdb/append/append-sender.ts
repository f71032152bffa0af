import { createBackoff } from '../client/backoff.js';
import { serializeEvent, type SerializedEvent } from '../client/event-serializer.js';
import { NO_RESPONSE } from '../client/driver-errors.js';
import type { AppendResult, KurrentDbConnection } from '../client/kurrentdb-connection.js';
import type { LogReplicator } from '../replication/log-replicator.js';
import {
  APPEND_ATTEMPT_MIN_MS,
  APPEND_RETRY_BACKOFF_MS,
  type SequencerTimeouts,
  STALL_TIMEOUT_MS,
} from '../timeouts.js';
import { type AppendSignal, STALE_APPEND } from './append-state.js';
import type { RevisionWaiters } from './revision-waiters.js';
import { Semaphore } from './semaphore.js';
import type { AppendBatch, StreamAppendQueue } from './stream-append-queue.js';

/** Appends that are sent at the same time, to as many streams. */
const MAX_CONCURRENT_APPENDS = 64;

type Replicated = Extract<AppendSignal, { type: 'replicated' }>;
/** The time until an append must have an outcome, at most so much. */
type GetTimeLeft = (mostMs?: number) => number;

type AppendSenderOptions = {
  readonly connection: KurrentDbConnection;
  readonly replicator: LogReplicator;
  readonly revisionWaiters: RevisionWaiters;
  /** The revision of a stream in this node's ledger. */
  readonly getStreamRevision: (stream: string) => number;
  readonly timeouts: SequencerTimeouts;
  /** Called if the cluster's log is not the one that this node's ledger was built from. */
  readonly onFatal: (message: string) => void;
};

/** Sends appends to the cluster until their outcome is known, whichever responses are lost. */
export class AppendSender {
  readonly #semaphore = new Semaphore(MAX_CONCURRENT_APPENDS);

  constructor(private readonly options: AppendSenderOptions) {}

  /**
   * Sends the same bytes with the same expected revision repeatedly, until the append has a final state. Rejects with
   * AppendTooLargeError.
   */
  async send(batch: AppendBatch, queue: StreamAppendQueue, recordedAt: string): Promise<void> {
    const { connection, replicator, revisionWaiters } = this.options;
    const { stream, expectedRevision, events } = batch.append;
    const serialized = events.map((event) => serializeEvent(event, recordedAt));
    const name = connection.toClusterStreamName(stream);
    const { endsAtMs } = batch;
    const getTimeLeft: GetTimeLeft = (mostMs = Infinity) =>
      Math.max(0, Math.min(mostMs, endsAtMs - performance.now()));
    const delays = createBackoff(APPEND_RETRY_BACKOFF_MS);
    while (batch.hasState('sent', 'unknown')) {
      const attempt = this.#semaphore.run(() => this.#sendOnce(batch, name, serialized, getTimeLeft));
      const result = await this.#raceWithReplication(batch, attempt, getTimeLeft);
      batch.apply(result);
      if (result.type === 'written') await this.#handleWritten(batch, queue, result.revision, getTimeLeft);
      else if (result.type === 'wrong-revision')
        await this.#waitForOutcome(batch, result.current, getTimeLeft);
      else if (result.type === 'deleted') this.options.onFatal(describeAlteredStream(stream));
      else if (replicator.connectionState === 'cut-off')
        batch.apply({ type: 'disconnected', reason: replicator.disconnectReason });
      if (!batch.hasState('sent', 'unknown')) return;
      // The subscription may deliver the events before a server confirms them.
      await revisionWaiters.waitForRevision(stream, expectedRevision + 1, getTimeLeft(delays.nextMs()));
      const found = batch.hasState('unknown') ? this.#findOutcome(batch) : undefined;
      if (found) batch.apply(found);
      else if (getTimeLeft() <= (batch.hasState('sent') ? APPEND_ATTEMPT_MIN_MS : 0))
        batch.apply({ type: 'timed-out' });
    }
  }

  /** One attempt. A server whose stream is shorter than that of this node does not decide. */
  async #sendOnce(
    { append: { stream, expectedRevision } }: AppendBatch,
    name: string,
    events: readonly SerializedEvent[],
    getTimeLeft: GetTimeLeft,
  ): Promise<AppendResult> {
    // Read before the request: more may arrive from other nodes while the response is on its way.
    const knownRevision = this.options.getStreamRevision(stream);
    const timeoutMs = Math.max(1, getTimeLeft(this.options.timeouts.attemptMs));
    const result = await this.options.connection.append(name, expectedRevision, events, timeoutMs);
    if (result.type !== 'wrong-revision' || result.current >= knownRevision) return result;
    // Another server may have all of it. If none has, this node finds that out when it verifies its position.
    this.options.connection.leaveServer();
    return {
      type: 'not-written',
      reason: `it has ${stream}@${result.current} and this node @${knownRevision}`,
    };
  }

  /**
   * The result of an attempt, or the outcome if the subscription delivers it first: there may never be a response, and
   * the discovery of a server, which belongs to the attempt, has no limit.
   */
  async #raceWithReplication(
    batch: AppendBatch,
    attempt: Promise<AppendResult>,
    getTimeLeft: GetTimeLeft,
  ): Promise<AppendResult | Replicated> {
    const { stream, expectedRevision, events } = batch.append;
    const responded = new AbortController();
    attempt.finally(() => responded.abort()).catch(() => undefined);
    // The first event shows an append of another node; the last ones of this append may come in another batch.
    for (const revision of [expectedRevision + 1, expectedRevision + events.length]) {
      if (responded.signal.aborted) break;
      await this.options.revisionWaiters.waitForRevision(stream, revision, getTimeLeft(), responded.signal);
      const outcome = this.#findOutcome(batch);
      if (outcome) return outcome;
    }
    return limitTime(attempt, getTimeLeft());
  }

  /**
   * The cluster has the append, so the next one of its stream may be sent; the caller waits until this node has it,
   * too.
   */
  async #handleWritten(
    batch: AppendBatch,
    queue: StreamAppendQueue,
    revision: number,
    getTimeLeft: GetTimeLeft,
  ): Promise<void> {
    queue.writtenRevision = batch.endRevision;
    batch.release();
    if (revision !== batch.endRevision) this.options.onFatal(describeAlteredStream(batch.append.stream));
    await this.#waitForOutcome(batch, batch.endRevision, getTimeLeft);
  }

  /**
   * Waits until this node has a revision of the stream, which then tells what became of the append. A revision that is
   * only a server's reason to refuse it may never come: a leader compares also with events that are not replicated yet,
   * and if it fails, they vanish. Then the append is sent again.
   */
  async #waitForOutcome(batch: AppendBatch, revision: number, getTimeLeft: GetTimeLeft): Promise<void> {
    const { replicator, revisionWaiters } = this.options;
    const { stream } = batch.append;
    while (revision >= 0 && getTimeLeft() > 0) {
      await revisionWaiters.waitForRevision(stream, revision, getTimeLeft(STALL_TIMEOUT_MS));
      if (revisionWaiters.hasRevision(stream, revision)) break;
      replicator.resubscribeIfStalled();
      if (batch.hasState('conflict')) break;
    }
    const isOverdue = batch.hasState('conflict') && getTimeLeft() > 0;
    batch.apply(this.#findOutcome(batch) ?? { type: isOverdue ? 'not-replicated' : 'timed-out' });
  }

  /**
   * The outcome as this node's ledger shows it; undefined while it holds nothing behind the expected revision. The ids
   * alone do not decide: another command with the same idempotency key has the same ids.
   */
  #findOutcome({ append: { stream, expectedRevision, events } }: AppendBatch): Replicated | undefined {
    const stored = this.options.revisionWaiters.readReplicated(stream, expectedRevision + 1, events.length);
    const isOwn = stored.every(({ id, type, data }, index) => {
      const event = events[index];
      return event?.id === id && event.type === type && event.data === data;
    });
    if (!isOwn) return { type: 'replicated', outcome: STALE_APPEND };
    const [first] = stored;
    if (!first || stored.length < events.length) return undefined;
    const { entry, recordedAt } = first;
    return { type: 'replicated', outcome: { outcome: 'appended', entry, recordedAt } };
  }
}

/** The result of an attempt, if it comes in this time. */
async function limitTime(attempt: Promise<AppendResult>, timeoutMs: number): Promise<AppendResult> {
  const { promise: timeout, resolve } = Promise.withResolvers<AppendResult>();
  const timer = setTimeout(() => resolve({ type: 'unknown', reason: NO_RESPONSE }), timeoutMs);
  try {
    return await Promise.race([attempt, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

const describeAlteredStream = (stream: string): string =>
  `The stream ${stream} was deleted, truncated or restored in the cluster, so that its log is no longer what this node's ledger was made of: restore the log from a copy.`;
