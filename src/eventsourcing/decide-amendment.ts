// Corrections, retractions, disputes and corroborations of a stream's events, for every aggregate. Pure.
import { isObject } from '../json/is-object.js';
import type { JsonObject } from '../json/json.js';
import { applyMergePatch } from '../json/merge-patch.js';
import { type AnyAggregate, getStreamName } from './aggregate.js';
import type { AmendedEvents, StreamEvents } from './amended-events.js';
import { isAmendment } from './amendments.js';
import { findInnerId, getInnerId } from './inner-ids.js';
import type { AnyCommand, AnyEvent, RecordedEvent } from './message.js';
import { InvalidCommand, Refusal, refuse } from './refusal.js';
import { type HashText, fingerprintAmendment } from './stream-state.js';

const AMENDMENT_EVENT_TYPES: { readonly [command: string]: string } = {
  'correct-fact': 'FactCorrected',
  'retract-fact': 'FactRetracted',
  'dispute-fact': 'FactDisputed',
  'corroborate-fact': 'FactCorroborated',
};

export const isAmendmentCommand = (command: string): boolean => command in AMENDMENT_EVENT_TYPES;

/** The name of the command that records events of this type; undefined if the aggregate has none. */
export const findCommandName = (aggregate: AnyAggregate, eventType: string): string | undefined =>
  Object.entries(aggregate.commands).find(([, { event }]) => event === eventType)?.[0] ??
  Object.keys(AMENDMENT_EVENT_TYPES).find((name) => AMENDMENT_EVENT_TYPES[name] === eventType);

export const refuseCorrection = (detail: string): Refusal => refuse('illegal-correction', detail);

/** The data that would replace those of an event of the stream. */
type Replacement = {
  readonly replacement: JsonObject;
  readonly corrected: AnyEvent;
  readonly stream: string;
};

/** Data of a fact, and those that a change makes of them. */
export type ChangedData = {
  readonly eventType: string;
  readonly before: JsonObject;
  readonly after: JsonObject;
};

/** What decides on an amendment beside the aggregate. */
type AmendmentContext = {
  readonly amended: AmendedEvents;
  readonly events: StreamEvents;
  readonly hashText: HashText;
  /** Why the data that a change makes must not be recorded. */
  readonly checkChange: (changed: ChangedData) => InvalidCommand | Refusal | undefined;
};

/** The event that an amendment records, undefined if it would only repeat one, or why it is refused. */
export function decideAmendment(
  aggregate: AnyAggregate,
  command: AnyCommand,
  context: AmendmentContext,
): AnyEvent | InvalidCommand | Refusal | undefined {
  const { name, data } = command;
  const { amended, events, hashText } = context;
  const factName = data['fact'] as string;
  const revision = events.findRevision(factName);
  const target = revision === undefined ? undefined : amended.getForm(revision);
  if (!target) return refuse('unknown-reference', `There is no fact "${factName}".`, '/fact');

  const completed = name === 'correct-fact' ? completeCorrection(aggregate, data, target, context) : data;
  if (completed instanceof Refusal || completed instanceof InvalidCommand) return completed;
  const event: AnyEvent = { type: AMENDMENT_EVENT_TYPES[name] ?? '', data: completed };
  if (isRepetition(event, target.revision, amended, hashText)) return undefined;
  return checkAmendment(aggregate, { name, data: event.data }, target, context) ?? event;
}

/**
 * Whether an amendment only repeats an effective one. A fact has one effective correction, so that an earlier one can be
 * made again; disputes and corroborations stand side by side.
 */
function isRepetition(event: AnyEvent, target: number, amended: AmendedEvents, hashText: HashText): boolean {
  const fingerprint = (amendment: AnyEvent): string => fingerprintAmendment(amendment, target, hashText);
  const digest = fingerprint(event);
  if (event.type !== 'FactCorrected') return amended.hasAmendment(target, digest, fingerprint);
  const correction = amended.getCorrection(target);
  return correction !== undefined && fingerprint(correction) === digest;
}

function checkAmendment(
  aggregate: AnyAggregate,
  { name, data }: AnyCommand,
  fact: RecordedEvent,
  { amended, events }: AmendmentContext,
): Refusal | undefined {
  const factName = data['fact'] as string;
  if (amended.isRetracted(fact.revision))
    return refuseCorrection(`"${factName}" was retracted, so it can no longer be amended.`);
  if (name === 'retract-fact' && fact.revision === 0 && aggregate.isReferenced)
    return refuseCorrection(
      `"${factName}" is the first fact of its ${aggregate.category}, which others may refer to: correct it instead.`,
    );
  if (name !== 'correct-fact') return undefined;
  const subject = { replacement: data['with'] as JsonObject, corrected: fact, stream: fact.stream };
  return hasSameSubject(aggregate, subject, events)
    ? undefined
    : refuseCorrection(`The replacement must be about the same subject as "${factName}", under the same id.`);
}

/**
 * The data of a correction as they are recorded: with the full replacement, whether the client sent it or only what changes,
 * and with the id of what it replaces, if it leaves the id out.
 */
function completeCorrection(
  aggregate: AnyAggregate,
  { change, ...correction }: JsonObject,
  fact: AnyEvent,
  { events, checkChange }: AmendmentContext,
): JsonObject | InvalidCommand | Refusal {
  if (!isObject(change))
    return { ...correction, with: keepInnerId(aggregate, correction['with'] as JsonObject, fact, events) };
  if (isAmendment(fact)) return refuseCorrection('An amendment is replaced by its full data: send "with".');
  const { type: eventType, data: before } = fact;
  const after = keepInnerId(aggregate, mergeChange(before, change), fact, events);
  return checkChange({ eventType, before, after }) ?? { ...correction, with: after };
}

/** What a change makes of data. The sources do not say the new words, so they stay only if the change names sources. */
function mergeChange(data: JsonObject, change: JsonObject): JsonObject {
  const { sources: _, ...unsourced } = data;
  return applyMergePatch(Object.hasOwn(change, 'sources') ? data : unsourced, change);
}

/** The replacement with the id of what it replaces, if it leaves the id out. */
function keepInnerId(
  aggregate: AnyAggregate,
  replacement: JsonObject,
  { type, data }: AnyEvent,
  events: StreamEvents,
): JsonObject {
  if (type === 'FactCorrected') {
    const corrected = findCorrectedForm(data, events);
    const nested = replacement['with'] as JsonObject;
    return corrected
      ? { ...replacement, with: keepInnerId(aggregate, nested, corrected, events) }
      : replacement;
  }
  const field = findInnerId(aggregate, type)?.field;
  return field === undefined || replacement[field] !== undefined
    ? replacement
    : { ...replacement, [field]: data[field] as string };
}

/** The form that a correction, given by its data, gives to the event that it corrects. */
function findCorrectedForm(correction: JsonObject, events: StreamEvents): AnyEvent | undefined {
  const revision = events.findRevision(correction['fact'] as string);
  const corrected = revision === undefined ? undefined : events.get(revision);
  return corrected && { type: corrected.type, data: correction['with'] as JsonObject };
}

/**
 * Whether data can replace those of an event of the stream: they belong to the same stream and have the same id in it, and
 * an amendment's belong to the same fact.
 */
function hasSameSubject(
  aggregate: AnyAggregate,
  { replacement, corrected, stream }: Replacement,
  events: StreamEvents,
): boolean {
  if (!isAmendment(corrected))
    return (
      getStreamName(aggregate, replacement) === stream &&
      getInnerId(aggregate, { type: corrected.type, data: replacement }) === getInnerId(aggregate, corrected)
    );
  const revision = events.findRevision(replacement['fact'] as string);
  if (revision === undefined || revision !== events.findRevision(corrected.data.fact)) return false;
  const form = corrected.type === 'FactCorrected' ? findCorrectedForm(corrected.data, events) : undefined;
  if (!form) return true;
  const nested = { replacement: replacement['with'] as JsonObject, corrected: form, stream };
  return hasSameSubject(aggregate, nested, events);
}
