import { setTimeout as sleep } from 'node:timers/promises';
import type { AllStreamSubscription } from '@eventstore/db-client';
import type { Ledger } from '../../ledger.js';
import { type LoggedEvent, BrokenLogError, type LogPosition } from '../../cluster-log.js';
import { countIncompleteGroup } from '../../entry-groups.js';
import type { ConnectionState } from '../../sequencer.js';
import type { WriterThread } from '../../sqlite/writer-thread.js';
import {
  RESPONSE_TIMEOUT_MS,
  type KurrentDbConnection,
  getErrorMessage,
  NO_RESPONSE,
} from '../client/kurrentdb-connection.js';
import { EventNotYetVisibleError, LeaderVerifiedReader } from '../client/leader-verified-read.js';
import { parseLoggedEvent } from '../client/event-serializer.js';

/** Between attempts to connect, in milliseconds: doubled from the first to the second. */
const RECONNECT_BACKOFF_MS = [100, 5_000] as const;
/** Events that are held for the writer before no more are taken from the cluster. */
const MAX_BATCH_SIZE = 1_000;
/** In milliseconds. */
export type LogSubscriptionTimeouts = {
  /** How long nothing comes from a cluster that does not say that its end is reached, until that is taken for it. */
  readonly assumeCaughtUpAfterMs?: number | undefined;
  /** How long the last event of the ledger may be missing in the cluster, until it is taken for gone. */
  readonly missingEventMs?: number | undefined;
};

const ASSUME_CAUGHT_UP_AFTER_MS = 2_000;
/** How long nothing comes from a subscription that should tell something, until another one is made, in milliseconds. */
export const STALL_TIMEOUT_MS = 3_000;

/** How long the beginning of a group waits for its end, in milliseconds. */
const GROUP_TIMEOUT_MS = 2_000;

/** The subscription does not say what was recorded. */
class StalledError extends Error {}

export type LogSubscriptionListener = {
  /** These events are on disk, the head is this entry. */
  readonly onHead: (head: number, events: readonly LoggedEvent[]) => void;
  readonly onConnectionState: (condition: ConnectionState, reason: string) => void;
  /** The cluster is at work: something came, or it has passed over what is not the ledger's. */
  readonly onActivity?: () => void;
  /** Nothing more can be followed. */
  readonly onFatal: (sentence: string) => void;
};

/**
 * Takes what the cluster's log has for this ledger into ledger.db, in order, each event once: whenever the connection
 * is lost, it begins anew after the last event that is on disk. Checkpoints of a subscription are not used, since a
 * server may name one beyond an event that it has yet to send.
 */
export class LogSubscription {
  connectionState: ConnectionState = 'cut-off';
  /** Why the follower is cut off. */
  disconnectReason = 'it has not answered yet';
  #position: LogPosition | undefined;
  #batch: LoggedEvent[] = [];
  #isFlushScheduled = false;
  /** While events are held because more of their group must follow. */
  #groupTimer: NodeJS.Timeout | undefined;
  /** Resolves when the batch under way is on disk or has failed; never rejects. */
  #pendingWrite: Promise<void> | undefined;
  #writeReply:
    { readonly resolve: (head: number) => void; readonly reject: (reason: Error) => void } | undefined;
  #subscription: AllStreamSubscription | undefined;
  /** Events of this subscription: taken from it, on disk, and those that had come when it had caught up. */
  #receivedCount = 0;
  #writtenCount = 0;
  #caughtUpCount = Infinity;
  #lastActivityAt = -Infinity;
  readonly #abortController = new AbortController();
  readonly #verifiedReader: LeaderVerifiedReader;

  constructor(
    private readonly connection: KurrentDbConnection,
    private readonly writer: WriterThread,
    private readonly ledger: Ledger,
    private readonly listener: LogSubscriptionListener,
    private readonly timeouts: LogSubscriptionTimeouts = {},
  ) {
    this.#position = writer.logPosition;
    this.#verifiedReader = new LeaderVerifiedReader(connection, timeouts.missingEventMs);
    const lost = (sentence: string) => {
      this.#writeReply?.reject(new Error(sentence));
      this.listener.onFatal(sentence);
    };
    writer.onFatal = lost;
    writer.onReply = (reply) => {
      if ('replicatedHead' in reply) this.#writeReply?.resolve(reply.replicatedHead);
      else if ('notWritten' in reply) this.#writeReply?.reject(new Error(reply.message));
      else if ('fatal' in reply) lost(reply.fatal);
    };
  }

  start(): void {
    void this.#run();
  }

  /** Resolves when nothing is written any more. */
  async stop(): Promise<void> {
    this.#abortController.abort();
    this.#subscription?.destroy();
    await this.#pendingWrite;
  }

  /** To be called when something was recorded that does not come: if nothing does, it is asked for anew. */
  resubscribeIfStalled(): void {
    const isAtWork =
      this.#pendingWrite !== undefined || performance.now() - this.#lastActivityAt < STALL_TIMEOUT_MS;
    if (!isAtWork) this.#subscription?.destroy(new StalledError());
  }

  get #isStopped(): boolean {
    return this.#abortController.signal.aborted;
  }

  async #run(): Promise<void> {
    const [least, most] = RECONNECT_BACKOFF_MS;
    for (let wait: number = least; ; wait = Math.min(2 * wait, most)) {
      const error = await this.#runSession(() => (wait = least)).then(
        () => new Error('it ended the subscription'),
        (reason: unknown) => reason,
      );
      if (this.#isStopped) return;
      if (error instanceof BrokenLogError) {
        this.listener.onFatal(error.message);
        return;
      }
      if (error instanceof StalledError) continue;
      this.disconnectReason = getErrorMessage(error);
      // Whoever waits for the start is told that the cluster is away, but not yet that it may be another one.
      if (!(error instanceof EventNotYetVisibleError))
        this.#setConnectionState('cut-off', this.disconnectReason);
      await sleep(wait, undefined, { signal: this.#abortController.signal }).catch(() => undefined);
    }
  }

  /** Follows for as long as one connection lasts. */
  async #runSession(connected: () => void): Promise<void> {
    await this.#verifyLastEntry();
    if (this.#isStopped) return;
    const heard = () => {
      this.#lastActivityAt = performance.now();
      silence.refresh();
      this.listener.onActivity?.();
    };
    const subscription = this.connection.subscribeToLog(this.#position, heard);
    this.#subscription = subscription;
    [this.#receivedCount, this.#writtenCount, this.#caughtUpCount] = [0, 0, Infinity];
    this.#lastActivityAt = performance.now();
    const caughtUp = () => {
      if (this.#subscription !== subscription) return;
      this.#caughtUpCount = Math.min(this.#caughtUpCount, this.#receivedCount + subscription.readableLength);
      this.#scheduleFlush();
    };
    let silence = setTimeout(() => subscription.destroy(new Error(NO_RESPONSE)), RESPONSE_TIMEOUT_MS);
    subscription
      .on('error', () => undefined) // the loop below hears of it, but only while it runs
      .on('caughtUp', caughtUp)
      .on('confirmation', () => {
        connected();
        heard();
        clearTimeout(silence);
        silence = setTimeout(caughtUp, this.timeouts.assumeCaughtUpAfterMs ?? ASSUME_CAUGHT_UP_AFTER_MS);
        this.#setConnectionState('catching-up', '');
      });
    try {
      for await (const resolved of subscription) {
        heard();
        this.#batch.push(parseLoggedEvent(resolved, this.connection.prefix));
        this.#receivedCount += 1;
        this.#scheduleFlush();
        if (this.#batch.length < MAX_BATCH_SIZE) continue;
        this.#flush();
        await this.#pendingWrite;
      }
    } finally {
      clearTimeout(silence);
      void subscription.unsubscribe().catch(() => undefined);
      // What came is whole up to here, whatever ended it, but for a group that was cut: that comes again.
      do {
        this.#flush();
        await this.#pendingWrite;
      } while (this.#pendingWrite);
      clearTimeout(this.#groupTimer);
      this.#batch = [];
    }
  }

  /** Throws LogNotWhole unless the last entry stands where it was found, as it was found. */
  async #verifyLastEntry(): Promise<void> {
    const last = this.ledger.findByNumber(this.ledger.getHead().entry);
    if (!last) return;
    const { entry, stream, revision, id, type, data, metadata } = last;
    const name = this.connection.toClusterStreamName(stream);
    const found = await this.#verifiedReader.readEvent(name, revision);
    const fault = (what: string): BrokenLogError =>
      new BrokenLogError(
        `Entry ${entry}, the last of this node's ledger, ${what} ${name}@${revision} in the cluster's log: the cluster was restored from a backup, events were removed, or LEDGER or LEDGER_PREFIX name another one. Set them right; or, if the log is right, start with an empty data directory.`,
      );
    if (!found) throw fault('is gone from');
    const there = parseLoggedEvent(found, this.connection.prefix);
    const isSame =
      there.id === id &&
      there.type === type &&
      there.data === data &&
      there.metadata === metadata &&
      there.position.commit === this.#position?.commit &&
      there.position.prepare === this.#position.prepare;
    if (!isSame) throw fault('is another one than that at');
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
   * Sends to the writer what has come, unless it is at work. An append is seen as a whole or not at all, so the beginning
   * of a group waits for its end; not for ever, since nobody but its metadata says that there is one.
   */
  #flush(isOverdue = false): void {
    if (this.#isStopped) this.#batch = [];
    if (this.#pendingWrite) return;
    // Others may go on recording, so it counts what had come by then.
    if (this.#writtenCount >= this.#caughtUpCount) this.#setConnectionState('live', '');
    clearTimeout(this.#groupTimer);
    const { length } = this.#batch;
    const held = isOverdue ? 0 : countHeldBack(this.#batch);
    if (held > 0) this.#groupTimer = setTimeout(() => this.#flush(true), GROUP_TIMEOUT_MS);
    if (length > held) this.#pendingWrite = this.#writeBatch(this.#batch.splice(0, length - held));
  }

  async #writeBatch(events: readonly LoggedEvent[]): Promise<void> {
    try {
      const head = await new Promise<number>((resolve, reject) => {
        this.#writeReply = { resolve, reject };
        this.writer.send({ loggedEvents: events });
      });
      this.#position = events.at(-1)?.position;
      this.#writtenCount += events.length;
      this.listener.onHead(head, events);
      this.#pendingWrite = undefined;
      this.#flush();
    } catch (error) {
      this.#batch = [];
      this.#pendingWrite = undefined;
      this.#subscription?.destroy(error as Error);
    }
  }

  /** Tells each attempt to reach the cluster, not only a change. */
  #setConnectionState(condition: ConnectionState, reason: string): void {
    if (condition !== 'cut-off' && this.connectionState === 'live') return;
    this.connectionState = condition;
    this.disconnectReason = reason;
    this.listener.onConnectionState(condition, reason);
  }
}

/** How many events at the end belong to a group of which more must follow. */
function countHeldBack(events: readonly LoggedEvent[]): number {
  const last = events.at(-1);
  const of = last ? countIncompleteGroup(last) : 0;
  if (of === 0) return 0;
  const group = events.slice(-of);
  return group.length - 1 - group.findLastIndex(({ stream }) => stream !== last?.stream);
}
