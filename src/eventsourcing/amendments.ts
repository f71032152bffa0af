// Corrections, retractions, disputes and corroborations: the effective history of a stream, given all of its events.
import type { AnyEvent, TypedEvent, RecordedEvent } from './message.js';
import type { JsonObject } from '../json/json.js';

// These names and shapes are stored forever.
export type Citation = { readonly source: string; readonly locator?: string };
type CitationFields = { readonly sources?: readonly Citation[]; readonly note?: string };
/** `fact` is an event id or `<stream>@<revision>`; `with` is the full replacement data of the same event type. */
export type FactCorrected = TypedEvent<
  'FactCorrected',
  CitationFields & {
    fact: string;
    with: JsonObject;
    reason: string;
    requestedBy?: string;
    checkedAgainst?: string;
  }
>;
export type FactRetracted = TypedEvent<'FactRetracted', CitationFields & { fact: string; reason: string }>;
export type FactDisputed = TypedEvent<'FactDisputed', CitationFields & { fact: string; claim: string }>;
/** Supports what the fact said as of the entry of the corroboration. */
export type FactCorroborated = TypedEvent<
  'FactCorroborated',
  { fact: string; sources: readonly Citation[]; note?: string }
>;
type Amendment = FactCorrected | FactRetracted | FactDisputed | FactCorroborated;

export const AMENDMENT_TYPES: ReadonlySet<string> = new Set([
  'FactCorrected',
  'FactRetracted',
  'FactDisputed',
  'FactCorroborated',
]);
export const isAmendment = (event: AnyEvent): event is Amendment & AnyEvent =>
  AMENDMENT_TYPES.has(event.type);

/** An event in its corrected form, with its amendments. */
export type Fact<E extends AnyEvent = AnyEvent> = RecordedEvent<E> & {
  /** The entry that the data come from: the event's own, or that of its latest effective correction. */
  readonly effectiveEntry: number;
  /** The latest effective correction, if the event is corrected. */
  readonly correction?: Fact<FactCorrected & AnyEvent>;
  /** The data it was recorded with, if it is corrected. */
  readonly original?: JsonObject;
  /** Effective disputes, oldest first. */
  readonly disputes: readonly Fact<FactDisputed & AnyEvent>[];
  /** Effective corroborations, oldest first. */
  readonly corroborations: readonly Fact<FactCorroborated & AnyEvent>[];
};

/** An event without amendments. */
export const toFact = <E extends AnyEvent>(event: RecordedEvent<E>): Fact<E> => ({
  ...event,
  effectiveEntry: event.entry,
  disputes: [],
  corroborations: [],
});

/** One event of a stream with the effect of all later amendments. */
export type AmendedEvent = { readonly fact: Fact; readonly retractedBy?: Fact };

/** Finds the revision that an event id or `<stream>@<revision>` names among these events of one stream. */
export function createFactReferenceResolver(
  events: readonly RecordedEvent[],
): (name: string) => number | undefined {
  const revisions = new Map<string, number>();
  for (const { id, stream, revision } of events)
    revisions.set(id, revision).set(`${stream}@${revision}`, revision);
  // Names may have leading zeros in the revision and upper case in the id.
  return (name) => {
    const separator = name.lastIndexOf('@');
    return separator === -1
      ? revisions.get(name.toLowerCase())
      : revisions.get(`${name.slice(0, separator)}@${Number(name.slice(separator + 1))}`);
  };
}

/** The revision that `name` names among these events of one stream; undefined if it names none of them. */
export function resolveFactReference(name: string, events: readonly RecordedEvent[]): number | undefined {
  const separator = name.lastIndexOf('@');
  if (separator === -1) return events.find(({ id }) => id === name.toLowerCase())?.revision;
  const revision = Number(name.slice(separator + 1));
  const isNamed = (event: RecordedEvent | undefined): boolean =>
    event?.revision === revision && event.stream === name.slice(0, separator);
  // Usually these are the whole stream, and then the index is the revision.
  return isNamed(events[revision]) || events.some(isNamed) ? revision : undefined;
}

/**
 * Every event of one stream, amendments included, with the effect of all amendments. An amendment comes after what it
 * amends, so a walk from the last event to the first knows whether an amendment is effective when it reaches it.
 * A part of the stream, in order, is enough if it has all of the stream's amendments.
 */
export function applyAmendments(events: readonly RecordedEvent[]): readonly AmendedEvent[] {
  const corrections = new Map<number, Fact<FactCorrected & AnyEvent>>();
  const retractions = new Map<number, Fact>();
  const disputes = new Map<number, Fact<FactDisputed & AnyEvent>[]>();
  const corroborations = new Map<number, Fact<FactCorroborated & AnyEvent>[]>();
  const settled: AmendedEvent[] = [];
  const findRevision = createFactReferenceResolver(events);
  for (const event of events.toReversed()) {
    const { revision } = event;
    const correction = corrections.get(revision);
    const retractedBy = retractions.get(revision);
    const fact: Fact = {
      ...event,
      data: correction?.data.with ?? event.data,
      effectiveEntry: correction?.effectiveEntry ?? event.entry,
      disputes: disputes.get(revision)?.toReversed() ?? [],
      corroborations: corroborations.get(revision)?.toReversed() ?? [],
      ...(correction && { correction, original: event.data }),
    };
    settled.push(retractedBy ? { fact, retractedBy } : { fact });
    if (retractedBy || !isAmendment(fact)) continue;
    const target = findRevision(fact.data.fact);
    if (target === undefined || target >= revision) continue;
    switch (fact.type) {
      case 'FactCorrected': // the walk is backwards: the first one found is the latest
        if (!corrections.has(target)) corrections.set(target, fact);
        break;
      case 'FactRetracted':
        if (!retractions.has(target)) retractions.set(target, fact);
        break;
      case 'FactDisputed':
        if (!disputes.get(target)?.push(fact)) disputes.set(target, [fact]);
        break;
      case 'FactCorroborated':
        if (!corroborations.get(target)?.push(fact)) corroborations.set(target, [fact]);
    }
  }
  return settled.reverse();
}

/** The events of the stream in record order, corrected ones with their new data, retracted ones left out. */
export const getEffectiveHistory = (events: readonly RecordedEvent[]): readonly Fact[] =>
  applyAmendments(events)
    .filter(({ fact, retractedBy }) => !retractedBy && !isAmendment(fact))
    .map(({ fact }) => fact);
