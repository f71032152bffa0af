import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import {
  createEmptyStreamState,
  type HashText,
  foldNewEvents,
  foldStream,
  type StreamState,
} from '../eventsourcing/stream-state.js';
import type { StreamEvents } from '../eventsourcing/amended-events.js';
import type { RecordedEvent } from '../eventsourcing/message.js';
import type { JsonObject } from '../json/json.js';
import type { AnyAggregate } from '../eventsourcing/aggregate.js';
import { UnsupportedEventVersionError } from '../eventsourcing/upcasters.js';
import type { Ledger } from '../ledger/ledger.js';
import { type EntryUpcaster, upcastEntries, upcastSingleEntry } from '../ledger/entry-upcasting.js';
import { UnavailableError } from '../ledger/sequencer.js';

/** The number of events of all cached states together, about 80 MB of statements. A longer stream is cached alone. */
const CACHED_EVENTS_MAX = 100_000;

export const hashText: HashText = (text) => hash('sha256', text, 'base64');

/** A stream with events that are decided but not known to be durable yet. */
type InFlightEvents = {
  state: StreamState;
  readonly events: RecordedEvent[];
  /** Resolves to whether the last of these events, and so all of them, became durable. */
  durable: Promise<boolean>;
};

/**
 * The states that the next decision is based on: the durable events and those in flight, so that queued commands can
 * be decided one after the other and committed together. An answer that depends on events in flight must wait until
 * they are durable; if their append fails, the command is decided again.
 */
export class StreamStateCache {
  readonly #durableStates: LRUCache<string, StreamState>;
  readonly #inFlight = new Map<string, InFlightEvents>();
  readonly #aggregatesByCategory: ReadonlyMap<string, AnyAggregate>;

  constructor(
    private readonly ledger: Ledger,
    private readonly read: EntryUpcaster,
    aggregates: readonly AnyAggregate[],
    cachedEventsMax = CACHED_EVENTS_MAX,
  ) {
    this.#durableStates = new LRUCache({
      maxSize: cachedEventsMax,
      sizeCalculation: ({ revision }) => Math.min(revision + 2, cachedEventsMax),
    });
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

  /** Throws UnavailableError if only a later release can read the stream. */
  getState(stream: string, aggregate: AnyAggregate): StreamState {
    const inFlight = this.#inFlight.get(stream);
    if (inFlight) return inFlight.state;
    const known = this.#durableStates.get(stream);
    const revision = this.ledger.getStreamRevision(stream);
    // In a cluster other nodes append to the stream, too.
    if (known?.revision === revision) return known;
    if (revision < 0) return createEmptyStreamState(aggregate);
    const state = known
      ? foldNewEvents(
          aggregate,
          known,
          this.#readDurableFrom(stream, known.revision + 1),
          this.getEvents(stream),
          hashText,
        )
      : foldStream(aggregate, this.#readDurable(stream), hashText);
    this.#durableStates.set(stream, state);
    return state;
  }

  /** The events of a stream, those in flight included. Its methods throw Unavailable like `getState`. */
  getEvents(stream: string): StreamEvents {
    const findInFlight = (isNamed: (event: RecordedEvent) => boolean): RecordedEvent | undefined =>
      this.#inFlight.get(stream)?.events.find(isNamed);
    return {
      get: (revision) =>
        findInFlight((event) => event.revision === revision) ?? this.#readDurableEvent(stream, revision),
      findRevision: (name) =>
        findInFlight(({ id, revision }) => id === name.toLowerCase() || `${stream}@${revision}` === name)
          ?.revision ?? this.#findDurableRevision(stream, name),
    };
  }

  /** The fact that an event id or `<stream>@<revision>` names, also if it is in flight. */
  findFact(name: string): Pick<RecordedEvent, 'stream' | 'type'> | undefined {
    const [stream, revision] = name.split('@');
    if (stream === undefined) return undefined;
    const id = name.toLowerCase();
    const entry =
      revision === undefined
        ? this.ledger.findById(id)
        : this.ledger.readStream(stream, Number(revision), 1)[0];
    if (entry) return revision === undefined || entry.revision === Number(revision) ? entry : undefined;
    const inFlight = [...this.#inFlight.values()].flatMap(({ events }) => events);
    return inFlight.find((event) =>
      revision === undefined
        ? event.id === id
        : event.stream === stream && event.revision === Number(revision),
    );
  }

  /** The ids of the streams of a category that may have this value in the field, including those in flight. */
  findStreams(category: string, field: string, value: string): readonly string[] {
    const event = this.#aggregatesByCategory.get(category)?.indexedFields?.[field];
    if (event === undefined) return [];
    const hasValue = ({ data }: RecordedEvent): boolean =>
      [data, data['with'] as JsonObject | undefined].some((fields) => fields?.[field] === value);
    const inFlight = [...this.#inFlight]
      .filter(([, { events }]) => events.some(hasValue))
      .map(([stream]) => stream);
    const streams = new Set([...this.ledger.findStreamsByField(event, field, value), ...inFlight]);
    return [...streams]
      .filter((stream) => stream.startsWith(`${category}-`))
      .map((stream) => stream.slice(category.length + 1));
  }

  /**
   * Advances a stream to a decided state; `durable` resolves to whether its append succeeded. Resolves once the cache
   * reflects that: after a failure everything that was decided on it is dropped, but nothing that was decided since.
   */
  advance(
    stream: string,
    next: StreamState,
    events: readonly RecordedEvent[],
    durable: Promise<boolean>,
  ): Promise<void> {
    const inFlight = this.#inFlight.get(stream) ?? { state: next, events: [], durable };
    inFlight.state = next;
    inFlight.events.push(...events);
    inFlight.durable = durable;
    this.#inFlight.set(stream, inFlight);
    this.#durableStates.delete(stream);
    return durable.then((succeeded) => {
      if (this.#inFlight.get(stream) !== inFlight) return; // an earlier failure has removed it
      if (!succeeded) this.#inFlight.delete(stream);
      else if (inFlight.durable === durable) {
        this.#inFlight.delete(stream);
        this.#durableStates.set(stream, next);
      } else inFlight.events.splice(0, events.length);
    });
  }

  #readDurable(stream: string): readonly RecordedEvent[] {
    return rethrowAsUnavailable(() => upcastEntries(this.ledger.readStream(stream), this.read));
  }

  #readDurableFrom(stream: string, fromRevision: number): readonly RecordedEvent[] {
    return rethrowAsUnavailable(() =>
      this.ledger
        .readStream(stream, fromRevision)
        .map((entry) => upcastSingleEntry(this.ledger, entry, this.read)),
    );
  }

  /** The event itself is read only if its id names it. */
  #findDurableRevision(stream: string, name: string): number | undefined {
    const separator = name.lastIndexOf('@');
    if (separator === -1) {
      const found = this.ledger.findById(name.toLowerCase());
      return found?.stream === stream ? found.revision : undefined;
    }
    if (name.slice(0, separator) !== stream) return undefined;
    const revision = Number(name.slice(separator + 1));
    return this.ledger.findStreamEntryNumber(stream, revision) === undefined ? undefined : revision;
  }

  #readDurableEvent(stream: string, revision: number): RecordedEvent | undefined {
    const [entry] = this.ledger.readStream(stream, revision, 1);
    if (!entry) return undefined;
    return rethrowAsUnavailable(() => upcastSingleEntry(this.ledger, entry, this.read));
  }

  /** Drops the states of a stream, so that they are folded again. Its durable events do not change. */
  evict(stream: string): void {
    this.#inFlight.delete(stream);
    this.#durableStates.delete(stream);
  }
}

/** Events that only a later release can read leave the stream without a state here. */
function rethrowAsUnavailable<T>(readIt: () => T): T {
  try {
    return readIt();
  } catch (error) {
    if (error instanceof UnsupportedEventVersionError)
      throw new UnavailableError('later-release', error.message);
    throw error;
  }
}
