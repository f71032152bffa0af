// From commands to events, for every noun: what a stream makes of a command, a group or a correction. Pure.
import { Set } from 'immutable';
import {
  type AmendedEvent,
  applyAmendments,
  getEffectiveHistory,
  isAmendment,
  findRevision,
} from './amendments.js';
import type { AnyCommand, AnyEvent, RecordedEvent } from './message.js';
import type { JsonObject } from '../json/json.js';
import { type AnyAggregate, getStreamName, type RelatedState } from './aggregate.js';
import { Refusal, refuse } from './refusal.js';

/** One stream as the next decision sees it. */
export type StreamState = {
  /** Of the last event; -1 before the first. */
  readonly revision: number;
  /** The decider's state. */
  readonly state: unknown;
  /** The words (see `words`) of the facts that stand. */
  readonly recordedFingerprints: Set<string>;
  /** The words of the last of the noun's steps; undefined before the first. */
  readonly latestStepFingerprint: string | undefined;
};

/** What the handler supplies beside the state. */
export type DecisionContext = {
  readonly stream: string;
  readonly relatedState: RelatedState;
  /** Every event of the stream so far, oldest first. Asked for only by amendments, which must look at all of them. */
  readonly readEvents: () => readonly RecordedEvent[];
  /** A short name for a text of any length, equal only for equal texts. */
  readonly digest: (text: string) => string;
  readonly canonical: (value: JsonObject) => string;
  /** The id that the index-th event of this decision will have. */
  readonly getEventId: (index: number) => string;
};

export type Decision = {
  readonly events: readonly AnyEvent[];
  readonly next: StreamState;
};

/** Which of several commands was refused; undefined if it is what they leave together that breaks a rule. */
export class RefusedCommand extends Refusal {
  constructor(
    refusal: Refusal,
    readonly index: number | undefined,
  ) {
    super(refusal.code, refusal.detail, refusal.pointer);
  }
}

const AMENDMENT_EVENT_TYPES: { readonly [command: string]: string } = {
  'correct-fact': 'FactCorrected',
  'retract-fact': 'FactRetracted',
  'dispute-fact': 'FactDisputed',
};
export const isAmendmentCommand = (command: string): boolean => command in AMENDMENT_EVENT_TYPES;

/** The command whose obedience an event of this type is. */
export const findCommandName = (aggregate: AnyAggregate, eventType: string): string =>
  Object.entries(aggregate.commands).find(([, { event }]) => event === eventType)?.[0] ??
  Object.keys(AMENDMENT_EVENT_TYPES).find((name) => AMENDMENT_EVENT_TYPES[name] === eventType) ??
  '';

export const createEmptyStreamState = (aggregate: AnyAggregate): StreamState => ({
  revision: -1,
  state: aggregate.decider.initialState,
  recordedFingerprints: Set(),
  latestStepFingerprint: undefined,
});

const isStep = ({ steps = [] }: AnyAggregate, { type }: AnyEvent): boolean => steps.includes(type);

/** Tells equal facts: the same type with equal data. */
const fingerprint = (
  { type, data }: AnyEvent,
  { digest, canonical }: Pick<DecisionContext, 'digest' | 'canonical'>,
): string => digest(`${type}\n${canonical(data)}`);

/** Folds a whole stream, amendments included. */
export function foldStream(
  aggregate: AnyAggregate,
  events: readonly RecordedEvent[],
  texts: Pick<DecisionContext, 'digest' | 'canonical'>,
): StreamState {
  const effective: readonly AnyEvent[] = events.some(isAmendment) ? getEffectiveHistory(events) : events;
  // As they were decided: a state keeps what its events give it, and must not depend on having been folded anew.
  const facts = effective.map(({ type, data }): AnyEvent => ({ type, data }));
  const step = facts.findLast((fact) => isStep(aggregate, fact));
  return {
    revision: events.length - 1,
    state: facts.reduce(
      (state, fact) => aggregate.decider.evolve(state, fact),
      aggregate.decider.initialState,
    ),
    recordedFingerprints: Set(facts.map((fact) => fingerprint(fact, texts))),
    latestStepFingerprint: step && fingerprint(step, texts),
  };
}

/** Folds what was added to a stream; the whole of it, which is asked for only then, if something was amended. */
export function foldAdded(
  aggregate: AnyAggregate,
  before: StreamState,
  added: readonly RecordedEvent[],
  whole: () => readonly RecordedEvent[],
  texts: Pick<DecisionContext, 'digest' | 'canonical'>,
): StreamState {
  if (added.some(isAmendment)) return foldStream(aggregate, whole(), texts);
  const facts = added.map(({ type, data }): AnyEvent => ({ type, data }));
  return facts.reduce((state, fact) => foldEvent(aggregate, state, fact, texts), before);
}

/** The state after one more fact, which is no amendment. */
function foldEvent(
  aggregate: AnyAggregate,
  before: StreamState,
  fact: AnyEvent,
  texts: Pick<DecisionContext, 'digest' | 'canonical'>,
): StreamState {
  const said = fingerprint(fact, texts);
  return {
    revision: before.revision + 1,
    state: aggregate.decider.evolve(before.state, fact),
    recordedFingerprints: before.recordedFingerprints.add(said),
    latestStepFingerprint: isStep(aggregate, fact) ? said : before.latestStepFingerprint,
  };
}

/**
 * Decides commands that belong to one stream as one: all of their events or a refusal. A command that would only
 * repeat what stands adds nothing. Rules over the whole state are judged once, on what all commands leave.
 */
export function decideCommands(
  aggregate: AnyAggregate,
  commands: readonly AnyCommand[],
  before: StreamState,
  context: DecisionContext,
): Decision | RefusedCommand {
  const { decider } = aggregate;
  const { relatedState } = context;
  const recorded: AnyEvent[] = [];
  let now = before;
  let history: readonly RecordedEvent[] | undefined;

  for (const [index, command] of commands.entries()) {
    if (isAmendmentCommand(command.name)) {
      history ??= [
        ...context.readEvents(),
        ...recorded.map((event, at) => toPendingEvent(event, at, before, context)),
      ];
      const amendment = decideAmendment(aggregate, command, history, context);
      if (amendment instanceof Refusal) return new RefusedCommand(amendment, index);
      if (amendment === undefined) continue;
      history = [...history, toPendingEvent(amendment, recorded.length, before, context)];
      recorded.push(amendment);
      now = foldStream(aggregate, history, context);
      continue;
    }
    const asked = { type: aggregate.commands[command.name]?.event ?? '', data: command.data };
    const repeated = fingerprint(asked, context);
    if (
      isStep(aggregate, asked)
        ? now.latestStepFingerprint === repeated
        : now.recordedFingerprints.has(repeated)
    )
      continue;
    // After an amendment the whole history is replayed below, which judges this command in its place.
    const decision = history ? [asked] : decider.decide(command, now.state, relatedState);
    if (decision instanceof Refusal) return new RefusedCommand(decision, index);
    for (const event of decision) {
      history &&= [...history, toPendingEvent(event, recorded.length, before, context)];
      recorded.push(event);
      now = foldEvent(aggregate, now, event, context);
    }
  }

  if (recorded.length === 0) return { events: [], next: before };
  const refusal =
    (history && replayHistory(aggregate, applyAmendments(history), relatedState)) ??
    decider.invariant?.(now.state, relatedState);
  if (!refusal) return { events: recorded, next: now };
  const onlyCorrections = commands.every(({ name }) => isAmendmentCommand(name));
  return new RefusedCommand(
    onlyCorrections
      ? refuseCorrection(`It would leave a history that is not legal: ${refusal.detail}`)
      : refusal,
    undefined,
  );
}

/** A new event as later amendments of the same group see it. It has no entry yet, and no decision asks for one. */
const toPendingEvent = (
  event: AnyEvent,
  index: number,
  before: StreamState,
  { getEventId, stream }: DecisionContext,
): RecordedEvent => ({
  ...event,
  entry: 0,
  id: getEventId(index),
  stream,
  revision: before.revision + 1 + index,
  recordedAt: '',
  metadata: { actor: '', command: '', correlationId: '', salt: '' },
});

const refuseCorrection = (detail: string): Refusal => refuse('illegal-correction', detail);

/** The event that an amendment records, nothing if it stands already, or why it cannot stand. */
function decideAmendment(
  aggregate: AnyAggregate,
  { name, data }: AnyCommand,
  history: readonly RecordedEvent[],
  context: DecisionContext,
): AnyEvent | Refusal | undefined {
  const named = data['fact'] as string;
  const revision = findRevision(named, history);
  const settled = applyAmendments(history);
  const target = revision === undefined ? undefined : settled[revision];
  if (revision === undefined || !target)
    return refuse('unknown-reference', `The book has no fact "${named}".`, '/fact');

  const event: AnyEvent = { type: AMENDMENT_EVENT_TYPES[name] ?? '', data };
  const normal = (amendment: AnyEvent): string =>
    fingerprint({ ...amendment, data: { ...amendment.data, fact: revision } }, context);
  const speaksOfTarget = ({ fact, retractedBy }: AmendedEvent): boolean =>
    !retractedBy &&
    fact.type === event.type &&
    findRevision(fact.data['fact'] as string, history) === revision;
  const standing = settled.filter(speaksOfTarget).map(({ fact }) => fact);
  const repeatable = event.type === 'FactCorrected' ? standing.slice(-1) : standing;
  if (repeatable.some((amendment) => normal(amendment) === normal(event))) return undefined;

  if (target.retractedBy)
    return refuseCorrection(`"${named}" was retracted, so it can no longer be amended.`);
  if (name === 'retract-fact' && revision === 0 && aggregate.isReferenced)
    return refuseCorrection(
      `"${named}" is the first fact of its ${aggregate.category}, which others may refer to: correct it instead.`,
    );
  if (name === 'correct-fact' && !hasSameSubject(aggregate, data['with'] as JsonObject, target.fact, history))
    return refuseCorrection(
      `The replacement must speak of what "${named}" speaks of, but speaks of something else.`,
    );
  return event;
}

/** Whether these words can replace those of a fact: of the same stream, and an amendment's of the same fact. */
function hasSameSubject(
  aggregate: AnyAggregate,
  replacement: JsonObject,
  fact: RecordedEvent,
  history: readonly RecordedEvent[],
): boolean {
  if (!isAmendment(fact)) return getStreamName(aggregate, replacement) === fact.stream;
  const revision = findRevision(replacement['fact'] as string, history);
  if (revision === undefined || revision !== findRevision(fact.data.fact, history)) return false;
  const amendedFact = history[revision];
  if (fact.type !== 'FactCorrected' || !amendedFact) return true;
  return hasSameSubject(aggregate, replacement['with'] as JsonObject, amendedFact, history);
}

/** Whether each fact, in its words of now, could have been recorded after the ones before it. */
function replayHistory(
  aggregate: AnyAggregate,
  settled: readonly AmendedEvent[],
  views: RelatedState,
): Refusal | undefined {
  let state = aggregate.decider.initialState;
  for (const { fact, retractedBy } of settled) {
    if (retractedBy || isAmendment(fact)) continue;
    const decision = aggregate.decider.decide(
      { name: findCommandName(aggregate, fact.type), data: fact.data },
      state,
      views,
    );
    if (decision instanceof Refusal) return decision;
    state = aggregate.decider.evolve(state, fact);
  }
  return undefined;
}
