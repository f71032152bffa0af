// What the nodes of a cluster share beside the facts lies in streams of its own, outside the ledger. Each node follows
// them, and appends only behind what it has seen: so whoever decides, decides on the whole stream.
import {
  jsonEvent,
  type RecordedEvent,
  type ResolvedEvent,
  type StreamSubscription,
} from '@eventstore/db-client';
import { BehaviorSubject, filter, Subject } from 'rxjs';
import type { JsonObject } from '../../../eventsourcing/message.js';
import { Unavailable } from '../../sequencer.js';
import { within } from '../../wait-for-emission.js';
import { ANSWER, type Cluster, messageOf, UNANSWERED } from '../client/kurrentdb-connection.js';
import { STALLED } from './log-subscription.js';
import { SeenBefore } from '../client/leader-verified-read.js';
import { isObject } from '../client/event-serializer.js';

export type Proposal = {
  /** UUID. The same id again is the same event. */
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
};

export type SharedEvent = Proposal & { readonly revision: number };

/** An event that was taken. */
export type Place = Pick<SharedEvent, 'id' | 'revision'>;

/** What a node makes of a shared stream. */
export interface Keeper {
  /** Where to go on: after the last event that was taken before. Rejects if that cannot be found out now. */
  begin(): Promise<Place | undefined>;
  /** Takes the next event; the one after it comes when this has resolved. After a rejection it comes again. */
  take(event: SharedEvent): Promise<void>;
  /** The stream no longer holds an event that was taken. Returns whether to begin anew, else nothing more is followed. */
  replaced(sentence: string): boolean;
}

/** Between attempts to connect, in milliseconds: doubled from the first to the second. */
const RECONNECT = [100, 5_000] as const;
/** Between attempts to append, in milliseconds: doubled from the first to the second. */
const RESEND = [20, 1_000] as const;
/** In milliseconds. */
const PATIENCE = { connection: 2_000, attempt: 3_000, outcome: 10_000 };

/** What an event says; nothing if it is no JSON object: somebody else may have written it. */
export const wordsOf = ({ data }: Pick<RecordedEvent, 'data'>): JsonObject => (isObject(data) ? data : {});

class Replaced extends Error {}

export class SharedStream {
  readonly name: string;
  #last: Place | undefined;
  #hasBegun = false;
  readonly #connected = new BehaviorSubject(false);
  /** Why it is not connected. */
  #reason = 'it has not answered yet';
  #subscription: StreamSubscription | undefined;
  /** Of the event that came last. */
  #taking: Promise<void> | undefined;
  readonly #revisions = new Subject<number>();
  /** The ids of events that are being appended, and whether they were taken. */
  readonly #ours = new Map<string, boolean>();
  /** Somebody waits for the next attempt to connect. */
  readonly #hurry = new Subject<void>();
  #isStopped = false;
  readonly #seen: SeenBefore;

  constructor(
    private readonly cluster: Cluster,
    stream: string,
    private readonly keeper: Keeper,
  ) {
    this.name = cluster.besides(stream);
    this.#seen = new SeenBefore(cluster);
  }

  /** To be called once. */
  start(): void {
    void this.#run();
  }

  /** Resolves when nothing is taken any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#hurry.next();
    this.#subscription?.destroy();
    await this.#taking?.catch(() => undefined);
  }

  /** Resolves when all that the stream holds now was taken. Rejects with Unavailable. */
  async caughtUp(milliseconds = PATIENCE.outcome): Promise<void> {
    const until = performance.now() + milliseconds;
    this.#hurry.next();
    const last = await this.cluster.lastOf(this.name).catch((error: unknown) => {
      throw this.#cutOff(messageOf(error));
    });
    const revision = Number(last?.event?.revision ?? -1);
    if (!(await this.#reached(revision, until - performance.now())))
      throw this.#cutOff('what others wrote does not arrive');
  }

  /**
   * Appends what is proposed, once: `propose` is asked again each time that the stream has moved on, and gives nothing
   * if there is nothing left to append. Resolves to whether it was appended, and is durable then. Rejects with
   * Unavailable: then it may have been appended after `outcome-unknown`, and was not after `cut-off`.
   */
  async append(propose: () => Proposal | undefined, milliseconds = PATIENCE.outcome): Promise<boolean> {
    const tried = new Set<string>();
    try {
      return await this.#append(propose, tried, performance.now() + milliseconds);
    } finally {
      for (const id of tried) this.#ours.delete(id);
    }
  }

  async #append(propose: () => Proposal | undefined, tried: Set<string>, until: number): Promise<boolean> {
    const left = (most = Infinity): number => Math.min(most, until - performance.now());
    const [least, most] = RESEND;
    let mayBeWritten = false;
    this.#hurry.next();
    for (let wait: number = least; ; wait = Math.min(2 * wait, most)) {
      if ([...tried].some((id) => this.#ours.get(id))) return true;
      if (!mayBeWritten && !(await within(left(PATIENCE.connection), this.#connected.pipe(filter(Boolean)))))
        throw this.#cutOff('it does not answer');
      const proposal = propose();
      if (!proposal) return false;
      const expected = this.#last?.revision ?? -1;
      tried.add(proposal.id);
      this.#ours.set(proposal.id, false);
      const deadline = Math.max(1, left(PATIENCE.attempt));
      const outcome = await this.cluster.append(this.name, expected, [jsonEvent(proposal)], deadline);
      if (outcome.attempt === 'written') {
        await this.#reached(outcome.revision, left());
        return true;
      }
      const reason = 'reason' in outcome ? outcome.reason : 'what others wrote does not arrive';
      if (outcome.attempt === 'deleted') throw this.#cutOff(`${this.name} was deleted for ever`);
      mayBeWritten ||= outcome.attempt === 'unknown';
      const next = outcome.attempt === 'wrong-revision' ? outcome.current : expected + 1;
      await this.#reached(next, left(outcome.attempt === 'wrong-revision' ? undefined : wait));
      if (left() > 0) continue;
      throw mayBeWritten ? this.#unresolved(reason) : this.#cutOff(reason);
    }
  }

  /**
   * Resolves to whether the revision was taken within so many milliseconds. A subscription that does not tell of it for
   * too long is made anew.
   */
  async #reached(revision: number, milliseconds: number): Promise<boolean> {
    const until = performance.now() + milliseconds;
    for (;;) {
      if ((this.#last?.revision ?? -1) >= revision) return true;
      const left = until - performance.now();
      const taken = this.#revisions.pipe(filter((each) => each >= revision));
      if (await within(Math.min(left, STALLED), taken)) return true;
      if (left <= STALLED) return false;
      this.#subscription?.destroy(new Error('it does not say what was written'));
    }
  }

  async #run(): Promise<void> {
    const [least, most] = RECONNECT;
    for (let wait: number = least; ; wait = Math.min(2 * wait, most)) {
      try {
        await this.#session(() => (wait = least));
      } catch (error) {
        this.#reason = messageOf(error);
        if (error instanceof Replaced && !this.#isStopped) {
          if (!this.keeper.replaced(error.message)) return;
          this.#last = undefined;
        }
      } finally {
        this.#connected.next(false);
      }
      if (this.#isStopped) return;
      await within(wait, this.#hurry);
    }
  }

  /** Follows for as long as one connection lasts. */
  async #session(connected: () => void): Promise<void> {
    if (!this.#hasBegun) this.#last = await this.keeper.begin();
    this.#hasBegun = true;
    await this.#prove();
    if (this.#isStopped) return;
    const subscription = this.cluster.followStream(this.name, this.#last?.revision ?? -1);
    this.#subscription = subscription;
    const unanswered = setTimeout(() => subscription.destroy(new Error(UNANSWERED)), ANSWER);
    subscription
      .on('error', () => undefined) // the loop below hears of it, but only while it runs
      .on('confirmation', () => {
        connected();
        clearTimeout(unanswered);
        this.#connected.next(true);
      });
    try {
      for await (const resolved of subscription) await (this.#taking = this.#take(resolved));
    } finally {
      clearTimeout(unanswered);
      void subscription.unsubscribe().catch(() => undefined);
    }
    this.#reason = 'it ended the subscription';
  }

  /** Throws Replaced unless the last event that was taken stands where it stood. */
  async #prove(): Promise<void> {
    if (!this.#last) return;
    const { id, revision } = this.#last;
    const found = await this.#seen.find(this.name, revision);
    if (found?.event?.id !== id) throw this.#replaced(revision);
  }

  async #take({ event }: ResolvedEvent): Promise<void> {
    if (!event || this.#isStopped) return;
    const { id, type } = event;
    const revision = Number(event.revision);
    // A stream that was emptied goes on with its revisions, so its first event may be any.
    if (this.#last && revision !== this.#last.revision + 1) throw this.#replaced(this.#last.revision + 1);
    await this.keeper.take({ id, type, revision, data: wordsOf(event) });
    this.#last = { id, revision };
    if (this.#ours.has(id)) this.#ours.set(id, true);
    this.#revisions.next(revision);
  }

  #replaced(revision: number): Replaced {
    return new Replaced(
      `${this.name}@${revision} in the cluster is gone or is not what it was: the cluster was restored from a backup, or the stream was altered.`,
    );
  }

  #cutOff(reason: string): Unavailable {
    const why = this.#connected.value ? reason : `${reason}; ${this.#reason}`;
    return new Unavailable(
      'cut-off',
      `The cluster cannot be asked now (${why}): nothing was changed. Try again later, or on another node.`,
      5,
    );
  }

  #unresolved(reason: string): Unavailable {
    return new Unavailable(
      'outcome-unknown',
      `The cluster has not said whether the change was made (${reason}): look before you make it again.`,
      5,
    );
  }
}
