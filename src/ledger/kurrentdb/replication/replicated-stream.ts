// The state that the nodes of a cluster share beside the events is in streams of its own, outside the ledger. Each
// node replicates them and appends only behind the last event that it has read, so every decision is based on the
// whole stream.
import { Subject } from 'rxjs';
import { ApplicationError } from '../../../errors/application-error.js';
import type { LogPosition } from '../../cluster-log.js';
import { UnavailableError } from '../../sequencer.js';
import { waitFor } from '../../wait-for.js';
import { createBackoff } from '../client/backoff.js';
import {
  getDataOrEmpty,
  serializeClusterStateEvent,
  type ClusterStateEvent,
} from '../client/event-serializer.js';
import { describeDriverError } from '../client/driver-errors.js';
import { redactAddresses } from '../client/redact-addresses.js';
import type {
  CatchUpSubscription,
  KurrentDbConnection,
  ResolvedEvent,
} from '../client/kurrentdb-connection.js';
import { LeaderVerifiedReader } from '../client/leader-verified-read.js';
import { LeaderConfirmationLoop } from '../client/leader-confirmation-loop.js';
import { ResilientSubscription, type SubscriptionConsumer } from '../client/resilient-subscription.js';
import { APPEND_RETRY_BACKOFF_MS, REPLICATED_STREAM_TIMEOUTS, STALL_TIMEOUT_MS } from '../timeouts.js';

export type ReplicatedEvent = ClusterStateEvent & { readonly revision: number };

/** The last event that was handled. */
export type StreamPosition = Pick<ReplicatedEvent, 'id' | 'revision'> & {
  /** Its place in the cluster's log; undefined if it is not known, as after a restart. */
  readonly position?: LogPosition | undefined;
};

/** What a node does with the events of a replicated stream. */
export interface ReplicatedStreamHandler {
  /** The last event that was handled before this process started. Rejects if that cannot be found out now. */
  loadPosition(): Promise<StreamPosition | undefined>;
  /** Handles the next event; the one after it comes when this has resolved. After a rejection it comes again. */
  handleEvent(event: ReplicatedEvent): Promise<void>;
  /**
   * The stream no longer holds an event that was handled. Returns whether to start over; otherwise the stream is in doubt
   * until it holds the event again.
   */
  handleReplacedStream(message: string): boolean;
}

const NOT_DELIVERED = 'events of other nodes do not arrive';

class StreamReplacedError extends ApplicationError {
  readonly code = 'stream-replaced';
}

export class ReplicatedStream implements SubscriptionConsumer {
  readonly name: string;
  readonly #subscription = new ResilientSubscription(this);
  readonly #verifiedReader: LeaderVerifiedReader;
  readonly #leaderConfirmation: LeaderConfirmationLoop;
  #position: StreamPosition | undefined;
  #hasLoadedPosition = false;
  #doubt: string | undefined;
  readonly #handledRevisions = new Subject<number>();
  /** The ids of events that are being appended, and whether the subscription has delivered them. */
  readonly #pendingAppends = new Map<string, boolean>();

  constructor(
    private readonly connection: KurrentDbConnection,
    stream: string,
    private readonly handler: ReplicatedStreamHandler,
  ) {
    this.name = connection.toSharedStreamName(stream);
    this.#verifiedReader = new LeaderVerifiedReader(connection);
    const { leaderConfirmation: timeouts } = REPLICATED_STREAM_TIMEOUTS;
    this.#leaderConfirmation = new LeaderConfirmationLoop({
      confirm: (signal) => this.#confirm(signal, timeouts.attemptMs),
      onConfirmed: () => undefined,
      onSilence: () => connection.leaveServer(),
      timeouts,
    });
    connection.onReplaced = () => this.#subscription.resubscribe();
  }

  /**
   * Why the stream may not be what this node has of it: an event that was handled is gone from the cluster. Nothing is
   * handled or appended until it is there again. Undefined if there is no doubt.
   */
  get doubt(): string | undefined {
    return this.#doubt;
  }

  /** For how long it is not known whether this node has everything; 0 while it is known. */
  getUnconfirmedMs(): number {
    return this.#leaderConfirmation.getSilenceMs();
  }

  /** Starts the replication; call it once. */
  start(): void {
    this.#subscription.start();
    this.#leaderConfirmation.start();
  }

  /** Stops the replication; resolves when no event is handled any more. */
  stop(): Promise<void> {
    this.#leaderConfirmation.stop();
    return this.#subscription.stop();
  }

  /** Rejects unless the leader responds and everything was handled that the stream holds. */
  async #confirm(signal: AbortSignal, timeoutMs: number): Promise<void> {
    const last = await this.connection.readLastEvent(this.name, { requiresLeader: true, signal });
    const revision = Number(last?.event?.revision ?? -1);
    if ((this.#position?.revision ?? -1) < revision)
      await waitFor(this.#handledRevisions, (each) => each >= revision, timeoutMs);
    const isComplete = this.#subscription.isConnected.value && (this.#position?.revision ?? -1) >= revision;
    if (!isComplete || this.#doubt !== undefined) throw this.#createCutOffError(NOT_DELIVERED);
  }

  /** Resolves when everything that the stream holds now was handled. Rejects with UnavailableError. */
  async catchUp(timeoutMs: number = REPLICATED_STREAM_TIMEOUTS.outcomeMs): Promise<void> {
    const endsAt = performance.now() + timeoutMs;
    this.#subscription.reconnectNow();
    const last = await this.#readEnd().catch((error: unknown) => {
      throw this.#createCutOffError(describeDriverError(error));
    });
    const revision = Number(last?.event?.revision ?? -1);
    if (!(await this.#waitForRevision(revision, endsAt - performance.now())))
      throw this.#createCutOffError(NOT_DELIVERED);
  }

  /** From the leader, since another server may lag behind; a second time if another one has been elected. */
  #readEnd(): Promise<ResolvedEvent | undefined> {
    const read = (): Promise<ResolvedEvent | undefined> =>
      this.connection.readLastEvent(this.name, { requiresLeader: true });
    return read().catch(() => read());
  }

  /**
   * Appends an event once. `propose` is called again each time that the stream has grown, and returns nothing if there
   * is nothing left to append. Resolves to whether the event was appended, and is durable then. Rejects with
   * UnavailableError: after `outcome-unknown` the event may have been appended, after `cut-off` it was not.
   */
  async append(
    propose: () => ClusterStateEvent | undefined,
    timeoutMs: number = REPLICATED_STREAM_TIMEOUTS.outcomeMs,
  ): Promise<boolean> {
    const attemptedIds = new Set<string>();
    try {
      return await this.#appendUntilResolved(propose, attemptedIds, performance.now() + timeoutMs);
    } finally {
      for (const id of attemptedIds) this.#pendingAppends.delete(id);
    }
  }

  async #appendUntilResolved(
    propose: () => ClusterStateEvent | undefined,
    attemptedIds: Set<string>,
    endsAt: number,
  ): Promise<boolean> {
    const { connectMs, attemptMs } = REPLICATED_STREAM_TIMEOUTS;
    const getTimeLeft = (mostMs = Infinity): number => Math.min(mostMs, endsAt - performance.now());
    const delays = createBackoff(APPEND_RETRY_BACKOFF_MS);
    let mayBeWritten = false;
    this.#subscription.reconnectNow();
    for (;;) {
      if (this.#doubt !== undefined) throw this.#createDoubtError(this.#doubt);
      if ([...attemptedIds].some((id) => this.#pendingAppends.get(id))) return true;
      if (!mayBeWritten && !(await this.#waitForConnection(getTimeLeft(connectMs))))
        throw this.#createCutOffError('it does not respond');
      const proposal = propose();
      if (!proposal) return false;
      const expected = this.#position?.revision ?? -1;
      attemptedIds.add(proposal.id);
      this.#pendingAppends.set(proposal.id, false);
      const result = await this.connection.append(
        this.name,
        expected,
        [serializeClusterStateEvent(proposal)],
        Math.max(1, getTimeLeft(attemptMs)),
      );
      if (result.type === 'written') {
        await this.#waitForRevision(result.revision, getTimeLeft());
        return true;
      }
      const reason = 'reason' in result ? result.reason : NOT_DELIVERED;
      if (result.type === 'deleted') throw this.#createCutOffError(`${this.name} was deleted permanently`);
      mayBeWritten ||= result.type === 'unknown';
      const delayMs = delays.nextMs();
      if (result.type === 'wrong-revision') await this.#waitForRevision(result.current, getTimeLeft());
      else await this.#waitForRevision(expected + 1, getTimeLeft(delayMs));
      if (getTimeLeft() > 0) continue;
      throw mayBeWritten ? this.#createOutcomeUnknownError(reason) : this.#createCutOffError(reason);
    }
  }

  async #waitForConnection(timeoutMs: number): Promise<boolean> {
    const { isConnected } = this.#subscription;
    return (await waitFor(isConnected, (connected) => connected, timeoutMs)) !== undefined;
  }

  /**
   * Resolves to whether the revision was handled within this time. A subscription that does not deliver it for too long
   * is replaced.
   */
  async #waitForRevision(revision: number, timeoutMs: number): Promise<boolean> {
    const endsAt = performance.now() + timeoutMs;
    for (;;) {
      if ((this.#position?.revision ?? -1) >= revision) return true;
      const leftMs = endsAt - performance.now();
      const handled = await waitFor(
        this.#handledRevisions,
        (each) => each >= revision,
        Math.min(leftMs, STALL_TIMEOUT_MS),
      );
      if (handled !== undefined) return true;
      if (leftMs <= STALL_TIMEOUT_MS) return false;
      this.#subscription.disconnect(new Error('it does not confirm the append'));
    }
  }

  /** Throws StreamReplacedError unless the last handled event is where it was. */
  async verifyPosition(): Promise<void> {
    if (!this.#hasLoadedPosition) this.#position = await this.handler.loadPosition();
    this.#hasLoadedPosition = true;
    if (!this.#position) return;
    const { id, revision, position } = this.#position;
    const found = await this.#verifiedReader.readEvent(this.name, revision, position);
    if (found?.event?.id !== id) throw this.#createReplacedError(revision);
    this.#doubt = undefined;
  }

  subscribe(): CatchUpSubscription {
    return this.connection.subscribeToStream(this.name, this.#position?.revision ?? -1);
  }

  async handleEvent({ event }: ResolvedEvent): Promise<void> {
    if (!event || this.#subscription.isStopped) return;
    const { id, type } = event;
    const revision = Number(event.revision);
    // A truncated stream keeps counting its revisions, so its first event may have any.
    if (this.#position && revision !== this.#position.revision + 1)
      throw this.#createReplacedError(this.#position.revision + 1);
    await this.handler.handleEvent({ id, type, revision, data: getDataOrEmpty(event) });
    this.#position = { id, revision, position: event.position };
    if (this.#pendingAppends.has(id)) this.#pendingAppends.set(id, true);
    this.#handledRevisions.next(revision);
  }

  onDisconnected(error: unknown): boolean {
    if (!(error instanceof StreamReplacedError) || this.#doubt !== undefined) return true;
    if (this.handler.handleReplacedStream(error.message)) this.#position = undefined;
    else this.#doubt = error.message;
    return true;
  }

  #createReplacedError(revision: number): StreamReplacedError {
    return new StreamReplacedError(
      `${this.name}@${revision} in the cluster is gone or is not what it was: the cluster was restored from a backup, or the stream was altered.`,
    );
  }

  #createCutOffError(reason: string): UnavailableError {
    const { isConnected, disconnectReason } = this.#subscription;
    const why = isConnected.value ? reason : `${reason}; ${disconnectReason}`;
    return new UnavailableError(
      'cut-off',
      `The cluster cannot be reached now (${redactAddresses(why)}): nothing was changed. Try again later, or on another node.`,
    );
  }

  #createDoubtError(doubt: string): UnavailableError {
    return new UnavailableError('keys-in-doubt', `${doubt} Nothing was changed.`);
  }

  #createOutcomeUnknownError(reason: string): UnavailableError {
    return new UnavailableError(
      'outcome-unknown',
      `The cluster has not confirmed whether the change was made (${redactAddresses(reason)}): check before you make it again.`,
    );
  }
}
