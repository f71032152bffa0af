// What a test makes go wrong. Faults of appends wait in a queue, and each is used up by one append.

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
  | 'not-leader';

type Streams = (stream: string) => boolean;
const anyStream: Streams = () => true;

/** Something that waits until it is let go. */
class Gate {
  #opened: Promise<void> = Promise.resolve();

  /** Whoever passes from now on waits for the returned function to be called. */
  shut(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#opened = Promise.all([this.#opened, promise]).then(() => undefined);
    return resolve;
  }

  pass(): Promise<void> {
    return this.#opened;
  }
}

export class Faults {
  readonly #queue: { readonly fault: AppendFault; readonly on: Streams }[] = [];
  readonly #appends = new Gate();
  readonly #deliveries = new Gate();
  #delay = 0;
  #unavailable = false;
  #eventsUntilCut: number | null = null;

  dropBeforeAppend(times = 1, on = anyStream): void {
    this.#add('drop-before', times, on);
  }

  dropAfterAppend(times = 1, on = anyStream): void {
    this.#add('drop-after', times, on);
  }

  muteBeforeAppend(times = 1, on = anyStream): void {
    this.#add('mute-before', times, on);
  }

  muteAfterAppend(times = 1, on = anyStream): void {
    this.#add('mute-after', times, on);
  }

  timeoutBeforeAppend(times = 1, on = anyStream): void {
    this.#add('timeout-before', times, on);
  }

  timeoutAfterAppend(times = 1, on = anyStream): void {
    this.#add('timeout-after', times, on);
  }

  notLeader(times = 1, on = anyStream): void {
    this.#add('not-leader', times, on);
  }

  /** Every append takes at least so many milliseconds; 0 for no delay. */
  delayAppends(milliseconds: number): void {
    this.#delay = milliseconds;
  }

  /** Appends wait, before anything is recorded, until the returned function is called. */
  holdAppends(): () => void {
    return this.#appends.shut();
  }

  /** Subscriptions deliver nothing until the returned function is called. */
  holdSubscriptions(): () => void {
    return this.#deliveries.shut();
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

  /** Faults of appends that no append has met yet. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Nothing goes wrong from now on; what is held stays held. */
  clear(): void {
    this.#queue.length = 0;
    this.#delay = 0;
    this.#unavailable = false;
    this.#eventsUntilCut = null;
  }

  // What follows is asked by the services.

  get isUnavailable(): boolean {
    return this.#unavailable;
  }

  async beforeAppend(): Promise<void> {
    if (this.#delay > 0) await new Promise((resolve) => setTimeout(resolve, this.#delay));
    await this.#appends.pass();
  }

  takeAppendFault(stream: string): AppendFault | null {
    const index = this.#queue.findIndex(({ on }) => on(stream));
    return index < 0 ? null : this.#queue.splice(index, 1)[0]!.fault;
  }

  beforeDelivery(): Promise<void> {
    return this.#deliveries.pass();
  }

  /** Whether the connection is to be cut now, after this event. */
  delivered(): boolean {
    if (this.#eventsUntilCut === null || --this.#eventsUntilCut > 0) return false;
    this.#eventsUntilCut = null;
    return true;
  }

  #add(fault: AppendFault, times: number, on: Streams): void {
    for (let time = 0; time < times; time += 1) this.#queue.push({ fault, on });
  }
}
