import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { emptyStream, foldOn, foldStream, type StreamState } from '../eventsourcing/decide-command.js';
import type { JsonObject, Recorded } from '../eventsourcing/message.js';
import type { AnyNoun } from '../eventsourcing/aggregate.js';
import { UnknownShape } from '../eventsourcing/upcasters.js';
import { canonicalJson } from '../json/canonical-json.js';
import type { Ledger } from '../ledger/ledger.js';
import { type Read, readStream } from '../ledger/event-reader.js';
import { Unavailable } from '../ledger/sequencer.js';

/** Facts that folded states in memory may rest on, in all: about 40 MB of statements. One longer stream has all of it. */
const FACTS_MAX = 100_000;

let last: { readonly value: JsonObject; readonly text: string } | undefined;

/** Canonical JSON of a fact's words, which are asked for several times in a row: to tell them apart, then to store them. */
function canonicalOnce(value: JsonObject): string {
  if (last?.value !== value) last = { value, text: canonicalJson(value) };
  return last.text;
}

export const texts = {
  digest: (text: string): string => hash('sha256', text, 'base64'),
  canonical: canonicalOnce,
};

/** A stream with events that were decided but are not known to be durable yet. */
type UnderWay = {
  state: StreamState;
  readonly events: Recorded[];
  /** Resolves to whether the last of them became durable, and with it all before it. */
  settled: Promise<boolean>;
};

/**
 * What the next decision stands on: the durable facts and those under way, so that a queue of commands can be
 * decided one after the other and committed together. Whoever answers a client on the strength of a stream that
 * is under way must wait until it is settled, and decide again if it fell through.
 */
export class Streams {
  readonly #folded = new LRUCache<string, StreamState>({
    maxSize: FACTS_MAX,
    sizeCalculation: ({ revision }) => Math.min(revision + 2, FACTS_MAX),
  });
  readonly #underWay = new Map<string, UnderWay>();
  readonly #byKind: ReadonlyMap<string, AnyNoun>;

  constructor(
    private readonly ledger: Ledger,
    private readonly read: Read,
    nouns: readonly AnyNoun[],
  ) {
    this.#byKind = new Map(nouns.map((noun) => [noun.kind, noun]));
  }

  nounOf(stream: string): AnyNoun | undefined {
    return this.#byKind.get(stream.slice(0, stream.indexOf('-')));
  }

  exists(stream: string): boolean {
    return this.#underWay.has(stream) || this.#folded.has(stream) || this.ledger.revision(stream) >= 0;
  }

  /** Resolves to whether the stream's last event became durable; undefined if all of it is durable. */
  settled(stream: string): Promise<boolean> | undefined {
    return this.#underWay.get(stream)?.settled;
  }

  /** Throws Unavailable like `events`. */
  state(stream: string, noun: AnyNoun): StreamState {
    const underWay = this.#underWay.get(stream);
    if (underWay) return underWay.state;
    const known = this.#folded.get(stream);
    const revision = this.ledger.revision(stream);
    // In a cluster others write to the stream, too.
    if (known?.revision === revision) return known;
    if (revision < 0) return emptyStream(noun);
    const state = known
      ? foldOn(noun, known, this.#durable(stream, known.revision + 1), () => this.#durable(stream), texts)
      : foldStream(noun, this.#durable(stream), texts);
    this.#folded.set(stream, state);
    return state;
  }

  /** Every event of a stream, those under way at the end. Throws Unavailable if only a later release can read them. */
  events(stream: string): readonly Recorded[] {
    const durable = this.#durable(stream);
    const underWay = this.#underWay.get(stream)?.events ?? [];
    return [...durable, ...underWay.filter(({ revision }) => revision >= durable.length)];
  }

  /** Which fact an event id or `<stream>@<revision>` names, also if it is under way. */
  factNamed(name: string): Pick<Recorded, 'stream' | 'type'> | undefined {
    const [stream, revision] = name.split('@');
    if (stream === undefined) return undefined;
    const id = name.toLowerCase();
    const entry =
      revision === undefined ? this.ledger.byId(id) : this.ledger.stream(stream, Number(revision), 1)[0];
    if (entry) return revision === undefined || entry.revision === Number(revision) ? entry : undefined;
    const underWay = [...this.#underWay.values()].flatMap(({ events }) => events);
    return underWay.find((event) =>
      revision === undefined
        ? event.id === id
        : event.stream === stream && event.revision === Number(revision),
    );
  }

  /** The ids of a kind's streams that may have a value in a field of theirs, those under way included. */
  referring(kind: string, field: string, value: string): readonly string[] {
    const event = this.#byKind.get(kind)?.lookups?.[field];
    if (event === undefined) return [];
    const says = ({ data }: Recorded): boolean =>
      [data, data['with'] as JsonObject | undefined].some((words) => words?.[field] === value);
    const underWay = [...this.#underWay]
      .filter(([, { events }]) => events.some(says))
      .map(([stream]) => stream);
    const streams = new Set([...this.ledger.lookUp(event, field, value), ...underWay]);
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
    events: readonly Recorded[],
    durable: Promise<boolean>,
  ): Promise<void> {
    const underWay = this.#underWay.get(stream) ?? { state: next, events: [], settled: durable };
    underWay.state = next;
    underWay.events.push(...events);
    underWay.settled = durable;
    this.#underWay.set(stream, underWay);
    this.#folded.delete(stream);
    return durable.then((succeeded) => {
      if (this.#underWay.get(stream) !== underWay) return; // an earlier failure has dropped it
      if (!succeeded) this.#underWay.delete(stream);
      else if (underWay.settled === durable) {
        this.#underWay.delete(stream);
        this.#folded.set(stream, next);
      } else underWay.events.splice(0, events.length);
    });
  }

  /** From a revision on. A correction is then read without what it corrects, so whoever finds one reads all. */
  #durable(stream: string, fromRevision = 0): readonly Recorded[] {
    try {
      return readStream(this.ledger.stream(stream, fromRevision), this.read);
    } catch (error) {
      if (error instanceof UnknownShape) throw new Unavailable('later-release', error.message, 60);
      throw error;
    }
  }

  /** Forgets what is known of a stream beside what the ledger says. */
  forget(stream: string): void {
    this.#underWay.delete(stream);
    this.#folded.delete(stream);
  }
}
