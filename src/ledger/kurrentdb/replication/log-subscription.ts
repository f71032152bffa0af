import { setTimeout as sleep } from 'node:timers/promises';
import type { AllStreamSubscription } from '@eventstore/db-client';
import type { Ledger } from '../../ledger.js';
import { type Logged, LogNotWhole, type Position } from '../../cluster-log.js';
import { unfinished } from '../../entry-groups.js';
import type { Condition } from '../../sequencer.js';
import type { WriterThread } from '../../sqlite/writer-thread.js';
import { ANSWER, type Cluster, messageOf, UNANSWERED } from '../client/kurrentdb-connection.js';
import { MissingYet, SeenBefore } from '../client/leader-verified-read.js';
import { loggedEvent } from '../client/event-serializer.js';

/** Between attempts to connect, in milliseconds: doubled from the first to the second. */
const RECONNECT = [100, 5_000] as const;
/** Events that are held for the writer before no more are taken from the cluster. */
const BATCH_MAX = 1_000;
/** In milliseconds. */
export type FollowerPatience = {
  /** How long nothing comes from a cluster that does not say that its end is reached, until that is taken for it. */
  readonly silence?: number | undefined;
  /** How long the last event of the ledger may be missing in the cluster, until it is taken for gone. */
  readonly missing?: number | undefined;
};

const SILENCE = 2_000;
/** How long nothing comes from a subscription that should tell something, until another one is made, in milliseconds. */
export const STALLED = 3_000;

/** How long the beginning of a group waits for its end, in milliseconds. */
const GROUP = 2_000;

/** The subscription does not say what was recorded. */
class Stalled extends Error {}

export type Listener = {
  /** These events are on disk, the head is this entry. */
  readonly grown: (head: number, events: readonly Logged[]) => void;
  readonly told: (condition: Condition, reason: string) => void;
  /** The cluster is at work: something came, or it has passed over what is not the ledger's. */
  readonly heard?: () => void;
  /** Nothing more can be followed. */
  readonly lost: (sentence: string) => void;
};

/**
 * Takes what the cluster's log has for this ledger into ledger.db, in order, each event once: whenever the connection
 * is lost, it begins anew after the last event that is on disk. Checkpoints of a subscription are not used, since a
 * server may name one beyond an event that it has yet to send.
 */
export class Follower {
  condition: Condition = 'cut-off';
  /** Why the follower is cut off. */
  reason = 'it has not answered yet';
  #position: Position | undefined;
  #batch: Logged[] = [];
  #isFlushDue = false;
  /** While events are held because more of their group must follow. */
  #held: NodeJS.Timeout | undefined;
  /** Resolves when the batch under way is on disk or has failed; never rejects. */
  #writing: Promise<void> | undefined;
  #answer: { readonly resolve: (head: number) => void; readonly reject: (reason: Error) => void } | undefined;
  #subscription: AllStreamSubscription | undefined;
  /** Events of this subscription: taken from it, on disk, and those that had come when it had caught up. */
  #taken = 0;
  #written = 0;
  #caughtUpAt = Infinity;
  #heardAt = -Infinity;
  readonly #stop = new AbortController();
  readonly #seen: SeenBefore;

  constructor(
    private readonly cluster: Cluster,
    private readonly writer: WriterThread,
    private readonly ledger: Ledger,
    private readonly listener: Listener,
    private readonly patience: FollowerPatience = {},
  ) {
    this.#position = writer.position;
    this.#seen = new SeenBefore(cluster, patience.missing);
    const lost = (sentence: string) => {
      this.#answer?.reject(new Error(sentence));
      this.listener.lost(sentence);
    };
    writer.lose = lost;
    writer.hear = (reply) => {
      if ('followed' in reply) this.#answer?.resolve(reply.followed);
      else if ('notWritten' in reply) this.#answer?.reject(new Error(reply.message));
      else if ('lost' in reply) lost(reply.lost);
    };
  }

  start(): void {
    void this.#run();
  }

  /** Resolves when nothing is written any more. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#subscription?.destroy();
    await this.#writing;
  }

  /** To be called when something was recorded that does not come: if nothing does, it is asked for anew. */
  renew(): void {
    const isAtWork = this.#writing !== undefined || performance.now() - this.#heardAt < STALLED;
    if (!isAtWork) this.#subscription?.destroy(new Stalled());
  }

  get #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  async #run(): Promise<void> {
    const [least, most] = RECONNECT;
    for (let wait: number = least; ; wait = Math.min(2 * wait, most)) {
      const error = await this.#session(() => (wait = least)).then(
        () => new Error('it ended the subscription'),
        (reason: unknown) => reason,
      );
      if (this.#isStopped) return;
      if (error instanceof LogNotWhole) {
        this.listener.lost(error.message);
        return;
      }
      if (error instanceof Stalled) continue;
      this.reason = messageOf(error);
      // Whoever waits for the start is told that the cluster is away, but not yet that it may be another one.
      if (!(error instanceof MissingYet)) this.#become('cut-off', this.reason);
      await sleep(wait, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  /** Follows for as long as one connection lasts. */
  async #session(connected: () => void): Promise<void> {
    await this.#prove();
    if (this.#isStopped) return;
    const heard = () => {
      this.#heardAt = performance.now();
      silence.refresh();
      this.listener.heard?.();
    };
    const subscription = this.cluster.follow(this.#position, heard);
    this.#subscription = subscription;
    [this.#taken, this.#written, this.#caughtUpAt] = [0, 0, Infinity];
    this.#heardAt = performance.now();
    const caughtUp = () => {
      if (this.#subscription !== subscription) return;
      this.#caughtUpAt = Math.min(this.#caughtUpAt, this.#taken + subscription.readableLength);
      this.#flushSoon();
    };
    let silence = setTimeout(() => subscription.destroy(new Error(UNANSWERED)), ANSWER);
    subscription
      .on('error', () => undefined) // the loop below hears of it, but only while it runs
      .on('caughtUp', caughtUp)
      .on('confirmation', () => {
        connected();
        heard();
        clearTimeout(silence);
        silence = setTimeout(caughtUp, this.patience.silence ?? SILENCE);
        this.#become('catching-up', '');
      });
    try {
      for await (const resolved of subscription) {
        heard();
        this.#batch.push(loggedEvent(resolved, this.cluster.prefix));
        this.#taken += 1;
        this.#flushSoon();
        if (this.#batch.length < BATCH_MAX) continue;
        this.#flush();
        await this.#writing;
      }
    } finally {
      clearTimeout(silence);
      void subscription.unsubscribe().catch(() => undefined);
      // What came is whole up to here, whatever ended it, but for a group that was cut: that comes again.
      do {
        this.#flush();
        await this.#writing;
      } while (this.#writing);
      clearTimeout(this.#held);
      this.#batch = [];
    }
  }

  /** Throws LogNotWhole unless the last entry stands where it was found, as it was found. */
  async #prove(): Promise<void> {
    const last = this.ledger.byEntry(this.ledger.head().entry);
    if (!last) return;
    const { entry, stream, revision, id, type, data, metadata } = last;
    const name = this.cluster.nameOf(stream);
    const found = await this.#seen.find(name, revision);
    const fault = (what: string): LogNotWhole =>
      new LogNotWhole(
        `Entry ${entry}, the last of this node's ledger, ${what} ${name}@${revision} in the cluster's log: the cluster was restored from a backup, events were removed, or LEDGER or LEDGER_PREFIX name another one. Set them right; or, if the log is right, start with an empty data directory.`,
      );
    if (!found) throw fault('is gone from');
    const there = loggedEvent(found, this.cluster.prefix);
    const isSame =
      there.id === id &&
      there.type === type &&
      there.data === data &&
      there.metadata === metadata &&
      there.position.commit === this.#position?.commit &&
      there.position.prepare === this.#position.prepare;
    if (!isSame) throw fault('is another one than that at');
  }

  #flushSoon(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    setImmediate(() => {
      this.#isFlushDue = false;
      this.#flush();
    });
  }

  /**
   * Sends to the writer what has come, unless it is at work. An append is seen as a whole or not at all, so the beginning
   * of a group waits for its end; not for ever, since nobody but its metadata says that there is one.
   */
  #flush(isOverdue = false): void {
    if (this.#isStopped) this.#batch = [];
    if (this.#writing) return;
    // Others may go on recording, so it counts what had come by then.
    if (this.#written >= this.#caughtUpAt) this.#become('live', '');
    clearTimeout(this.#held);
    const { length } = this.#batch;
    const held = isOverdue ? 0 : heldBack(this.#batch);
    if (held > 0) this.#held = setTimeout(() => this.#flush(true), GROUP);
    if (length > held) this.#writing = this.#write(this.#batch.splice(0, length - held));
  }

  async #write(events: readonly Logged[]): Promise<void> {
    try {
      const head = await new Promise<number>((resolve, reject) => {
        this.#answer = { resolve, reject };
        this.writer.send({ logged: events });
      });
      this.#position = events.at(-1)?.position;
      this.#written += events.length;
      this.listener.grown(head, events);
      this.#writing = undefined;
      this.#flush();
    } catch (error) {
      this.#batch = [];
      this.#writing = undefined;
      this.#subscription?.destroy(error as Error);
    }
  }

  /** Tells each attempt to reach the cluster, not only a change. */
  #become(condition: Condition, reason: string): void {
    if (condition !== 'cut-off' && this.condition === 'live') return;
    this.condition = condition;
    this.reason = reason;
    this.listener.told(condition, reason);
  }
}

/** How many events at the end belong to a group of which more must follow. */
function heldBack(events: readonly Logged[]): number {
  const last = events.at(-1);
  const of = last ? unfinished(last) : 0;
  if (of === 0) return 0;
  const group = events.slice(-of);
  return group.length - 1 - group.findLastIndex(({ stream }) => stream !== last?.stream);
}
