// Faults that a test injects. Those of appends wait in a queue, and one append consumes one of them. Clients of one process
// share one gRPC connection to a node: cutting it ends the calls and subscriptions of all of them.
import type { RecordedEvent } from './transaction-log.js';
import type { Endpoint } from './endpoint.js';

type AppendFault =
  /** The connection is cut, nothing was recorded. */
  | 'drop-before'
  /** Recorded, and the connection is cut before the response. */
  | 'drop-after'
  /** Nothing was recorded, and there is no response. */
  | 'mute-before'
  /** Recorded, and there is no response. */
  | 'mute-after'
  /** The server reports a timeout; nothing was recorded. */
  | 'timeout-before'
  /** The server reports a timeout; it was recorded all the same. */
  | 'timeout-after'
  /** The node reports the address of the leader, which is another node. */
  | 'not-leader'
  /** The node was deposed and does not know it: it compares with a stream that lacks its last event. */
  | 'deposed'
  /** The leader compares also with an event that was not replicated and vanishes with it. */
  | 'unreplicated'
  /** The server is not ready; nothing was recorded. */
  | 'not-ready'
  /** gRPC refuses the message as too large; nothing was recorded. */
  | 'message-too-large';

/** Selects appends by their stream and the node that received them. */
type AppendFilter = (stream: string, node: Endpoint) => boolean;
const matchAll = (): boolean => true;

/** Holds the selected calls until it is opened. */
class Gate<Call extends readonly unknown[]> {
  readonly #bars = new Set<{
    readonly matches: (...call: Call) => boolean;
    readonly opened: Promise<void>;
  }>();
  /** How many calls wait. */
  waitingCount = 0;

  /** Selected calls wait from now on until the returned function is called. */
  close(matches: (...call: Call) => boolean): () => void {
    const { promise: opened, resolve } = Promise.withResolvers<void>();
    const bar = { matches, opened };
    this.#bars.add(bar);
    return () => {
      this.#bars.delete(bar);
      resolve();
    };
  }

  async waitUntilOpen(...call: Call): Promise<void> {
    for (const { matches, opened } of this.#bars) {
      if (!matches(...call)) continue;
      this.waitingCount += 1;
      await opened;
      this.waitingCount -= 1;
    }
  }
}

export class Faults {
  readonly #queue: { readonly fault: AppendFault; readonly matches: AppendFilter }[] = [];
  readonly #appends = new Gate<[stream: string, node: Endpoint]>();
  readonly #responses = new Gate<[stream: string, node: Endpoint]>();
  readonly #deliveries = new Gate<[node: Endpoint]>();
  readonly #reads = new Gate<[node: Endpoint]>();
  /** Whether subscriptions report that they have caught up, as KurrentDB does from 23.10 on. */
  sendsCaughtUp = true;
  #delay = 0;
  #deliveryDelay = 0;
  readonly #ignoredReads = { reads: 0, subscriptions: 0 };
  #droppedRepeats = 0;
  #unavailable = false;
  #isAccessDenied = false;
  #eventsUntilCut: number | null = null;
  #replaceEvent: ((event: RecordedEvent) => readonly RecordedEvent[]) | null = null;
  #endController = new AbortController();
  #abortController = new AbortController();
  #stallController = new AbortController();
  #stallAllController = new AbortController();

  dropBeforeAppend(times = 1, matches: AppendFilter = matchAll): void {
    this.#enqueue('drop-before', times, matches);
  }

  dropAfterAppend(times = 1, matches: AppendFilter = matchAll): void {
    this.#enqueue('drop-after', times, matches);
  }

  muteBeforeAppend(times = 1, matches: AppendFilter = matchAll): void {
    this.#enqueue('mute-before', times, matches);
  }

  muteAfterAppend(times = 1, matches: AppendFilter = matchAll): void {
    this.#enqueue('mute-after', times, matches);
  }

  timeoutBeforeAppend(times = 1, matches: AppendFilter = matchAll): void {
    this.#enqueue('timeout-before', times, matches);
  }

  timeoutAfterAppend(times = 1, matches: AppendFilter = matchAll): void {
    this.#enqueue('timeout-after', times, matches);
  }

  notLeader(times = 1, matches: AppendFilter = matchAll): void {
    this.#enqueue('not-leader', times, matches);
  }

  deposed(times = 1, matches: AppendFilter = matchAll): void {
    this.#enqueue('deposed', times, matches);
  }

  unreplicatedConflict(times = 1, matches: AppendFilter = matchAll): void {
    this.#enqueue('unreplicated', times, matches);
  }

  notReady(times = 1, matches: AppendFilter = matchAll): void {
    this.#enqueue('not-ready', times, matches);
  }

  messageTooLarge(times = 1, matches: AppendFilter = matchAll): void {
    this.#enqueue('message-too-large', times, matches);
  }

  /**
   * So many repeated appends, which the log has already, get no answer but a timeout after a while: a server does so
   * until the first one is replicated.
   */
  dropRepeats(times = 1): void {
    this.#droppedRepeats += times;
  }

  /** Subscriptions that run now are aborted, as a server of 23.10 does with slow consumers. */
  abortSubscriptions(): void {
    this.#abortController.abort();
    this.#abortController = new AbortController();
  }

  /** Every append takes at least so many milliseconds; 0 for no delay. */
  delayAppends(milliseconds: number): void {
    this.#delay = milliseconds;
  }

  /** Appends wait, before anything is recorded, until the returned function is called. */
  holdAppends(matches: AppendFilter = matchAll): () => void {
    return this.#appends.close(matches);
  }

  /** Responses to appends wait, after the appends were executed, until the returned function is called. */
  holdResponses(matches: AppendFilter = matchAll): () => void {
    return this.#responses.close(matches);
  }

  /** Subscriptions, to all nodes or to the selected ones, deliver nothing until the returned function is called. */
  holdSubscriptions(matches: (node: Endpoint) => boolean = matchAll): () => void {
    return this.#deliveries.close(matches);
  }

  /** Every event that a subscription filters takes at least so many milliseconds; 0 for no delay. */
  delayDeliveries(milliseconds: number): void {
    this.#deliveryDelay = milliseconds;
  }

  /** Reads and new subscriptions get no response until the returned function is called. */
  holdReads(matches: (node: Endpoint) => boolean = matchAll): () => void {
    return this.#reads.close(matches);
  }

  /** So many reads, or new subscriptions, never get a response. */
  ignoreReads(kind: 'reads' | 'subscriptions', times = 1): void {
    this.#ignoredReads[kind] += times;
  }

  /** The user may not read or append anything from now on, or may again. */
  denyAccess(isDenied = true): void {
    this.#isAccessDenied = isDenied;
  }

  /** Every call fails with UNAVAILABLE until `available()`. Running subscriptions go on. */
  unavailable(): void {
    this.#unavailable = true;
  }

  available(): void {
    this.#unavailable = false;
  }

  /** After so many more delivered events the connection of the subscription that delivered the last one is cut. */
  disconnectAfterEvents(events: number): void {
    this.#eventsUntilCut = events;
  }

  /** Subscriptions that run now end without an error. */
  endSubscriptions(): void {
    this.#endController.abort();
    this.#endController = new AbortController();
  }

  /** Subscriptions that run now, all or those to $all, stay open and deliver nothing more; new ones do. */
  stallSubscriptions(which: 'every one' | '$all' = 'every one'): void {
    this.#stallAllController.abort();
    this.#stallAllController = new AbortController();
    if (which === '$all') return;
    this.#stallController.abort();
    this.#stallController = new AbortController();
  }

  /** Subscriptions deliver other events instead of each event, as a broken server might. */
  replaceDeliveries(instead: (event: RecordedEvent) => readonly RecordedEvent[]): void {
    this.#replaceEvent = instead;
  }

  /** How many appends wait. */
  get heldAppends(): number {
    return this.#appends.waitingCount;
  }

  /** How many responses wait. */
  get heldResponses(): number {
    return this.#responses.waitingCount;
  }

  /** Whether a repeated append will get no answer. */
  get hasDroppedRepeatsLeft(): boolean {
    return this.#droppedRepeats > 0;
  }

  /** Faults of appends that no append has consumed yet. */
  get pendingFaults(): number {
    return this.#queue.length;
  }

  /** Removes all faults; calls that are held stay held. */
  clear(): void {
    this.#queue.length = 0;
    this.#droppedRepeats = 0;
    this.#delay = 0;
    this.#deliveryDelay = 0;
    this.sendsCaughtUp = true;
    this.#unavailable = false;
    this.#eventsUntilCut = null;
    this.#replaceEvent = null;
  }

  // The services call the methods below.

  /** Aborted when a subscription that begins now is to end. */
  get endSignal(): AbortSignal {
    return this.#endController.signal;
  }

  /** Aborted when a subscription that begins now is to be aborted. */
  get abortSignal(): AbortSignal {
    return this.#abortController.signal;
  }

  isRepeatDropped(): boolean {
    return this.#droppedRepeats > 0 && this.#droppedRepeats-- > 0;
  }

  /** Aborted when a subscription that begins now is to deliver nothing more. */
  getStallSignal(isToAll: boolean): AbortSignal {
    return (isToAll ? this.#stallAllController : this.#stallController).signal;
  }

  get isAccessDenied(): boolean {
    return this.#isAccessDenied;
  }

  get isUnavailable(): boolean {
    return this.#unavailable;
  }

  async waitBeforeAppend(stream: string, node: Endpoint): Promise<void> {
    if (this.#delay > 0) await new Promise((resolve) => setTimeout(resolve, this.#delay));
    await this.#appends.waitUntilOpen(stream, node);
  }

  waitBeforeResponse(stream: string, node: Endpoint): Promise<void> {
    return this.#responses.waitUntilOpen(stream, node);
  }

  takeAppendFault(stream: string, node: Endpoint): AppendFault | null {
    const index = this.#queue.findIndex(({ matches }) => matches(stream, node));
    return index < 0 ? null : this.#queue.splice(index, 1)[0]!.fault;
  }

  waitBeforeRead(node: Endpoint): Promise<void> {
    return this.#reads.waitUntilOpen(node);
  }

  isReadIgnored(isSubscription: boolean): boolean {
    const kind = isSubscription ? 'subscriptions' : 'reads';
    return this.#ignoredReads[kind] > 0 && this.#ignoredReads[kind]-- > 0;
  }

  async waitBeforeDelivery(node: Endpoint): Promise<void> {
    if (this.#deliveryDelay > 0) await new Promise((resolve) => setTimeout(resolve, this.#deliveryDelay));
    await this.#deliveries.waitUntilOpen(node);
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

  #enqueue(fault: AppendFault, times: number, matches: AppendFilter): void {
    for (let time = 0; time < times; time += 1) this.#queue.push({ fault, matches });
  }
}
