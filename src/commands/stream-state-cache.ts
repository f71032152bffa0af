import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import {
  createEmptyStreamState,
  type HashText,
  foldNewEvents,
  foldStream,
  type StreamState,
} from '../eventsourcing/stream-state.js';
import type { RecordedEvent } from '../eventsourcing/message.js';
import type { JsonObject } from '../json/json.js';
import type { AnyAggregate } from '../eventsourcing/aggregate.js';
import { UnsupportedEventVersionError } from '../eventsourcing/upcasters.js';
import type { Ledger } from '../ledger/ledger.js';
import { type EventReader, readEvents } from '../ledger/event-reader.js';
import { UnavailableError } from '../ledger/sequencer.js';

/** Events that the cached states are folded from, in all: about 40 MB of statements. One longer stream takes the whole cache. */
const CACHED_EVENTS_MAX = 100_000;

export const hashText: HashText = (text) => hash('sha256', text, 'base64');

/** A stream with events that are decided but not known to be durable yet. */
type InFlightEvents = {
  state: StreamState;
  readonly events: RecordedEvent[];
  /** Resolves to whether the last of them became durable, and with it all before it. */
  durable: Promise<boolean>;
};

/**
 * What the next decision stands on: the durable facts and those under way, so that a queue of commands can be
 * decided one after the other and committed together. Whoever answers a client on the strength of a stream that
 * is under way must wait until it is settled, and decide again if it fell through.
 */
export class StreamStateCache {
  readonly #durableStates = new LRUCache<string, StreamState>({
    maxSize: CACHED_EVENTS_MAX,
    sizeCalculation: ({ revision }) => Math.min(revision + 2, CACHED_EVENTS_MAX),
  });
  readonly #inFlight = new Map<string, InFlightEvents>();
  readonly #aggregatesByCategory: ReadonlyMap<string, AnyAggregate>;

  constructor(
    private readonly ledger: Ledger,
    private readonly read: EventReader,
    aggregates: readonly AnyAggregate[],
  ) {
    this.#aggregatesByCategory = new Map(aggregates.map((aggregate) => [aggregate.category, aggregate]));
  }

  findAggregate(stream: string): AnyAggregate | undefined {
    return this.#aggregatesByCategory.get(stream.slice(0, stream.indexOf('-')));
  }

  exists(stream: string): boolean {
    return (
      this.#inFlight.has(stream) ||
      this.#durableStates.has(stream) ||
      this.ledger.getStreamRevision(stream) >= 0
    );
  }

  /** Resolves to whether the stream's last event became durable; undefined if all of it is durable. */
  waitUntilDurable(stream: string): Promise<boolean> | undefined {
    return this.#inFlight.get(stream)?.durable;
  }

  /** Throws Unavailable like `events`. */
  getState(stream: string, aggregate: AnyAggregate): StreamState {
    const underWay = this.#inFlight.get(stream);
    if (underWay) return underWay.state;
    const known = this.#durableStates.get(stream);
    const revision = this.ledger.getStreamRevision(stream);
    // In a cluster others write to the stream, too.
    if (known?.revision === revision) return known;
    if (revision < 0) return createEmptyStreamState(aggregate);
    const state = known
      ? foldNewEvents(
          aggregate,
          known,
          this.#readDurable(stream, known.revision + 1),
          () => this.#readDurable(stream),
          hashText,
        )
      : foldStream(aggregate, this.#readDurable(stream), hashText);
    this.#durableStates.set(stream, state);
    return state;
  }

  /** Every event of a stream, those under way at the end. Throws Unavailable if only a later release can read them. */
  readEvents(stream: string): readonly RecordedEvent[] {
    const durable = this.#readDurable(stream);
    const underWay = this.#inFlight.get(stream)?.events ?? [];
    return [...durable, ...underWay.filter(({ revision }) => revision >= durable.length)];
  }

  /** Which fact an event id or `<stream>@<revision>` names, also if it is under way. */
  findFact(name: string): Pick<RecordedEvent, 'stream' | 'type'> | undefined {
    const [stream, revision] = name.split('@');
    if (stream === undefined) return undefined;
    const id = name.toLowerCase();
    const entry =
      revision === undefined
        ? this.ledger.findById(id)
        : this.ledger.readStream(stream, Number(revision), 1)[0];
    if (entry) return revision === undefined || entry.revision === Number(revision) ? entry : undefined;
    const underWay = [...this.#inFlight.values()].flatMap(({ events }) => events);
    return underWay.find((event) =>
      revision === undefined
        ? event.id === id
        : event.stream === stream && event.revision === Number(revision),
    );
  }

  /** The ids of a kind's streams that may have a value in a field of theirs, those under way included. */
  findStreams(kind: string, field: string, value: string): readonly string[] {
    const event = this.#aggregatesByCategory.get(kind)?.indexedFields?.[field];
    if (event === undefined) return [];
    const says = ({ data }: RecordedEvent): boolean =>
      [data, data['with'] as JsonObject | undefined].some((words) => words?.[field] === value);
    const underWay = [...this.#inFlight]
      .filter(([, { events }]) => events.some(says))
      .map(([stream]) => stream);
    const streams = new Set([...this.ledger.findStreamsByField(event, field, value), ...underWay]);
    return [...streams]
      .filter((stream) => stream.startsWith(`${kind}-`))
      .map((stream) => stream.slice(kind.length + 1));
  }

  /**
   * Moves a stream on to what was decided, until `durable` tells whether it came true. Resolves once that has
   * been taken into account: if it did not, everything decided on it is forgotten, but nothing decided since.
   */
  advance(
    stream: string,
    next: StreamState,
    events: readonly RecordedEvent[],
    durable: Promise<boolean>,
  ): Promise<void> {
    const underWay = this.#inFlight.get(stream) ?? { state: next, events: [], durable };
    underWay.state = next;
    underWay.events.push(...events);
    underWay.durable = durable;
    this.#inFlight.set(stream, underWay);
    this.#durableStates.delete(stream);
    return durable.then((succeeded) => {
      if (this.#inFlight.get(stream) !== underWay) return; // an earlier failure has dropped it
      if (!succeeded) this.#inFlight.delete(stream);
      else if (underWay.durable === durable) {
        this.#inFlight.delete(stream);
        this.#durableStates.set(stream, next);
      } else underWay.events.splice(0, events.length);
    });
  }

  /** From a revision on. A correction is then read without what it corrects, so whoever finds one reads all. */
  #readDurable(stream: string, fromRevision = 0): readonly RecordedEvent[] {
    try {
      return readEvents(this.ledger.readStream(stream, fromRevision), this.read);
    } catch (error) {
      if (error instanceof UnsupportedEventVersionError)
        throw new UnavailableError('later-release', error.message);
      throw error;
    }
  }

  /** Forgets what is known of a stream beside what the ledger says. */
  evict(stream: string): void {
    this.#inFlight.delete(stream);
    this.#durableStates.delete(stream);
  }
}
