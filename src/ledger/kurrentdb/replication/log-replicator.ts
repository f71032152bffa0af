import { ApplicationError } from '../../../errors/application-error.js';
import type { Ledger } from '../../ledger.js';
import { type LoggedEvent, BrokenLogError, isLaterPosition, type LogPosition } from '../../cluster-log.js';
import { getIncompleteGroupSize } from '../../entry-groups.js';
import type { ConnectionState } from '../../sequencer.js';
import type { LedgerWriterThread } from '../../sqlite/ledger-writer-thread.js';
import { parseLoggedEvent } from '../client/event-serializer.js';
import type {
  CatchUpSubscription,
  KurrentDbConnection,
  LogEnd,
  ResolvedEvent,
} from '../client/kurrentdb-connection.js';
import { MissingEventUndecidedError, LeaderVerifiedReader } from '../client/leader-verified-read.js';
import { LeaderConfirmationLoop } from '../client/leader-confirmation-loop.js';
import { ResilientSubscription, type SubscriptionConsumer } from '../client/resilient-subscription.js';
import {
  ASSUME_CAUGHT_UP_AFTER_MS,
  INCOMPLETE_GROUP_TIMEOUT_MS,
  LEADER_CONFIRMATION_TIMEOUTS,
  type LeaderConfirmationTimeouts,
  STALL_TIMEOUT_MS,
} from '../timeouts.js';

/** Events that may wait for the writer; when there are more, none is taken from the subscription. */
const MAX_BATCH_SIZE = 1_000;

type LogReplicatorTimeouts = {
  /** How long nothing comes until the end of the log counts as reached; by default ASSUME_CAUGHT_UP_AFTER_MS. */
  readonly assumeCaughtUpAfterMs?: number | undefined;
  /** How long the log may go past the last entry of the ledger without it until that counts as gone; by default MISSING_EVENT_TIMEOUT_MS. */
  readonly missingEventMs?: number | undefined;
  readonly leaderConfirmation?: LeaderConfirmationTimeouts | undefined;
};

export type LogReplicatorListener = {
  /** These events are on disk, and this entry is the head. */
  readonly onHead: (head: number, events: readonly LoggedEvent[]) => void;
  /** Called for each attempt to connect, not only when the state changes. */
  readonly onConnectionState: (state: ConnectionState, reason: string) => void;
  /** The cluster responds: an event arrived, or the server has filtered events of other clients. */
  readonly onActivity?: () => void;
  /** The log can no longer be replicated. The message says why. */
  readonly onFatal: (message: string) => void;
};

/** The leader, or the server of the subscription, does not show what this node has, or what the other one has. */
class LeaderBehindError extends ApplicationError {
  readonly code = 'leader-behind';
}

/** The writer has not stored a batch. Its events are delivered again. */
class BatchNotWrittenError extends ApplicationError {
  readonly code = 'batch-not-written';
}

/**
 * Replicates the cluster's log into ledger.db: all events of this ledger in order, each once. After a lost connection it
 * continues behind the last event on disk.
 */
export class LogReplicator implements SubscriptionConsumer {
  connectionState: ConnectionState = 'cut-off';
  readonly #subscription: ResilientSubscription;
  readonly #verifiedReader: LeaderVerifiedReader;
  readonly #leaderConfirmation: LeaderConfirmationLoop;
  /** The server of the current subscription. */
  #server: string | undefined;
  /** The leader for which this node has left another server. */
  #followedLeader: string | undefined;
  /** Whether the leader has confirmed the current subscription, and has not been silent since. */
  #isConfirmed = false;
  /** Why there is no confirmation; undefined before the first one is overdue. */
  #silenceReason: string | undefined;
  /** Whether everything was on disk that the current subscription had to deliver when it began. */
  #isCaughtUp = false;
  /** When this node last knew that it had everything, by `performance.now()`; undefined if it never did. */
  #caughtUpAt: number | undefined;
  /** Of the last event on disk. */
  #position: LogPosition | undefined;
  /** Of the last event that came, also if it was none of the ledger. */
  #receivedPosition: LogPosition | undefined;
  #batch: LoggedEvent[] = [];
  #isFlushScheduled = false;
  /** Runs while events are held back because more of their group must follow. */
  #groupTimer: NodeJS.Timeout | undefined;
  /** Resolves when the batch that the writer has is on disk or has failed; never rejects. */
  #pendingWrite: Promise<void> | undefined;
  #writeReply:
    { readonly resolve: (head: number) => void; readonly reject: (reason: Error) => void } | undefined;
  /** Events of the current connection: received, on disk, and received when the server had delivered everything. */
  #receivedCount = 0;
  #writtenCount = 0;
  #caughtUpCount = Infinity;

  constructor(
    private readonly connection: KurrentDbConnection,
    private readonly writer: LedgerWriterThread,
    private readonly ledger: Ledger,
    private readonly listener: LogReplicatorListener,
    {
      assumeCaughtUpAfterMs = ASSUME_CAUGHT_UP_AFTER_MS,
      missingEventMs,
      leaderConfirmation = LEADER_CONFIRMATION_TIMEOUTS,
    }: LogReplicatorTimeouts = {},
  ) {
    this.#position = writer.logPosition;
    this.#verifiedReader = new LeaderVerifiedReader(connection, missingEventMs);
    this.#subscription = new ResilientSubscription(this, assumeCaughtUpAfterMs);
    this.#leaderConfirmation = new LeaderConfirmationLoop({
      confirm: (signal) => this.#confirm(signal),
      onConfirmed: () => this.#handleConfirmation(),
      onSilence: (reason) => this.#handleSilence(reason),
      timeouts: leaderConfirmation,
    });
    connection.onReplaced = () => this.#subscription.resubscribe();
    writer.onFatal = (sentence) => {
      this.#writeReply?.reject(new BatchNotWrittenError(sentence));
      this.listener.onFatal(sentence);
    };
    writer.onReply = (reply) => {
      if (reply.type === 'replicated') this.#writeReply?.resolve(reply.head);
      else if (reply.type === 'not-written')
        this.#writeReply?.reject(new BatchNotWrittenError(reply.message));
    };
  }

  /** Why the node is cut off from the cluster. */
  get disconnectReason(): string {
    return this.#subscription.disconnectReason || (this.#silenceReason ?? '');
  }

  /** When this node last knew that it had everything, by `performance.now()`; undefined if it never did. */
  get caughtUpAt(): number | undefined {
    return this.#caughtUpAt;
  }

  start(): void {
    this.#subscription.start();
    this.#leaderConfirmation.start();
  }

  /** Resolves when nothing is written any more. */
  async stop(): Promise<void> {
    this.#leaderConfirmation.stop();
    await this.#subscription.stop();
    await this.#pendingWrite;
  }

  /** Called when a recorded event does not arrive: subscribes again if nothing else arrives either. */
  resubscribeIfStalled(): void {
    if (this.#pendingWrite === undefined && this.#subscription.isIdleFor(STALL_TIMEOUT_MS))
      this.#subscription.resubscribe();
  }

  /** Throws BrokenLogError unless the last entry is where it was found, as it was found. */
  async verifyPosition(): Promise<void> {
    const last = this.ledger.findByNumber(this.ledger.getHead().entry);
    if (!last) return;
    const { entry, stream, revision, id, type, data, metadata } = last;
    const name = this.connection.toClusterStreamName(stream);
    const found = await this.#verifiedReader.readEvent(name, revision, this.#position);
    const createError = (what: string): BrokenLogError =>
      new BrokenLogError(
        `Entry ${entry}, the last of this node's ledger, ${what} ${name}@${revision} in the cluster's log: the cluster was restored from a backup, events were removed, or LEDGER or LEDGER_PREFIX name another one. Set them right. If the log is right, keep a copy of this data directory, which may have entries that nobody else has, and start with an empty one.`,
      );
    if (!found) throw createError('is gone from');
    const logged = parseLoggedEvent(found, this.connection.prefix);
    const isSame =
      logged?.id === id &&
      logged.type === type &&
      logged.data === data &&
      logged.metadata === metadata &&
      logged.position.commit === this.#position?.commit &&
      logged.position.prepare === this.#position.prepare;
    if (!isSame) throw createError('is another one than that at');
  }

  subscribe(onActivity: () => void): CatchUpSubscription {
    [this.#receivedCount, this.#writtenCount, this.#caughtUpCount] = [0, 0, Infinity];
    this.#receivedPosition = this.#position;
    return this.connection.subscribeToLog(this.#position, onActivity);
  }

  onConnected(): void {
    this.#server = this.connection.server;
    if (this.connectionState !== 'live') [this.#isConfirmed, this.#isCaughtUp] = [false, false];
    if (this.#silenceReason === undefined) this.#setConnectionState('catching-up', '');
    this.#leaderConfirmation.confirmNow();
  }

  /** Rejects unless the leader responds and the server of the subscription has all that the leader has. */
  async #confirm(signal: AbortSignal): Promise<void> {
    const { connection } = this;
    const position = this.#position; // before the read, since more may arrive while the response is on its way
    const end = await connection.readLogEnd({ requiresLeader: true, signal });
    const { leader, server } = connection;
    this.#followLeader();
    if (!end) return;
    if (position && isLaterPosition(position, end.position))
      throw new LeaderBehindError('the server that leads has yet to catch up');
    if (server !== leader) {
      const own = await connection.readLogEnd({ signal });
      if (!own || isLaterPosition(end.position, own.position))
        throw new LeaderBehindError('its server is behind the one that leads');
    }
    this.#verifyDelivery(end);
  }

  /** After an election the driver stays on the former leader, which may be cut off from the others. */
  #followLeader(): void {
    const { connection } = this;
    const { leader, server } = connection;
    if (server !== this.#server && this.#subscription.isConnected.value) this.#subscription.resubscribe();
    // Once per leader: its address in gossip may be another than in its responses.
    if (!connection.findsLeader || server === undefined || server === leader) return;
    if (leader === this.#followedLeader) return;
    this.#followedLeader = leader;
    connection.leaveServer();
  }

  /** Throws if the end of the log is an event of this ledger that the subscription has had time to deliver. */
  #verifyDelivery({ position, streamId }: LogEnd): void {
    const isOwn = streamId.startsWith(this.connection.toClusterStreamName(''));
    const isMissing = !this.#receivedPosition || isLaterPosition(position, this.#receivedPosition);
    if (!isOwn || !isMissing || !this.#subscription.isIdleFor(STALL_TIMEOUT_MS)) return;
    this.resubscribeIfStalled();
    throw new LeaderBehindError('it does not deliver what was recorded');
  }

  #handleConfirmation(): void {
    this.#silenceReason = undefined;
    if (!this.#subscription.isConnected.value) return;
    this.#isConfirmed = true;
    this.#updateConnectionState();
  }

  /** The cluster has lost its majority, or this node is on a server that was cut off: another one may not be. */
  #handleSilence(reason: string): void {
    this.#isConfirmed = false;
    this.#silenceReason = reason;
    this.#setConnectionState('cut-off', this.disconnectReason);
    this.connection.leaveServer();
  }

  #updateConnectionState(): void {
    if (this.#isCaughtUp && this.#isConfirmed) {
      this.#caughtUpAt = this.#leaderConfirmation.confirmedAt;
      this.#setConnectionState('live', '');
    } else if (this.#isConfirmed) this.#setConnectionState('catching-up', '');
  }

  onActivity(): void {
    this.listener.onActivity?.();
  }

  handleEvent(resolved: ResolvedEvent): Promise<void> | undefined {
    this.#receivedPosition = resolved.event?.position;
    const event = parseLoggedEvent(resolved, this.connection.prefix);
    if (!event) return undefined;
    this.#batch.push(event);
    this.#receivedCount += 1;
    this.#scheduleFlush();
    if (this.#batch.length < MAX_BATCH_SIZE) return undefined;
    this.#flush();
    return this.#pendingWrite;
  }

  onCaughtUp(bufferedEvents: number): void {
    this.#caughtUpCount = Math.min(this.#caughtUpCount, this.#receivedCount + bufferedEvents);
    this.#scheduleFlush();
  }

  /**
   * Writes the received events, which are complete up to here however the connection ended, except for a group that
   * was cut: it is delivered again.
   */
  async onSessionEnd(): Promise<void> {
    do {
      this.#flush();
      await this.#pendingWrite;
    } while (this.#pendingWrite);
    clearTimeout(this.#groupTimer);
    this.#batch = [];
  }

  onDisconnected(error: unknown): boolean {
    if (error instanceof BrokenLogError) {
      this.listener.onFatal(error.message);
      return false;
    }
    this.#isConfirmed = false;
    // A node that is opening and waits for the cluster learns that it is unreachable, but not yet that it may be
    // another one.
    const isUndecided = error instanceof MissingEventUndecidedError && error.mayBeGone;
    if (!isUndecided || this.connectionState !== 'cut-off')
      this.#setConnectionState('cut-off', this.disconnectReason);
    return true;
  }

  #scheduleFlush(): void {
    if (this.#isFlushScheduled) return;
    this.#isFlushScheduled = true;
    setImmediate(() => {
      this.#isFlushScheduled = false;
      this.#flush();
    });
  }

  /**
   * Sends the batch to the writer unless it has one already. Readers see an append as a whole or not at all, so the
   * first events of a group wait for its last one; not forever, since only the metadata says that more follow.
   */
  #flush(isOverdue = false): void {
    if (this.#subscription.isStopped) this.#batch = [];
    if (this.#pendingWrite) return;
    // Other nodes may keep recording, so only what had arrived by then counts.
    if (this.#writtenCount >= this.#caughtUpCount && !this.#isCaughtUp) {
      this.#isCaughtUp = true;
      this.#updateConnectionState();
    }
    clearTimeout(this.#groupTimer);
    const { length } = this.#batch;
    const heldBack = isOverdue ? 0 : countHeldBack(this.#batch);
    if (heldBack > 0) this.#groupTimer = setTimeout(() => this.#flush(true), INCOMPLETE_GROUP_TIMEOUT_MS);
    if (length > heldBack) this.#pendingWrite = this.#writeBatch(this.#batch.splice(0, length - heldBack));
  }

  async #writeBatch(events: readonly LoggedEvent[]): Promise<void> {
    try {
      const head = await new Promise<number>((resolve, reject) => {
        this.#writeReply = { resolve, reject };
        this.writer.send({ type: 'replicate', loggedEvents: events });
      });
      this.#position = events.at(-1)?.position;
      this.#writtenCount += events.length;
      this.listener.onHead(head, events);
      this.#pendingWrite = undefined;
      this.#flush();
    } catch (error) {
      this.#batch = [];
      this.#pendingWrite = undefined;
      this.#subscription.disconnect(error as Error);
    }
  }

  #setConnectionState(state: ConnectionState, reason: string): void {
    if (this.#subscription.isStopped) return;
    if (state !== 'cut-off' && this.connectionState === 'live') return;
    this.connectionState = state;
    this.listener.onConnectionState(state, reason);
  }
}

/** How many events at the end belong to a group of which more must follow. */
function countHeldBack(events: readonly LoggedEvent[]): number {
  const last = events.at(-1);
  const incomplete = last ? getIncompleteGroupSize(last) : 0;
  if (incomplete === 0) return 0;
  const group = events.slice(-incomplete);
  return group.length - 1 - group.findLastIndex(({ stream }) => stream !== last?.stream);
}
