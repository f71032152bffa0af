import type { JSONEventData } from '@eventstore/db-client';
import { filter, firstValueFrom, map, of, Subject, timeout } from 'rxjs';
import { clockFault, stamp } from '../clock.js';
import {
  type Append,
  type AppendOutcome,
  type Condition,
  NotTakenOver,
  Sequencer,
  Unavailable,
} from '../sequencer.js';
import type { Lookup } from '../sqlite/json-indexes.js';
import { LedgerUnusable } from '../sqlite/schema.js';
import { SqliteLedger } from '../sqlite/sqlite-ledger.js';
import { WriterThread } from '../sqlite/writer-thread.js';
import { Arrivals } from './append/arrival-waiters.js';
import { type Attempt, Cluster, type ClusterSettings } from './client/kurrentdb-connection.js';
import { Follower, type Listener, STALLED } from './replication/log-subscription.js';
import { Lane, type Pending } from './append/stream-append-queue.js';
import { Places } from './append/semaphore.js';
import { storedEvent } from './client/event-serializer.js';

/** In milliseconds. */
export type Patience = {
  /** For the answer to one attempt to append. */
  readonly attempt: number;
  /** For the outcome of an append, whatever happens meanwhile. */
  readonly outcome: number;
  /** For the first contact with the cluster, if the node has no copy of the book to answer from. */
  readonly contact: number;
  /** For what others recorded before, at the start. */
  readonly catchUp: number;
  /** For the last entry of this node's ledger, if the cluster does not have it. */
  readonly missing?: number;
};

const PATIENCE: Patience = { attempt: 5_000, outcome: 10_000, contact: 30_000, catchUp: 10_000 };
/** Appends that are out at the same time, of as many streams. */
const OUT_MAX = 64;
/** Between attempts to append, in milliseconds: doubled from the first to the second. */
const RESEND = [20, 1_000] as const;

export type KurrentOptions = {
  /** ledger.db */
  readonly file: string;
  readonly cluster: ClusterSettings;
  /** Called with a sentence when the process must end: the copy here or the log there cannot be relied on. */
  readonly onLost: (sentence: string) => void;
  readonly warn: (sentence: string) => void;
  readonly lookups?: readonly Lookup[];
  readonly patience?: Partial<Patience>;
  readonly now?: () => number;
};

/** Nothing was written: the server has less of the stream than this node. If it was deposed it does not know it yet. */
type Behind = { readonly attempt: 'behind'; readonly reason: string };

const MOVED_ON: AppendOutcome = { outcome: 'moved-on' };

/** A cluster orders the facts; this node appends to it, and follows it into a ledger.db of its own. */
export class KurrentSequencer extends Sequencer {
  readonly isShared = true;
  readonly capacity = 1_024;
  readonly heads = new Subject<number>();
  readonly #cluster: Cluster;
  readonly #follower: Follower;
  readonly #ledger: SqliteLedger;
  readonly #arrivals: Arrivals;
  readonly #patience: Patience;
  readonly #lanes = new Map<string, Lane>();
  readonly #pending = new Set<Pending>();
  readonly #out = new Places(OUT_MAX);
  readonly #conditions = new Subject<Condition>();
  /** The last append with a time of its own, while it is on its way. */
  #timed: Pending | undefined;
  #isOpening = true;
  /** Whether the operator was told that the node is cut off, and not yet that it no longer is. */
  #isCutOff = false;
  #lost: string | undefined;
  #closing: Promise<void> | undefined;

  private constructor(
    cluster: Cluster,
    private readonly writer: WriterThread,
    private readonly options: KurrentOptions,
  ) {
    super();
    this.#cluster = cluster;
    this.#ledger = new SqliteLedger(options.file);
    this.#arrivals = new Arrivals(this.#ledger);
    this.#patience = { ...PATIENCE, ...options.patience };
    const listener: Listener = {
      grown: (head, events) => {
        // The head first: whoever is resolved may at once ask for what follows from it.
        this.heads.next(head);
        this.#arrivals.arrived(head, events);
      },
      told: (condition, reason) => this.#told(condition, reason),
      lost: (sentence) => this.#lose(sentence),
    };
    this.#follower = new Follower(cluster, writer, this.#ledger, listener, {
      missing: this.#patience.missing,
    });
  }

  /**
   * Opens or makes this node's copy of the book, and follows the cluster. A node with a copy opens also while it is
   * cut off. Rejects with LedgerUnusable and a sentence.
   */
  static async open(options: KurrentOptions): Promise<KurrentSequencer> {
    const { file, lookups = [] } = options;
    const cluster = new Cluster(options.cluster);
    const writer = await WriterThread.open({ file, isCopy: true, lookups });
    const sequencer = new KurrentSequencer(cluster, writer, options);
    try {
      await sequencer.#begin();
      return sequencer;
    } catch (error) {
      await sequencer.close();
      throw error;
    }
  }

  async #begin(): Promise<void> {
    const { contact, catchUp } = this.#patience;
    const hasCopy = this.#ledger.head().entry > 0;
    const first = this.#becomes(
      (condition) => hasCopy || condition !== 'cut-off',
      hasCopy ? catchUp : contact,
    );
    this.#follower.start();
    if (!(await first) && !hasCopy)
      throw new LedgerUnusable(
        `The cluster that LEDGER names cannot be reached (${this.#follower.reason}), and this node has no copy of its book to answer from: check LEDGER and the cluster.`,
      );
    if (this.condition === 'catching-up')
      await this.#becomes((condition) => condition !== 'catching-up', catchUp);
    if (this.#lost !== undefined) throw new LedgerUnusable(this.#lost);
    this.#isOpening = false;
  }

  /** Resolves to whether it did in this time; rejects if the log is not whole. */
  #becomes(wanted: (condition: Condition) => boolean, milliseconds: number): Promise<boolean> {
    const became = this.#conditions.pipe(
      filter(wanted),
      map(() => true),
    );
    return firstValueFrom(became.pipe(timeout({ first: milliseconds, with: () => of(false) })));
  }

  get condition(): Condition {
    return this.#follower.condition;
  }

  get waiting(): number {
    return this.#pending.size;
  }

  append(append: Append): Promise<AppendOutcome> {
    const refusal = this.#refusal();
    if (refusal) return Promise.reject(refusal);
    const { stream, requires } = append;
    const required = requires.map((each) => ({
      exists: this.#ledger.revision(each) >= 0,
      pending: this.#lanes.get(each)?.pending ?? [],
    }));
    const isTimed = append.recordedAt !== undefined;
    const others = isTimed ? [...this.#pending] : this.#timed ? [this.#timed] : [];
    const lane = this.#lanes.get(stream) ?? new Lane();
    const joined = lane.join(append, this.#ledger.revision(stream));
    if (!joined) return this.#arrived(stream, lane).then(() => MOVED_ON);
    const { pending, turn } = joined;
    this.#lanes.set(stream, lane);
    this.#pending.add(pending);
    if (isTimed) this.#timed = pending;
    const settle = async (isWritten: boolean, tell: () => void): Promise<void> => {
      pending.isWritten ||= isWritten;
      if (!isWritten) await this.#arrived(stream, lane);
      this.#settle(pending, tell);
    };
    this.#take(pending, lane, required, [turn, ...others.map(({ settled }) => settled)]).then(
      (outcome) => settle(outcome.outcome === 'appended', () => pending.resolve(outcome)),
      (error: unknown) => settle(false, () => pending.reject(error)),
    );
    return pending.outcome;
  }

  /**
   * Whoever is told that nothing was written decides again, on what the ledger says. So it is told when what the
   * cluster has taken of the stream before has arrived.
   */
  #arrived(stream: string, lane: Lane): Promise<void> {
    return this.#arrivals.until(stream, lane.written, this.#patience.outcome);
  }

  /** Resolves when what the cluster has of a stream has arrived, or when no time is left. */
  async #arrival(stream: string, revision: number, left: (most?: number) => number): Promise<void> {
    while (revision >= 0 && left() > 0) {
      await this.#arrivals.until(stream, revision, left(STALLED));
      if (this.#arrivals.of(stream, revision, 1).length > 0) return;
      this.#follower.renew();
    }
  }

  /** To be called when something was recorded that does not come. */
  readonly renew = (): void => this.#follower.renew();

  takeOver(): Promise<number> {
    return Promise.reject(
      new NotTakenOver(
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
    await Promise.all([...this.#pending].map(({ settled }) => settled));
    await this.#follower.stop();
    await this.writer.close();
    this.#ledger.close();
    void this.#cluster.close();
    this.heads.complete();
  }

  /** Why nothing can be taken now. */
  #refusal(): Unavailable | undefined {
    if (this.#lost !== undefined) return new Unavailable('outcome-unknown', this.#lost, 5);
    if (this.#closing) return new Unavailable('stopping', 'The server is stopping.');
    if (this.waiting >= this.capacity)
      return new Unavailable('busy', `${this.capacity} appends are waiting; send the command again.`);
    return this.condition === 'cut-off' ? this.#cutOff() : undefined;
  }

  #cutOff(reason = this.#follower.reason): Unavailable {
    return new Unavailable(
      'cut-off',
      `This node is cut off from the cluster that orders the facts (${reason}): nothing was recorded. Send the command again later, or to another node.`,
      5,
    );
  }

  #settle(pending: Pending, tell: () => void): void {
    if (!this.#pending.delete(pending)) return;
    const { stream } = pending.append;
    if (this.#lanes.get(stream)?.leave(pending)) this.#lanes.delete(stream);
    if (this.#timed === pending) this.#timed = undefined;
    pending.finish();
    tell();
  }

  async #take(
    pending: Pending,
    lane: Lane,
    required: readonly { readonly exists: boolean; readonly pending: readonly Pending[] }[],
    before: readonly Promise<unknown>[],
  ): Promise<AppendOutcome> {
    const { stream, expectedRevision, recordedAt: asked } = pending.append;
    await Promise.all([...required.flatMap((each) => each.pending.map(({ settled }) => settled)), ...before]);
    // By what was there or on its way at the time of the call and not later, so that the order of the calls decides.
    const exist = required.every((each) => each.exists || each.pending.some(({ isWritten }) => isWritten));

    const revision = Math.max(this.#ledger.revision(stream), lane.written);
    if (!exist || pending.isBaseless || revision !== expectedRevision) return MOVED_ON;
    const { now = Date.now } = this.options;
    const last = this.#ledger.head().recordedAt;
    const fault = clockFault(last ?? '', now());
    if (fault !== undefined) throw new Unavailable('clock', fault, 5);
    const recordedAt = stamp(last ?? '', now(), asked);
    if (recordedAt === undefined) return { outcome: 'out-of-time', recordedAt: last };
    return this.#send(pending, lane, recordedAt);
  }

  /** Sends the same bytes with the same expected revision until it is known what became of them. */
  async #send(pending: Pending, lane: Lane, recordedAt: string): Promise<AppendOutcome> {
    const { stream, expectedRevision, events } = pending.append;
    const stored = events.map((event) => storedEvent(event, recordedAt));
    const until = performance.now() + this.#patience.outcome;
    const left = (most = Infinity): number => Math.min(most, until - performance.now());
    const [least, most] = RESEND;
    let [mayBeWritten, isBehind] = [false, false];
    for (let wait: number = least; ; wait = Math.min(2 * wait, most)) {
      const attempt = this.#out.within(() => this.#attempt(stream, expectedRevision, stored, left));
      const tried = await this.#unlessSeen(pending, attempt, left);
      if ('outcome' in tried) return tried;
      if (tried.attempt === 'wrong-revision')
        return this.#overtaken(pending, tried.current, mayBeWritten, left);
      if (tried.attempt === 'written') {
        pending.isWritten = true;
        lane.written = pending.end;
        pending.finish();
        if (tried.revision !== pending.end) this.#lose(altered(stream));
        await this.#arrival(stream, pending.end, left);
        const found = this.#found(pending);
        if (found) return found;
        throw this.#unresolved('it was taken, but has not come back to this node');
      }
      if (tried.attempt === 'deleted') {
        this.#lose(altered(stream));
        throw this.#unresolved('the stream was deleted');
      }
      mayBeWritten ||= tried.attempt === 'unknown';
      isBehind = tried.attempt === 'behind' || (isBehind && tried.attempt === 'unknown');
      if (!mayBeWritten && this.condition === 'cut-off') throw this.#cutOff();
      // The follower may bring the events before a server says that it has them.
      await this.#arrivals.until(stream, expectedRevision + 1, left(wait));
      const found = mayBeWritten ? this.#found(pending) : undefined;
      if (found) return found;
      if (left() > 0) continue;
      if (isBehind) this.#lose(altered(stream));
      throw mayBeWritten ? this.#unresolved(tried.reason) : this.#cutOff(tried.reason);
    }
  }

  /** The answer to an attempt, or what became of the append if the follower brings that first: it may never be answered. */
  async #unlessSeen<T>(
    pending: Pending,
    attempt: Promise<T>,
    left: () => number,
  ): Promise<T | AppendOutcome> {
    const { stream, expectedRevision } = pending.append;
    const answered = new AbortController();
    attempt.finally(() => answered.abort()).catch(() => undefined);
    await this.#arrivals.until(stream, expectedRevision + 1, left(), answered.signal);
    return this.#found(pending) ?? attempt;
  }

  async #attempt(
    stream: string,
    expectedRevision: number,
    events: readonly JSONEventData[],
    left: (most: number) => number,
  ): Promise<Attempt | Behind> {
    const deadline = Math.max(1, left(this.#patience.attempt));
    // Before it is asked: while the answer is on its way, more may arrive from others.
    const known = this.#ledger.revision(stream);
    const tried = await this.#cluster.append(
      this.#cluster.nameOf(stream),
      expectedRevision,
      events,
      deadline,
    );
    if (tried.attempt !== 'wrong-revision' || tried.current >= known) return tried;
    return { attempt: 'behind', reason: `it has ${stream}@${tried.current} and this node @${known}` };
  }

  /** The stream has another revision: because of others, or because an attempt before this one was taken after all. */
  async #overtaken(
    pending: Pending,
    current: number,
    mayBeWritten: boolean,
    left: (most?: number) => number,
  ): Promise<AppendOutcome> {
    const { stream } = pending.append;
    await this.#arrival(stream, current, left);
    const found = this.#found(pending);
    if (found) return found;
    const reason = 'what others recorded does not arrive';
    throw mayBeWritten ? this.#unresolved(reason) : this.#cutOff(reason);
  }

  /**
   * What became of an append, as the ledger has it; undefined while nothing follows what it was decided on. Ids alone
   * do not tell: another command with the same idempotency key has the same.
   */
  #found({ append: { stream, expectedRevision, events } }: Pending): AppendOutcome | undefined {
    const stored = this.#arrivals.of(stream, expectedRevision + 1, events.length);
    const isOurs = stored.every(({ id, type, data }, index) => {
      const event = events[index];
      return event?.id === id && event.type === type && event.data === data;
    });
    if (!isOurs) return MOVED_ON;
    const [first] = stored;
    if (!first || stored.length < events.length) return undefined;
    return { outcome: 'appended', entry: first.entry, recordedAt: first.recordedAt };
  }

  #unresolved(reason: string): Unavailable {
    return new Unavailable(
      'outcome-unknown',
      `The cluster has not said what became of the command (${reason}): send it again with the same key.`,
      5,
    );
  }

  #told(condition: Condition, reason: string): void {
    const { warn } = this.options;
    if (condition === 'cut-off' && !this.#isCutOff)
      warn(
        `Cut off from the cluster (${reason}): reads go on from this node's copy, nothing can be recorded.`,
      );
    if (condition === 'live' && this.#isCutOff) warn('The cluster is back: facts can be recorded again.');
    this.#isCutOff = condition === 'cut-off' || (this.#isCutOff && condition !== 'live');
    this.#conditions.next(condition);
  }

  /** Nothing more can be taken, and nothing is known of what is on its way. */
  #lose(sentence: string): void {
    if (this.#lost !== undefined) return;
    this.#lost = sentence;
    for (const pending of [...this.#pending])
      this.#settle(pending, () => pending.reject(new Unavailable('outcome-unknown', sentence, 5)));
    void this.#follower.stop();
    if (this.#isOpening) this.#conditions.error(new LedgerUnusable(sentence));
    else this.options.onLost(sentence);
  }
}

const altered = (stream: string): string =>
  `The stream ${stream} was deleted, truncated or put back in the cluster, so that its log no longer is what this node's ledger was made of: restore the log from a copy.`;
