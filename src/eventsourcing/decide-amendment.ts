// Corrections, retractions and disputes of a stream's events, for every aggregate. Pure.
import type { JsonObject } from '../json/json.js';
import { type AnyAggregate, getStreamName } from './aggregate.js';
import { type AmendedEvent, applyAmendments, findFactRevision, isAmendment } from './amendments.js';
import type { AnyCommand, AnyEvent, RecordedEvent } from './message.js';
import { type Refusal, refuse } from './refusal.js';
import { type HashText, fingerprintEvent } from './stream-state.js';

const AMENDMENT_EVENT_TYPES: { readonly [command: string]: string } = {
  'correct-fact': 'FactCorrected',
  'retract-fact': 'FactRetracted',
  'dispute-fact': 'FactDisputed',
};

export const isAmendmentCommand = (command: string): boolean => command in AMENDMENT_EVENT_TYPES;

/** The name of the command that records events of this type; undefined if the aggregate has none. */
export const findCommandName = (aggregate: AnyAggregate, eventType: string): string | undefined =>
  Object.entries(aggregate.commands).find(([, { event }]) => event === eventType)?.[0] ??
  Object.keys(AMENDMENT_EVENT_TYPES).find((name) => AMENDMENT_EVENT_TYPES[name] === eventType);

export const refuseCorrection = (detail: string): Refusal => refuse('illegal-correction', detail);

/** The event that an amendment records, undefined if it would only repeat one, or why it is refused. */
export function decideAmendment(
  aggregate: AnyAggregate,
  command: AnyCommand,
  history: readonly RecordedEvent[],
  hashText: HashText,
): AnyEvent | Refusal | undefined {
  const { name, data } = command;
  const factName = data['fact'] as string;
  const revision = findFactRevision(factName, history);
  const amended = applyAmendments(history);
  const target = revision === undefined ? undefined : amended[revision];
  if (revision === undefined || !target)
    return refuse('unknown-reference', `There is no fact "${factName}".`, '/fact');

  const event: AnyEvent = { type: AMENDMENT_EVENT_TYPES[name] ?? '', data };
  const isOfTarget = ({ fact, retractedBy }: AmendedEvent): boolean =>
    !retractedBy &&
    fact.type === event.type &&
    findFactRevision(fact.data['fact'] as string, history) === revision;
  const effective = amended.filter(isOfTarget).map(({ fact }) => fact);
  // A fact has one effective correction, so that an earlier one can be made again; disputes stand side by side.
  const repeatable = event.type === 'FactCorrected' ? effective.slice(-1) : effective;
  // An event id and `<stream>@<revision>` name the same fact.
  const fingerprint = (amendment: AnyEvent): string =>
    fingerprintEvent({ ...amendment, data: { ...amendment.data, fact: revision } }, hashText).digest;
  if (repeatable.some((amendment) => fingerprint(amendment) === fingerprint(event))) return undefined;
  return checkAmendment(aggregate, command, target, history) ?? event;
}

function checkAmendment(
  aggregate: AnyAggregate,
  { name, data }: AnyCommand,
  { fact, retractedBy }: AmendedEvent,
  history: readonly RecordedEvent[],
): Refusal | undefined {
  const factName = data['fact'] as string;
  if (retractedBy) return refuseCorrection(`"${factName}" was retracted, so it can no longer be amended.`);
  if (name === 'retract-fact' && fact.revision === 0 && aggregate.isReferenced)
    return refuseCorrection(
      `"${factName}" is the first fact of its ${aggregate.category}, which others may refer to: correct it instead.`,
    );
  if (name === 'correct-fact' && !hasSameSubject(aggregate, data['with'] as JsonObject, fact, history))
    return refuseCorrection(`The replacement must be about the same subject as "${factName}".`);
  return undefined;
}

/** Whether data can replace those of a fact: they belong to the same stream, and an amendment's to the same fact. */
function hasSameSubject(
  aggregate: AnyAggregate,
  replacement: JsonObject,
  fact: RecordedEvent,
  history: readonly RecordedEvent[],
): boolean {
  if (!isAmendment(fact)) return getStreamName(aggregate, replacement) === fact.stream;
  const revision = findFactRevision(replacement['fact'] as string, history);
  if (revision === undefined || revision !== findFactRevision(fact.data.fact, history)) return false;
  const amendedFact = history[revision];
  if (fact.type !== 'FactCorrected' || !amendedFact) return true;
  return hasSameSubject(aggregate, replacement['with'] as JsonObject, amendedFact, history);
}
