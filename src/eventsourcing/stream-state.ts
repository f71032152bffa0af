// The state of a stream that decisions are made on, folded from its events. Pure.
import { Map as ImmutableMap } from 'immutable';
import { canonicalJson } from '../json/canonical-json.js';
import type { JsonObject } from '../json/json.js';
import type { AnyAggregate } from './aggregate.js';
import { AmendedEvents, type StreamEvents } from './amended-events.js';
import {
  AMENDMENT_TYPES,
  createFactReferenceResolver,
  getEffectiveHistory,
  isAmendment,
} from './amendments.js';
import type { StatePartAccess } from './decider.js';
import { parseNumberedId } from './inner-ids.js';
import type { AnyEvent, RecordedEvent } from './message.js';
import {
  addAmendment,
  addAmendmentFingerprint,
  addNumber,
  addStatePartAccess,
  EMPTY_STREAM_INDEX,
  getAmendedRootRevision,
  iterateRevisionsBackwards,
  listRevisions,
  type StreamIndex,
  StreamIndexBuilder,
  toAmendmentKey,
} from './stream-index.js';

export type StreamState = {
  /** Of the last event; -1 before the first. */
  readonly revision: number;
  /** The decider's state. */
  readonly state: unknown;
  /** The fingerprints of the effective events that belong to no track, with the number of events that have them. */
  readonly fingerprints: ImmutableMap<string, number>;
  /** By track: the fingerprint of its latest effective event. */
  readonly latestOfTracks: ImmutableMap<string, string>;
  readonly index: StreamIndex;
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

/** The fingerprint of an amendment of the event at `target`, however the amendment names it. */
export const fingerprintAmendment = ({ type, data }: AnyEvent, target: number, hashText: HashText): string =>
  fingerprintEvent({ type, data: { ...data, fact: target } }, hashText).digest;

export const createEmptyStreamState = ({ decider }: AnyAggregate): StreamState => ({
  revision: -1,
  state: decider.initialState,
  fingerprints: ImmutableMap(),
  latestOfTracks: ImmutableMap(),
  index: EMPTY_STREAM_INDEX,
});

const WHOLE_STATE: StatePartAccess = { sets: ['state'], reads: ['state'] };

/** The parts of the state that an event sets and reads. */
export const getStatePartAccess = (
  { decider }: AnyAggregate,
  event: AnyEvent,
  revision: number,
): StatePartAccess => decider.parts?.getAccess(event, revision) ?? WHOLE_STATE;

/**
 * Whether an effective event has exactly this type and data: none; one that still applies (`same`); or only such as later
 * events have ended or replaced (`superseded`). An event of a track is compared only with the latest of it.
 */
type Repetition = 'none' | 'same' | 'superseded';

/** Whether an event would only repeat what the stream says already, or what later events have ended or replaced. */
export function findRepetition(
  aggregate: AnyAggregate,
  { latestOfTracks, fingerprints, state }: StreamState,
  { event, digest }: FingerprintedEvent,
): Repetition {
  const track = aggregate.getRepetitionTrack?.(event);
  if (track !== undefined) return latestOfTracks.get(track) === digest ? 'same' : 'none';
  if (!fingerprints.has(digest)) return 'none';
  return aggregate.decider.isSuperseded?.(state, event) ? 'superseded' : 'same';
}

/** Folds a whole stream, amendments included. */
export function foldStream(
  aggregate: AnyAggregate,
  events: readonly RecordedEvent[],
  hashText: HashText,
): StreamState {
  const { decider, getRepetitionTrack } = aggregate;
  const hasAmendments = events.some(isAmendment);
  let state: unknown = decider.initialState;
  const fingerprints = new Map<string, number>();
  const latestOfTracks = new Map<string, string>();
  for (const fact of hasAmendments ? getEffectiveHistory(events) : events) {
    const { event, digest } = fingerprintEvent(fact, hashText);
    const track = getRepetitionTrack?.(event);
    state = decider.evolve(state, event, fact.revision);
    if (track === undefined) fingerprints.set(digest, (fingerprints.get(digest) ?? 0) + 1);
    else latestOfTracks.set(track, digest);
  }
  return {
    revision: events.length - 1,
    state,
    fingerprints: ImmutableMap(fingerprints),
    latestOfTracks: ImmutableMap(latestOfTracks),
    index: indexStream(
      aggregate,
      events,
      hasAmendments ? createFactReferenceResolver(events) : () => undefined,
      hashText,
    ),
  };
}

function indexStream(
  aggregate: AnyAggregate,
  events: readonly RecordedEvent[],
  findRevision: StreamEvents['findRevision'],
  hashText: HashText,
): StreamIndex {
  const builder = new StreamIndexBuilder();
  const lookup: StreamEvents = { get: (revision) => events[revision], findRevision };
  const getTarget = (revision: number): number | undefined => builder.getTarget(revision);
  for (const event of events) {
    const { type, revision } = event;
    const target = findTarget(event, lookup);
    if (target !== undefined) builder.addAmendment({ type, revision, target });
    const form = findGivenForm(event, lookup, getTarget);
    if (!form) continue;
    const key = findAmendmentKey(form, getTarget, hashText);
    if (key !== undefined) builder.addAmendmentFingerprint(key, form.revision);
    if (AMENDMENT_TYPES.has(form.type)) continue;
    builder.addStatePartAccess(
      form.revision,
      getStatePartAccess(aggregate, form, form.revision),
      aggregate.getRepetitionTrack?.(form),
    );
    const numbered = parseNumberedId(aggregate, form);
    if (numbered) builder.addNumber(numbered);
  }
  return builder.build();
}

/** Folds events added to a stream. `events` are all of the stream, read only where an amendment needs them. */
export const foldNewEvents = (
  aggregate: AnyAggregate,
  before: StreamState,
  added: readonly RecordedEvent[],
  events: StreamEvents,
  hashText: HashText,
): StreamState =>
  added.reduce(
    (state, event) =>
      isAmendment(event)
        ? foldAmendment(aggregate, state, event, events, hashText)
        : foldEvent(aggregate, state, fingerprintEvent(event, hashText)),
    before,
  );

/** The state after one more event, which is no amendment. */
export function foldEvent(
  aggregate: AnyAggregate,
  before: StreamState,
  { event, digest }: FingerprintedEvent,
): StreamState {
  const { decider, getRepetitionTrack } = aggregate;
  const revision = before.revision + 1;
  const track = getRepetitionTrack?.(event);
  return {
    ...before,
    revision,
    state: decider.evolve(before.state, event, revision),
    index: indexForm(aggregate, before.index, event, revision),
    ...(track === undefined
      ? { fingerprints: count(before.fingerprints, digest, 1) }
      : { latestOfTracks: before.latestOfTracks.set(track, digest) }),
  };
}

/**
 * The state after one more event, which is an amendment. The parts of the state that the amended event sets, in its old
 * form and in its new one, are folded again from the events that set them; nothing else of the stream is read.
 */
export function foldAmendment(
  aggregate: AnyAggregate,
  before: StreamState,
  amendment: RecordedEvent,
  events: StreamEvents,
  hashText: HashText,
): StreamState {
  const { revision } = amendment;
  const index = indexAmendment(aggregate, before.index, amendment, events, hashText);
  const after: StreamState = { ...before, revision, index };
  const root = getAmendedRootRevision(index, revision);
  const amended = new AmendedEvents(index, events, revision);
  const [old, now] = [new AmendedEvents(before.index, events, before.revision), amended].map((each) =>
    each.getFact(root),
  );
  if (old && now && canonicalJson(old.data) === canonicalJson(now.data)) return after;
  return [old, now].reduce<StreamState>(
    (state, fact) => (fact ? refoldTrack(aggregate, state, fact, amended, hashText) : state),
    {
      ...after,
      state: refoldParts(aggregate, after, [old, now], amended),
      fingerprints: exchangeFingerprints(aggregate, before.fingerprints, [old, now], hashText),
    },
  );
}

/** The state with every part that one of these forms of an event sets as the effective events leave it. */
function refoldParts(
  aggregate: AnyAggregate,
  { state, index }: StreamState,
  forms: readonly (RecordedEvent | undefined)[],
  amended: AmendedEvents,
): unknown {
  const parts = new Set(
    forms.flatMap((fact) => (fact ? getStatePartAccess(aggregate, fact, fact.revision).sets : [])),
  );
  const setters = new Set([...parts].flatMap((part) => [...listRevisions(index.setters, part)]));
  const refolded = foldRevisions(
    aggregate,
    [...setters].sort((a, b) => a - b),
    amended,
  );
  const { parts: division } = aggregate.decider;
  if (!division) return refolded;
  return [...parts].reduce((copied, part) => division.copyPart(copied, part, refolded), state);
}

const foldRevisions = (
  { decider }: AnyAggregate,
  revisions: readonly number[],
  amended: AmendedEvents,
): unknown =>
  revisions.reduce<unknown>((state, revision) => {
    const fact = amended.getFact(revision);
    return fact ? decider.evolve(state, pickTypeAndData(fact), revision) : state;
  }, decider.initialState);

/** Type and data alone: what `evolve` gets must not depend on how an event was read. */
export const pickTypeAndData = ({ type, data }: AnyEvent): AnyEvent => ({ type, data });

function exchangeFingerprints(
  { getRepetitionTrack }: AnyAggregate,
  fingerprints: ImmutableMap<string, number>,
  [old, now]: readonly (RecordedEvent | undefined)[],
  hashText: HashText,
): ImmutableMap<string, number> {
  const isCounted = (fact: RecordedEvent | undefined): fact is RecordedEvent =>
    !!fact && getRepetitionTrack?.(fact) === undefined;
  const left = isCounted(old)
    ? count(fingerprints, fingerprintEvent(old, hashText).digest, -1)
    : fingerprints;
  return isCounted(now) ? count(left, fingerprintEvent(now, hashText).digest, 1) : left;
}

function count(
  fingerprints: ImmutableMap<string, number>,
  digest: string,
  change: 1 | -1,
): ImmutableMap<string, number> {
  const counted = fingerprints.get(digest, 0) + change;
  return counted === 0 ? fingerprints.delete(digest) : fingerprints.set(digest, counted);
}

/** With the latest effective event of the track that this form of an event belongs to. */
function refoldTrack(
  { getRepetitionTrack }: AnyAggregate,
  state: StreamState,
  form: RecordedEvent,
  amended: AmendedEvents,
  hashText: HashText,
): StreamState {
  const track = getRepetitionTrack?.(form);
  if (track === undefined) return state;
  for (const revision of iterateRevisionsBackwards(state.index.tracks, track)) {
    const fact = amended.getFact(revision);
    if (fact && getRepetitionTrack?.(fact) === track)
      return {
        ...state,
        latestOfTracks: state.latestOfTracks.set(track, fingerprintEvent(fact, hashText).digest),
      };
  }
  return { ...state, latestOfTracks: state.latestOfTracks.delete(track) };
}

/** With one more event of the stream, which is an amendment. */
function indexAmendment(
  aggregate: AnyAggregate,
  index: StreamIndex,
  event: RecordedEvent,
  events: StreamEvents,
  hashText: HashText,
): StreamIndex {
  const { type, revision } = event;
  const target = findTarget(event, events);
  const amended = target === undefined ? index : addAmendment(index, { type, revision, target });
  const getTarget = (each: number): number | undefined => amended.targets.get(each);
  const form = findGivenForm(event, events, getTarget);
  if (!form) return amended;
  const key = findAmendmentKey(form, getTarget, hashText);
  if (key !== undefined) return addAmendmentFingerprint(amended, key, form.revision);
  return AMENDMENT_TYPES.has(form.type) ? amended : indexForm(aggregate, amended, form, form.revision);
}

/** A form of an event: the data that it was recorded with, or that a correction gave it. */
type EventForm = AnyEvent & { readonly revision: number };

/** The key (`toAmendmentKey`) of a form of a retraction or dispute; undefined if it is neither. */
function findAmendmentKey(
  form: EventForm,
  getTarget: (revision: number) => number | undefined,
  hashText: HashText,
): string | undefined {
  const target = AMENDMENT_TYPES.has(form.type) ? getTarget(form.revision) : undefined;
  return target === undefined
    ? undefined
    : toAmendmentKey(target, fingerprintAmendment(form, target, hashText));
}

/** With a form of an event: its own, or one that a correction gave it. */
function indexForm(
  aggregate: AnyAggregate,
  index: StreamIndex,
  form: AnyEvent,
  revision: number,
): StreamIndex {
  const track = aggregate.getRepetitionTrack?.(form);
  const listed = addStatePartAccess(index, revision, getStatePartAccess(aggregate, form, revision), track);
  const numbered = parseNumberedId(aggregate, form);
  return numbered ? addNumber(listed, numbered) : listed;
}

/** The revision of the event that an amendment amends; undefined if it is none, or names none before it. */
function findTarget(event: RecordedEvent, events: StreamEvents): number | undefined {
  if (!isAmendment(event)) return undefined;
  const target = events.findRevision(event.data.fact);
  return target !== undefined && target < event.revision ? target : undefined;
}

/**
 * The form that an event gives: its own or, if it is a correction, the one of the event that it corrects in the end;
 * undefined if there is none. `getTarget`: the revision that an amendment amends.
 */
function findGivenForm(
  event: RecordedEvent,
  events: StreamEvents,
  getTarget: (revision: number) => number | undefined,
): EventForm | undefined {
  let { type, data, revision }: EventForm = event;
  while (type === 'FactCorrected') {
    const target = getTarget(revision);
    const corrected = target === undefined ? undefined : events.get(target);
    if (!corrected) return undefined;
    data = data['with'] as JsonObject;
    ({ type, revision } = corrected);
  }
  return { type, data, revision };
}
