// What the nodes of a cluster share beside the facts lies in streams of its own, outside the ledger. Each node follows
// them, and appends only behind what it has seen: so whoever decides, decides on the whole stream.
import {
  jsonEvent,
  type RecordedEvent,
  type ResolvedEvent,
  type StreamSubscription,
} from '@eventstore/db-client';
import { BehaviorSubject, filter, Subject } from 'rxjs';
import type { JsonObject } from '../../../json/json.js';
import { UnavailableError } from '../../sequencer.js';
import { waitForEmission } from '../../wait-for-emission.js';
import {
  RESPONSE_TIMEOUT_MS,
  type KurrentDbConnection,
  getErrorMessage,
  NO_RESPONSE,
} from '../client/kurrentdb-connection.js';
import { STALL_TIMEOUT_MS } from './log-subscription.js';
import { LeaderVerifiedReader } from '../client/leader-verified-read.js';
import { isObject } from '../../../json/is-object.js';

export type ProposedEvent = {
  /** UUID. The same id again is the same event. */
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
};

export type ReplicatedEvent = ProposedEvent & { readonly revision: number };

/** An event that was taken. */
export type StreamPosition = Pick<ReplicatedEvent, 'id' | 'revision'>;

/** What a node makes of a shared stream. */
export interface ReplicatedStreamHandler {
  /** Where to go on: after the last event that was taken before. Rejects if that cannot be found out now. */
  loadPosition(): Promise<StreamPosition | undefined>;
  /** Takes the next event; the one after it comes when this has resolved. After a rejection it comes again. */
  handleEvent(event: ReplicatedEvent): Promise<void>;
  /** The stream no longer holds an event that was taken. Returns whether to begin anew, else nothing more is followed. */
  handleReplacedStream(sentence: string): boolean;
}

/** Between attempts to connect, in milliseconds: doubled from the first to the second. */
const RECONNECT_BACKOFF_MS = [100, 5_000] as const;
/** Between attempts to append, in milliseconds: doubled from the first to the second. */
const RETRY_BACKOFF_MS = [20, 1_000] as const;
/** In milliseconds. */
const TIMEOUTS_MS = { connection: 2_000, attempt: 3_000, outcome: 10_000 };

/** What an event says; nothing if it is no JSON object: somebody else may have written it. */
export const getEventData = ({ data }: Pick<RecordedEvent, 'data'>): JsonObject =>
  isObject(data) ? data : {};

class StreamReplacedError extends Error {}

export class ReplicatedStream {
  readonly name: string;
  #position: StreamPosition | undefined;
  #hasLoadedPosition = false;
  readonly #connected = new BehaviorSubject(false);
  /** Why it is not connected. */
  #disconnectReason = 'it has not answered yet';
  #subscription: StreamSubscription | undefined;
  /** Of the event that came last. */
  #pendingEvent: Promise<void> | undefined;
  readonly #handledRevisions = new Subject<number>();
  /** The ids of events that are being appended, and whether they were taken. */
  readonly #pendingAppends = new Map<string, boolean>();
  /** Somebody waits for the next attempt to connect. */
  readonly #reconnectRequests = new Subject<void>();
  #isStopped = false;
  readonly #verifiedReader: LeaderVerifiedReader;

  constructor(
    private readonly connection: KurrentDbConnection,
    stream: string,
    private readonly handler: ReplicatedStreamHandler,
  ) {
    this.name = connection.toSharedStreamName(stream);
    this.#verifiedReader = new LeaderVerifiedReader(connection);
  }

  /** To be called once. */
  start(): void {
    void this.#run();
  }

  /** Resolves when nothing is taken any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#reconnectRequests.next();
    this.#subscription?.destroy();
    await this.#pendingEvent?.catch(() => undefined);
  }

  /** Resolves when all that the stream holds now was taken. Rejects with Unavailable. */
  async catchUp(milliseconds = TIMEOUTS_MS.outcome): Promise<void> {
    const until = performance.now() + milliseconds;
    this.#reconnectRequests.next();
    const last = await this.connection.readLastEvent(this.name).catch((error: unknown) => {
      throw this.#createCutOffError(getErrorMessage(error));
    });
    const revision = Number(last?.event?.revision ?? -1);
    if (!(await this.#waitForRevision(revision, until - performance.now())))
      throw this.#createCutOffError('what others wrote does not arrive');
  }

  /**
   * Appends what is proposed, once: `propose` is asked again each time that the stream has moved on, and gives nothing
   * if there is nothing left to append. Resolves to whether it was appended, and is durable then. Rejects with
   * Unavailable: then it may have been appended after `outcome-unknown`, and was not after `cut-off`.
   */
  async append(
    propose: () => ProposedEvent | undefined,
    milliseconds = TIMEOUTS_MS.outcome,
  ): Promise<boolean> {
    const tried = new Set<string>();
    try {
      return await this.#appendUntilResolved(propose, tried, performance.now() + milliseconds);
    } finally {
      for (const id of tried) this.#pendingAppends.delete(id);
    }
  }

  async #appendUntilResolved(
    propose: () => ProposedEvent | undefined,
    tried: Set<string>,
    until: number,
  ): Promise<boolean> {
    const left = (most = Infinity): number => Math.min(most, until - performance.now());
    const [least, most] = RETRY_BACKOFF_MS;
    let mayBeWritten = false;
    this.#reconnectRequests.next();
    for (let wait: number = least; ; wait = Math.min(2 * wait, most)) {
      if ([...tried].some((id) => this.#pendingAppends.get(id))) return true;
      if (
        !mayBeWritten &&
        !(await waitForEmission(left(TIMEOUTS_MS.connection), this.#connected.pipe(filter(Boolean))))
      )
        throw this.#createCutOffError('it does not answer');
      const proposal = propose();
      if (!proposal) return false;
      const expected = this.#position?.revision ?? -1;
      tried.add(proposal.id);
      this.#pendingAppends.set(proposal.id, false);
      const deadline = Math.max(1, left(TIMEOUTS_MS.attempt));
      const outcome = await this.connection.append(this.name, expected, [jsonEvent(proposal)], deadline);
      if (outcome.attempt === 'written') {
        await this.#waitForRevision(outcome.revision, left());
        return true;
      }
      const reason = 'reason' in outcome ? outcome.reason : 'what others wrote does not arrive';
      if (outcome.attempt === 'deleted') throw this.#createCutOffError(`${this.name} was deleted for ever`);
      mayBeWritten ||= outcome.attempt === 'unknown';
      const next = outcome.attempt === 'wrong-revision' ? outcome.current : expected + 1;
      await this.#waitForRevision(next, left(outcome.attempt === 'wrong-revision' ? undefined : wait));
      if (left() > 0) continue;
      throw mayBeWritten ? this.#createOutcomeUnknownError(reason) : this.#createCutOffError(reason);
    }
  }

  /**
   * Resolves to whether the revision was taken within so many milliseconds. A subscription that does not tell of it for
   * too long is made anew.
   */
  async #waitForRevision(revision: number, milliseconds: number): Promise<boolean> {
    const until = performance.now() + milliseconds;
    for (;;) {
      if ((this.#position?.revision ?? -1) >= revision) return true;
      const left = until - performance.now();
      const taken = this.#handledRevisions.pipe(filter((each) => each >= revision));
      if (await waitForEmission(Math.min(left, STALL_TIMEOUT_MS), taken)) return true;
      if (left <= STALL_TIMEOUT_MS) return false;
      this.#subscription?.destroy(new Error('it does not say what was written'));
    }
  }

  async #run(): Promise<void> {
    const [least, most] = RECONNECT_BACKOFF_MS;
    for (let wait: number = least; ; wait = Math.min(2 * wait, most)) {
      try {
        await this.#runSession(() => (wait = least));
      } catch (error) {
        this.#disconnectReason = getErrorMessage(error);
        if (error instanceof StreamReplacedError && !this.#isStopped) {
          if (!this.handler.handleReplacedStream(error.message)) return;
          this.#position = undefined;
        }
      } finally {
        this.#connected.next(false);
      }
      if (this.#isStopped) return;
      await waitForEmission(wait, this.#reconnectRequests);
    }
  }

  /** Follows for as long as one connection lasts. */
  async #runSession(connected: () => void): Promise<void> {
    if (!this.#hasLoadedPosition) this.#position = await this.handler.loadPosition();
    this.#hasLoadedPosition = true;
    await this.#verifyPosition();
    if (this.#isStopped) return;
    const subscription = this.connection.subscribeToStream(this.name, this.#position?.revision ?? -1);
    this.#subscription = subscription;
    const unanswered = setTimeout(() => subscription.destroy(new Error(NO_RESPONSE)), RESPONSE_TIMEOUT_MS);
    subscription
      .on('error', () => undefined) // the loop below hears of it, but only while it runs
      .on('confirmation', () => {
        connected();
        clearTimeout(unanswered);
        this.#connected.next(true);
      });
    try {
      for await (const resolved of subscription) await (this.#pendingEvent = this.#handleEvent(resolved));
    } finally {
      clearTimeout(unanswered);
      void subscription.unsubscribe().catch(() => undefined);
    }
    this.#disconnectReason = 'it ended the subscription';
  }

  /** Throws Replaced unless the last event that was taken stands where it stood. */
  async #verifyPosition(): Promise<void> {
    if (!this.#position) return;
    const { id, revision } = this.#position;
    const found = await this.#verifiedReader.readEvent(this.name, revision);
    if (found?.event?.id !== id) throw this.#createReplacedError(revision);
  }

  async #handleEvent({ event }: ResolvedEvent): Promise<void> {
    if (!event || this.#isStopped) return;
    const { id, type } = event;
    const revision = Number(event.revision);
    // A stream that was emptied goes on with its revisions, so its first event may be any.
    if (this.#position && revision !== this.#position.revision + 1)
      throw this.#createReplacedError(this.#position.revision + 1);
    await this.handler.handleEvent({ id, type, revision, data: getEventData(event) });
    this.#position = { id, revision };
    if (this.#pendingAppends.has(id)) this.#pendingAppends.set(id, true);
    this.#handledRevisions.next(revision);
  }

  #createReplacedError(revision: number): StreamReplacedError {
    return new StreamReplacedError(
      `${this.name}@${revision} in the cluster is gone or is not what it was: the cluster was restored from a backup, or the stream was altered.`,
    );
  }

  #createCutOffError(reason: string): UnavailableError {
    const why = this.#connected.value ? reason : `${reason}; ${this.#disconnectReason}`;
    return new UnavailableError(
      'cut-off',
      `The cluster cannot be asked now (${why}): nothing was changed. Try again later, or on another node.`,
      5,
    );
  }

  #createOutcomeUnknownError(reason: string): UnavailableError {
    return new UnavailableError(
      'outcome-unknown',
      `The cluster has not said whether the change was made (${reason}): look before you make it again.`,
      5,
    );
  }
}
