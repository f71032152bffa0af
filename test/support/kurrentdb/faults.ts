// What a test makes go wrong. Faults of appends wait in a queue, and each is used up by one append. Clients of one
// process share one connection to a node, as gRPC has it: cutting it ends the calls and subscriptions of all of them.
import type { RecordedEvent } from './transaction-log.js';
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
export type AppendFilter = (stream: string, at: Endpoint) => boolean;
const matchAll = (): boolean => true;

/** Something at which those who are meant wait until it is opened. */
class Gate<Who extends readonly unknown[]> {
  readonly #bars = new Set<{ readonly meant: (...who: Who) => boolean; readonly opened: Promise<void> }>();
  /** How many wait. */
  waitingCount = 0;

  /** Whoever comes from now on waits for the returned function to be called. */
  close(meant: (...who: Who) => boolean): () => void {
    const { promise: opened, resolve } = Promise.withResolvers<void>();
    const bar = { meant, opened };
    this.#bars.add(bar);
    return () => {
      this.#bars.delete(bar);
      resolve();
    };
  }

  async waitUntilOpen(...who: Who): Promise<void> {
    for (const { meant, opened } of this.#bars) {
      if (!meant(...who)) continue;
      this.waitingCount += 1;
      await opened;
      this.waitingCount -= 1;
    }
  }
}

export class Faults {
  readonly #queue: { readonly fault: AppendFault; readonly meant: AppendFilter }[] = [];
  readonly #appends = new Gate<[stream: string, at: Endpoint]>();
  readonly #responses = new Gate<[stream: string, at: Endpoint]>();
  readonly #deliveries = new Gate<[at: Endpoint]>();
  readonly #reads = new Gate<[at: Endpoint]>();
  /** Whether subscriptions say that they have caught up: KurrentDB does so from 23.10 on. */
  sendsCaughtUp = true;
  #delay = 0;
  #deliveryDelay = 0;
  readonly #ignoredReads = { reads: 0, subscriptions: 0 };
  #unavailable = false;
  #eventsUntilCut: number | null = null;
  #replaceEvent: ((event: RecordedEvent) => readonly RecordedEvent[]) | null = null;
  #endController = new AbortController();
  #stallController = new AbortController();
  #stallAllController = new AbortController();

  dropBeforeAppend(times = 1, meant: AppendFilter = matchAll): void {
    this.#enqueue('drop-before', times, meant);
  }

  dropAfterAppend(times = 1, meant: AppendFilter = matchAll): void {
    this.#enqueue('drop-after', times, meant);
  }

  muteBeforeAppend(times = 1, meant: AppendFilter = matchAll): void {
    this.#enqueue('mute-before', times, meant);
  }

  muteAfterAppend(times = 1, meant: AppendFilter = matchAll): void {
    this.#enqueue('mute-after', times, meant);
  }

  timeoutBeforeAppend(times = 1, meant: AppendFilter = matchAll): void {
    this.#enqueue('timeout-before', times, meant);
  }

  timeoutAfterAppend(times = 1, meant: AppendFilter = matchAll): void {
    this.#enqueue('timeout-after', times, meant);
  }

  notLeader(times = 1, meant: AppendFilter = matchAll): void {
    this.#enqueue('not-leader', times, meant);
  }

  deposed(times = 1, meant: AppendFilter = matchAll): void {
    this.#enqueue('deposed', times, meant);
  }

  /** Every append takes at least so many milliseconds; 0 for no delay. */
  delayAppends(milliseconds: number): void {
    this.#delay = milliseconds;
  }

  /** Appends wait, before anything is recorded, until the returned function is called. */
  holdAppends(meant: AppendFilter = matchAll): () => void {
    return this.#appends.close(meant);
  }

  /** Answers to appends wait, after it is decided what becomes of them, until the returned function is called. */
  holdResponses(meant: AppendFilter = matchAll): () => void {
    return this.#responses.close(meant);
  }

  /** Subscriptions, to all nodes or to these, deliver nothing until the returned function is called. */
  holdSubscriptions(meant: (at: Endpoint) => boolean = matchAll): () => void {
    return this.#deliveries.close(meant);
  }

  /** Every event that a subscription looks at takes at least so many milliseconds; 0 for no delay. */
  delayDeliveries(milliseconds: number): void {
    this.#deliveryDelay = milliseconds;
  }

  /** Reads and new subscriptions are not answered at all until the returned function is called. */
  holdReads(meant: (at: Endpoint) => boolean = matchAll): () => void {
    return this.#reads.close(meant);
  }

  /** So many reads, or new subscriptions, are never answered. */
  ignoreReads(kind: 'reads' | 'subscriptions', times = 1): void {
    this.#ignoredReads[kind] += times;
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
    this.#endController.abort();
    this.#endController = new AbortController();
  }

  /** Subscriptions that run now, all or those to $all, stay open and say nothing more; new ones do. */
  stallSubscriptions(which: 'every one' | '$all' = 'every one'): void {
    this.#stallAllController.abort();
    this.#stallAllController = new AbortController();
    if (which === '$all') return;
    this.#stallController.abort();
    this.#stallController = new AbortController();
  }

  /** Subscriptions tell something else instead of each event: a server that cannot be trusted. */
  replaceDeliveries(instead: (event: RecordedEvent) => readonly RecordedEvent[]): void {
    this.#replaceEvent = instead;
  }

  /** Appends that wait. */
  get heldAppends(): number {
    return this.#appends.waitingCount;
  }

  /** Answers that wait. */
  get heldResponses(): number {
    return this.#responses.waitingCount;
  }

  /** Faults of appends that no append has met yet. */
  get pendingFaults(): number {
    return this.#queue.length;
  }

  /** Nothing goes wrong from now on; what is held stays held. */
  clear(): void {
    this.#queue.length = 0;
    this.#delay = 0;
    this.#deliveryDelay = 0;
    this.sendsCaughtUp = true;
    this.#unavailable = false;
    this.#eventsUntilCut = null;
    this.#replaceEvent = null;
  }

  // What follows is asked by the services.

  /** Aborted when a subscription that begins now is to end. */
  get endSignal(): AbortSignal {
    return this.#endController.signal;
  }

  /** Aborted when a subscription that begins now is to say nothing more. */
  getStallSignal(isToAll: boolean): AbortSignal {
    return (isToAll ? this.#stallAllController : this.#stallController).signal;
  }

  get isUnavailable(): boolean {
    return this.#unavailable;
  }

  async waitBeforeAppend(stream: string, at: Endpoint): Promise<void> {
    if (this.#delay > 0) await new Promise((resolve) => setTimeout(resolve, this.#delay));
    await this.#appends.waitUntilOpen(stream, at);
  }

  waitBeforeResponse(stream: string, at: Endpoint): Promise<void> {
    return this.#responses.waitUntilOpen(stream, at);
  }

  takeAppendFault(stream: string, at: Endpoint): AppendFault | null {
    const index = this.#queue.findIndex(({ meant }) => meant(stream, at));
    return index < 0 ? null : this.#queue.splice(index, 1)[0]!.fault;
  }

  waitBeforeRead(at: Endpoint): Promise<void> {
    return this.#reads.waitUntilOpen(at);
  }

  isReadIgnored(isSubscription: boolean): boolean {
    const kind = isSubscription ? 'subscriptions' : 'reads';
    return this.#ignoredReads[kind] > 0 && this.#ignoredReads[kind]-- > 0;
  }

  async waitBeforeDelivery(at: Endpoint): Promise<void> {
    if (this.#deliveryDelay > 0) await new Promise((resolve) => setTimeout(resolve, this.#deliveryDelay));
    await this.#deliveries.waitUntilOpen(at);
  }

  getDeliveredEvents(event: RecordedEvent): readonly RecordedEvent[] {
    return this.#replaceEvent?.(event) ?? [event];
  }

  /** Whether the connection is to be cut now, after this event. */
  isDisconnectDue(): boolean {
    if (this.#eventsUntilCut === null || --this.#eventsUntilCut > 0) return false;
    this.#eventsUntilCut = null;
    return true;
  }

  #enqueue(fault: AppendFault, times: number, meant: AppendFilter): void {
    for (let time = 0; time < times; time += 1) this.#queue.push({ fault, meant });
  }
}
