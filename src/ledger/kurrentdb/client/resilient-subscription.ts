import { BehaviorSubject, Subject } from 'rxjs';
import { waitFor } from '../../wait-for.js';
import { RECONNECT_BACKOFF_MS, RESPONSE_TIMEOUT_MS } from '../timeouts.js';
import { type Backoff, createBackoff } from './backoff.js';
import { describeDriverError, isAborted, NO_RESPONSE } from './driver-errors.js';
import type { CatchUpSubscription, ResolvedEvent } from './kurrentdb-connection.js';

/** The part of a subscription that knows its position and handles its events. */
export interface SubscriptionConsumer {
  /**
   * Runs before each attempt to subscribe. Rejects if the position cannot be found out now, or if the last handled event
   * is no longer where it was.
   */
  verifyPosition(): Promise<void>;
  /**
   * Subscribes to what follows the last handled event. `onActivity` is to be called when the server makes progress
   * without delivering an event.
   */
  subscribe(onActivity: () => void): CatchUpSubscription;
  /** The server has confirmed the subscription: events follow. */
  onConnected?(): void;
  /** Handles the next event; the one after it comes when a returned promise has resolved. A rejection ends the connection. */
  handleEvent(event: ResolvedEvent): Promise<void> | undefined;
  /** An event came, or the server has passed over events that are not subscribed to. */
  onActivity?(): void;
  /**
   * The server says that it has delivered everything, or it has delivered nothing for `assumeCaughtUpAfterMs`. So many
   * events are in the buffer and were not handled yet.
   */
  onCaughtUp?(bufferedEvents: number): void;
  /** Runs after each connection, before the next attempt. Must not reject. */
  onSessionEnd?(): Promise<void>;
  /** The connection was lost, or there was none. Returns whether to try again. Not called after `stop`. */
  onDisconnected(error: unknown): boolean;
}

/** The subscription delivers nothing although events were recorded: another one may. */
class ResubscribeError extends Error {}

/**
 * A catch-up subscription that survives lost connections and silent servers. Each attempt verifies the position first
 * and subscribes after the last handled event, so every event is handled once and in order if the consumer stores its
 * position together with what it makes of the event. The checkpoints of KurrentDB's own subscriptions are not used as
 * positions, since a server may name one beyond an event that it has yet to send.
 */
export class ResilientSubscription {
  /** Whether the server has confirmed the current subscription. */
  readonly isConnected = new BehaviorSubject(false);
  /** Why there is no connection; empty while there is one. */
  disconnectReason = 'it has not responded yet';
  #subscription: CatchUpSubscription | undefined;
  /** Resolves when the consumer has handled the last event. */
  #pendingEvent: Promise<void> | undefined;
  #lastActivityAt = -Infinity;
  #isStopped = false;
  /** Emits when the next attempt must not wait for its delay. */
  readonly #wakeUps = new Subject<true>();
  /** Whether that was requested while no attempt waited. */
  #isWakeUpDue = false;

  constructor(
    private readonly consumer: SubscriptionConsumer,
    /** The time without events after which the consumer counts as caught up; by default only the server's notice counts. */
    private readonly assumeCaughtUpAfterMs?: number,
  ) {}

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Starts the subscription; call it once. */
  start(): void {
    void this.#run();
  }

  /** Stops the subscription; resolves when no event is handled any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wakeUps.next(true);
    this.#subscription?.destroy();
    await this.#pendingEvent?.catch(() => undefined);
  }

  /** Does not wait any longer before the next attempt, because a caller needs the connection. */
  reconnectNow(): void {
    this.#isWakeUpDue = !this.isConnected.value;
    this.#wakeUps.next(true);
  }

  /** Ends the current connection as lost because of an error; the next attempt follows after a delay. */
  disconnect(error: Error): void {
    this.#subscription?.destroy(error);
  }

  /** Replaces the current subscription at once; it does not count as disconnected meanwhile. */
  resubscribe(): void {
    this.#subscription?.destroy(new ResubscribeError());
    this.reconnectNow();
  }

  /** Whether neither an event nor another sign of the server arrived for so long. */
  isIdleFor(durationMs: number): boolean {
    return performance.now() - this.#lastActivityAt >= durationMs;
  }

  async #run(): Promise<void> {
    const delays = createBackoff(RECONNECT_BACKOFF_MS);
    while (!this.#isStopped) {
      const error = await this.#runSession(delays).then(
        () => new Error('it ended the subscription'),
        (reason: unknown) => reason,
      );
      const delayMs = delays.nextMs();
      // A server of 23.10 aborts the subscription of a slow consumer, which misses nothing if it subscribes again.
      const isReplaced = error instanceof ResubscribeError || (this.isConnected.value && isAborted(error));
      if (!isReplaced) this.disconnectReason = describeDriverError(error);
      const isEnded = this.isStopped || (!isReplaced && !this.consumer.onDisconnected(error));
      this.isConnected.next(false);
      if (isEnded) return;
      if (!(error instanceof ResubscribeError) && !this.#isWakeUpDue)
        await waitFor(this.#wakeUps, () => true, delayMs);
      this.#isWakeUpDue = false;
    }
  }

  /** One connection, from the verification of the position to the end of the subscription. */
  async #runSession(delays: Backoff): Promise<void> {
    await this.consumer.verifyPosition();
    if (this.#isStopped) return;
    let silence: NodeJS.Timeout | undefined;
    const recordActivity = (): void => {
      this.#lastActivityAt = performance.now();
      silence?.refresh();
      this.consumer.onActivity?.();
    };
    const subscription = this.consumer.subscribe(recordActivity);
    this.#subscription = subscription;
    this.#lastActivityAt = performance.now();
    const reportCaughtUp = (): void => {
      if (this.#subscription === subscription) this.consumer.onCaughtUp?.(subscription.readableLength);
    };
    silence = setTimeout(() => subscription.destroy(new Error(NO_RESPONSE)), RESPONSE_TIMEOUT_MS);
    subscription
      .on('error', () => undefined) // the loop below receives it too, but only while it runs
      .on('caughtUp', reportCaughtUp)
      .on('confirmation', () => {
        delays.reset();
        recordActivity();
        clearTimeout(silence);
        silence =
          this.assumeCaughtUpAfterMs === undefined
            ? undefined
            : setTimeout(reportCaughtUp, this.assumeCaughtUpAfterMs);
        this.disconnectReason = '';
        this.isConnected.next(true);
        this.consumer.onConnected?.();
      });
    try {
      for await (const resolved of subscription) {
        recordActivity();
        this.#pendingEvent = this.consumer.handleEvent(resolved);
        if (this.#pendingEvent) await this.#pendingEvent;
      }
    } finally {
      clearTimeout(silence);
      void subscription.unsubscribe().catch(() => undefined);
      await this.consumer.onSessionEnd?.();
    }
  }
}
