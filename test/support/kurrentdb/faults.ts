// What a test makes go wrong. Faults of appends wait in a queue, and each is used up by one append. Clients of one
// process share one connection to a node, as gRPC has it: cutting it ends the calls and subscriptions of all of them.
import type { Recorded } from './transaction-log.js';
import type { Endpoint } from './service-context.js';

export type AppendFault =
  /** The connection is cut, nothing was recorded. */
  | 'drop-before'
  /** Recorded, and the connection is cut before the answer. */
  | 'drop-after'
  /** Nothing was recorded and no answer ever comes. */
  | 'mute-before'
  /** Recorded, and no answer ever comes. */
  | 'mute-after'
  /** The server says that it took too long; nothing was recorded. */
  | 'timeout-before'
  /** The server says that it took too long, and yet it is recorded. */
  | 'timeout-after'
  /** The node says that another one leads, with its address. */
  | 'not-leader'
  /** The node was deposed and does not know it: it compares with a stream that lacks its last event. */
  | 'deposed';

/** Which appends are meant: those to this stream, by way of this node. */
export type Meant = (stream: string, at: Endpoint) => boolean;
const any = (): boolean => true;

/** Something at which those who are meant wait until it is opened. */
class Gate<Who extends readonly unknown[]> {
  readonly #bars = new Set<{ readonly meant: (...who: Who) => boolean; readonly opened: Promise<void> }>();
  /** How many wait. */
  waiting = 0;

  /** Whoever comes from now on waits for the returned function to be called. */
  shut(meant: (...who: Who) => boolean): () => void {
    const { promise: opened, resolve } = Promise.withResolvers<void>();
    const bar = { meant, opened };
    this.#bars.add(bar);
    return () => {
      this.#bars.delete(bar);
      resolve();
    };
  }

  async pass(...who: Who): Promise<void> {
    for (const { meant, opened } of this.#bars) {
      if (!meant(...who)) continue;
      this.waiting += 1;
      await opened;
      this.waiting -= 1;
    }
  }
}

export class Faults {
  readonly #queue: { readonly fault: AppendFault; readonly meant: Meant }[] = [];
  readonly #appends = new Gate<[stream: string, at: Endpoint]>();
  readonly #answers = new Gate<[stream: string, at: Endpoint]>();
  readonly #deliveries = new Gate<[at: Endpoint]>();
  readonly #reads = new Gate<[at: Endpoint]>();
  /** Whether subscriptions say that they have caught up: KurrentDB does so from 23.10 on. */
  tellsCaughtUp = true;
  #delay = 0;
  #deliveryDelay = 0;
  readonly #lostReads = { reads: 0, subscriptions: 0 };
  #unavailable = false;
  #eventsUntilCut: number | null = null;
  #mistold: ((event: Recorded) => readonly Recorded[]) | null = null;
  #ended = new AbortController();
  #stalled = new AbortController();
  #stalledAll = new AbortController();

  dropBeforeAppend(times = 1, meant: Meant = any): void {
    this.#add('drop-before', times, meant);
  }

  dropAfterAppend(times = 1, meant: Meant = any): void {
    this.#add('drop-after', times, meant);
  }

  muteBeforeAppend(times = 1, meant: Meant = any): void {
    this.#add('mute-before', times, meant);
  }

  muteAfterAppend(times = 1, meant: Meant = any): void {
    this.#add('mute-after', times, meant);
  }

  timeoutBeforeAppend(times = 1, meant: Meant = any): void {
    this.#add('timeout-before', times, meant);
  }

  timeoutAfterAppend(times = 1, meant: Meant = any): void {
    this.#add('timeout-after', times, meant);
  }

  notLeader(times = 1, meant: Meant = any): void {
    this.#add('not-leader', times, meant);
  }

  deposed(times = 1, meant: Meant = any): void {
    this.#add('deposed', times, meant);
  }

  /** Every append takes at least so many milliseconds; 0 for no delay. */
  delayAppends(milliseconds: number): void {
    this.#delay = milliseconds;
  }

  /** Appends wait, before anything is recorded, until the returned function is called. */
  holdAppends(meant: Meant = any): () => void {
    return this.#appends.shut(meant);
  }

  /** Answers to appends wait, after it is decided what becomes of them, until the returned function is called. */
  holdAnswers(meant: Meant = any): () => void {
    return this.#answers.shut(meant);
  }

  /** Subscriptions, to all nodes or to these, deliver nothing until the returned function is called. */
  holdSubscriptions(meant: (at: Endpoint) => boolean = any): () => void {
    return this.#deliveries.shut(meant);
  }

  /** Every event that a subscription looks at takes at least so many milliseconds; 0 for no delay. */
  delayDeliveries(milliseconds: number): void {
    this.#deliveryDelay = milliseconds;
  }

  /** Reads and new subscriptions are not answered at all until the returned function is called. */
  holdReads(meant: (at: Endpoint) => boolean = any): () => void {
    return this.#reads.shut(meant);
  }

  /** So many reads, or new subscriptions, are never answered. */
  loseReads(kind: 'reads' | 'subscriptions', times = 1): void {
    this.#lostReads[kind] += times;
  }

  /** Every call is answered with UNAVAILABLE, until `available()`. Running subscriptions go on. */
  unavailable(): void {
    this.#unavailable = true;
  }

  available(): void {
    this.#unavailable = false;
  }

  /** When subscriptions have delivered so many more events, the connection of the one that did so is cut. */
  disconnectAfterEvents(events: number): void {
    this.#eventsUntilCut = events;
  }

  /** Subscriptions that run now end as if all was said. */
  endSubscriptions(): void {
    this.#ended.abort();
    this.#ended = new AbortController();
  }

  /** Subscriptions that run now, all or those to $all, stay open and say nothing more; new ones do. */
  stallSubscriptions(which: 'every one' | '$all' = 'every one'): void {
    this.#stalledAll.abort();
    this.#stalledAll = new AbortController();
    if (which === '$all') return;
    this.#stalled.abort();
    this.#stalled = new AbortController();
  }

  /** Subscriptions tell something else instead of each event: a server that cannot be trusted. */
  mistell(instead: (event: Recorded) => readonly Recorded[]): void {
    this.#mistold = instead;
  }

  /** Appends that wait. */
  get appendsHeld(): number {
    return this.#appends.waiting;
  }

  /** Answers that wait. */
  get answersHeld(): number {
    return this.#answers.waiting;
  }

  /** Faults of appends that no append has met yet. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Nothing goes wrong from now on; what is held stays held. */
  clear(): void {
    this.#queue.length = 0;
    this.#delay = 0;
    this.#deliveryDelay = 0;
    this.tellsCaughtUp = true;
    this.#unavailable = false;
    this.#eventsUntilCut = null;
    this.#mistold = null;
  }

  // What follows is asked by the services.

  /** Aborted when a subscription that begins now is to end. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Aborted when a subscription that begins now is to say nothing more. */
  stalled(isToAll: boolean): AbortSignal {
    return (isToAll ? this.#stalledAll : this.#stalled).signal;
  }

  get isUnavailable(): boolean {
    return this.#unavailable;
  }

  async beforeAppend(stream: string, at: Endpoint): Promise<void> {
    if (this.#delay > 0) await new Promise((resolve) => setTimeout(resolve, this.#delay));
    await this.#appends.pass(stream, at);
  }

  beforeAnswer(stream: string, at: Endpoint): Promise<void> {
    return this.#answers.pass(stream, at);
  }

  takeAppendFault(stream: string, at: Endpoint): AppendFault | null {
    const index = this.#queue.findIndex(({ meant }) => meant(stream, at));
    return index < 0 ? null : this.#queue.splice(index, 1)[0]!.fault;
  }

  beforeRead(at: Endpoint): Promise<void> {
    return this.#reads.pass(at);
  }

  isReadLost(isSubscription: boolean): boolean {
    const kind = isSubscription ? 'subscriptions' : 'reads';
    return this.#lostReads[kind] > 0 && this.#lostReads[kind]-- > 0;
  }

  async beforeDelivery(at: Endpoint): Promise<void> {
    if (this.#deliveryDelay > 0) await new Promise((resolve) => setTimeout(resolve, this.#deliveryDelay));
    await this.#deliveries.pass(at);
  }

  shown(event: Recorded): readonly Recorded[] {
    return this.#mistold?.(event) ?? [event];
  }

  /** Whether the connection is to be cut now, after this event. */
  delivered(): boolean {
    if (this.#eventsUntilCut === null || --this.#eventsUntilCut > 0) return false;
    this.#eventsUntilCut = null;
    return true;
  }

  #add(fault: AppendFault, times: number, meant: Meant): void {
    for (let time = 0; time < times; time += 1) this.#queue.push({ fault, meant });
  }
}
