// The state of a stream that decisions are made on, folded from its events. Pure.
import { Set } from 'immutable';
import { canonicalJson } from '../json/canonical-json.js';
import type { AnyAggregate } from './aggregate.js';
import { getEffectiveHistory, isAmendment } from './amendments.js';
import type { AnyEvent, RecordedEvent } from './message.js';

export type StreamState = {
  /** Of the last event; -1 before the first. */
  readonly revision: number;
  /** The decider's state. */
  readonly state: unknown;
  /** The fingerprints of the effective events. */
  readonly recordedFingerprints: Set<string>;
  /** The fingerprint of the latest of the aggregate's steps; undefined before the first. */
  readonly latestStepFingerprint: string | undefined;
};

/** A short hash of a text of any length, equal only for equal texts. */
export type HashText = (text: string) => string;

/** An event with its data as they are stored and a fingerprint: equal for the same type with equal data only. */
export type FingerprintedEvent = {
  readonly event: AnyEvent;
  /** The canonical JSON of the event's data. */
  readonly canonical: string;
  readonly digest: string;
};

export function fingerprintEvent({ type, data }: AnyEvent, hashText: HashText): FingerprintedEvent {
  const canonical = canonicalJson(data);
  // Without entry and metadata, as the decider gave it: a state must not depend on whether it was folded anew.
  return { event: { type, data }, canonical, digest: hashText(`${type}\n${canonical}`) };
}

export const createEmptyStreamState = ({ decider }: AnyAggregate): StreamState => ({
  revision: -1,
  state: decider.initialState,
  recordedFingerprints: Set(),
  latestStepFingerprint: undefined,
});

const isStep = ({ steps = [] }: AnyAggregate, { type }: AnyEvent): boolean => steps.includes(type);

/** Whether an event would only repeat what the stream already records: its latest step, or any other effective event. */
export const isRepetition = (
  aggregate: AnyAggregate,
  { latestStepFingerprint, recordedFingerprints }: StreamState,
  { event, digest }: FingerprintedEvent,
): boolean =>
  isStep(aggregate, event) ? latestStepFingerprint === digest : recordedFingerprints.has(digest);

/** Folds a whole stream, amendments included. */
export function foldStream(
  aggregate: AnyAggregate,
  events: readonly RecordedEvent[],
  hashText: HashText,
): StreamState {
  const effective: readonly AnyEvent[] = events.some(isAmendment) ? getEffectiveHistory(events) : events;
  const fingerprinted = effective.map((event) => fingerprintEvent(event, hashText));
  return {
    revision: events.length - 1,
    state: fingerprinted.reduce(
      (state, { event }) => aggregate.decider.evolve(state, event),
      aggregate.decider.initialState,
    ),
    recordedFingerprints: Set(fingerprinted.map((one) => one.digest)),
    latestStepFingerprint: fingerprinted.findLast(({ event }) => isStep(aggregate, event))?.digest,
  };
}

/** Folds events added to a stream. `readAll` reads the whole stream, which is needed only if an amendment was added. */
export function foldNewEvents(
  aggregate: AnyAggregate,
  before: StreamState,
  added: readonly RecordedEvent[],
  readAll: () => readonly RecordedEvent[],
  hashText: HashText,
): StreamState {
  if (added.some(isAmendment)) return foldStream(aggregate, readAll(), hashText);
  return added.reduce(
    (state, event) => foldEvent(aggregate, state, fingerprintEvent(event, hashText)),
    before,
  );
}

/** The state after one more event, which is no amendment. */
export const foldEvent = (
  aggregate: AnyAggregate,
  before: StreamState,
  { event, digest }: FingerprintedEvent,
): StreamState => ({
  revision: before.revision + 1,
  state: aggregate.decider.evolve(before.state, event),
  recordedFingerprints: before.recordedFingerprints.add(digest),
  latestStepFingerprint: isStep(aggregate, event) ? digest : before.latestStepFingerprint,
});
