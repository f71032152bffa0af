// From commands to events, for every noun: what a stream makes of a command, a group or a correction. Pure.
import { Set } from 'immutable';
import { type Amended, amended, effectiveHistory, isAmendment, revisionNamed } from './amendments.js';
import type { AnyCommand, AnyEvent, JsonObject, Recorded } from './message.js';
import { type AnyNoun, streamName, type Views } from './aggregate.js';
import { Refusal, refuse } from './refusal.js';

/** One stream as the next decision sees it. */
export type StreamState = {
  /** Of the last event; -1 before the first. */
  readonly revision: number;
  /** The decider's state. */
  readonly state: unknown;
  /** The words (see `words`) of the facts that stand. */
  readonly standing: Set<string>;
  /** The words of the last of the noun's steps; undefined before the first. */
  readonly latestStep: string | undefined;
};

/** What the handler supplies beside the state. */
export type Surroundings = {
  readonly stream: string;
  readonly views: Views;
  /** Every event of the stream so far, oldest first. Asked for only by amendments, which must look at all of them. */
  readonly events: () => readonly Recorded[];
  /** A short name for a text of any length, equal only for equal texts. */
  readonly digest: (text: string) => string;
  readonly canonical: (value: JsonObject) => string;
  /** The id that the index-th event of this decision will have. */
  readonly eventId: (index: number) => string;
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

const AMENDING: { readonly [command: string]: string } = {
  'correct-fact': 'FactCorrected',
  'retract-fact': 'FactRetracted',
  'dispute-fact': 'FactDisputed',
};
export const isAmending = (command: string): boolean => command in AMENDING;

/** The command whose obedience an event of this type is. */
export const commandFor = (noun: AnyNoun, eventType: string): string =>
  Object.entries(noun.commands).find(([, { event }]) => event === eventType)?.[0] ??
  Object.keys(AMENDING).find((name) => AMENDING[name] === eventType) ??
  '';

export const emptyStream = (noun: AnyNoun): StreamState => ({
  revision: -1,
  state: noun.decider.initialState,
  standing: Set(),
  latestStep: undefined,
});

const isStep = ({ steps = [] }: AnyNoun, { type }: AnyEvent): boolean => steps.includes(type);

/** Tells equal facts: the same type with equal data. */
const words = (
  { type, data }: AnyEvent,
  { digest, canonical }: Pick<Surroundings, 'digest' | 'canonical'>,
): string => digest(`${type}\n${canonical(data)}`);

/** Folds a whole stream, amendments included. */
export function foldStream(
  noun: AnyNoun,
  events: readonly Recorded[],
  texts: Pick<Surroundings, 'digest' | 'canonical'>,
): StreamState {
  const effective: readonly AnyEvent[] = events.some(isAmendment) ? effectiveHistory(events) : events;
  // As they were decided: a state keeps what its events give it, and must not depend on having been folded anew.
  const facts = effective.map(({ type, data }): AnyEvent => ({ type, data }));
  const step = facts.findLast((fact) => isStep(noun, fact));
  return {
    revision: events.length - 1,
    state: facts.reduce((state, fact) => noun.decider.evolve(state, fact), noun.decider.initialState),
    standing: Set(facts.map((fact) => words(fact, texts))),
    latestStep: step && words(step, texts),
  };
}

/** Folds what was added to a stream; the whole of it, which is asked for only then, if something was amended. */
export function foldOn(
  noun: AnyNoun,
  before: StreamState,
  added: readonly Recorded[],
  whole: () => readonly Recorded[],
  texts: Pick<Surroundings, 'digest' | 'canonical'>,
): StreamState {
  if (added.some(isAmendment)) return foldStream(noun, whole(), texts);
  const facts = added.map(({ type, data }): AnyEvent => ({ type, data }));
  return facts.reduce((state, fact) => withFact(noun, state, fact, texts), before);
}

/** The state after one more fact, which is no amendment. */
function withFact(
  noun: AnyNoun,
  before: StreamState,
  fact: AnyEvent,
  texts: Pick<Surroundings, 'digest' | 'canonical'>,
): StreamState {
  const said = words(fact, texts);
  return {
    revision: before.revision + 1,
    state: noun.decider.evolve(before.state, fact),
    standing: before.standing.add(said),
    latestStep: isStep(noun, fact) ? said : before.latestStep,
  };
}

/**
 * Decides commands that belong to one stream as one: all of their events or a refusal. A command that would only
 * repeat what stands adds nothing. Rules over the whole state are judged once, on what all commands leave.
 */
export function decideTogether(
  noun: AnyNoun,
  commands: readonly AnyCommand[],
  before: StreamState,
  surroundings: Surroundings,
): Decision | RefusedCommand {
  const { decider } = noun;
  const { views } = surroundings;
  const recorded: AnyEvent[] = [];
  let now = before;
  let history: readonly Recorded[] | undefined;

  for (const [index, command] of commands.entries()) {
    if (isAmending(command.name)) {
      history ??= [
        ...surroundings.events(),
        ...recorded.map((event, at) => pending(event, at, before, surroundings)),
      ];
      const amendment = amend(noun, command, history, surroundings);
      if (amendment instanceof Refusal) return new RefusedCommand(amendment, index);
      if (amendment === undefined) continue;
      history = [...history, pending(amendment, recorded.length, before, surroundings)];
      recorded.push(amendment);
      now = foldStream(noun, history, surroundings);
      continue;
    }
    const asked = { type: noun.commands[command.name]?.event ?? '', data: command.data };
    const repeated = words(asked, surroundings);
    if (isStep(noun, asked) ? now.latestStep === repeated : now.standing.has(repeated)) continue;
    // After an amendment the whole history is replayed below, which judges this command in its place.
    const decision = history ? [asked] : decider.decide(command, now.state, views);
    if (decision instanceof Refusal) return new RefusedCommand(decision, index);
    for (const event of decision) {
      history &&= [...history, pending(event, recorded.length, before, surroundings)];
      recorded.push(event);
      now = withFact(noun, now, event, surroundings);
    }
  }

  if (recorded.length === 0) return { events: [], next: before };
  const refusal = (history && replay(noun, amended(history), views)) ?? decider.judge?.(now.state, views);
  if (!refusal) return { events: recorded, next: now };
  const onlyCorrections = commands.every(({ name }) => isAmending(name));
  return new RefusedCommand(
    onlyCorrections ? illegal(`It would leave a history that is not legal: ${refusal.detail}`) : refusal,
    undefined,
  );
}

/** A new event as later amendments of the same group see it. It has no entry yet, and no decision asks for one. */
const pending = (
  event: AnyEvent,
  index: number,
  before: StreamState,
  { eventId, stream }: Surroundings,
): Recorded => ({
  ...event,
  entry: 0,
  id: eventId(index),
  stream,
  revision: before.revision + 1 + index,
  recordedAt: '',
  metadata: { actor: '', command: '', correlationId: '', salt: '' },
});

const illegal = (detail: string): Refusal => refuse('illegal-correction', detail);

/** The event that an amendment records, nothing if it stands already, or why it cannot stand. */
function amend(
  noun: AnyNoun,
  { name, data }: AnyCommand,
  history: readonly Recorded[],
  surroundings: Surroundings,
): AnyEvent | Refusal | undefined {
  const named = data['fact'] as string;
  const revision = revisionNamed(named, history);
  const settled = amended(history);
  const target = revision === undefined ? undefined : settled[revision];
  if (revision === undefined || !target)
    return refuse('unknown-reference', `The book has no fact "${named}".`, '/fact');

  const event: AnyEvent = { type: AMENDING[name] ?? '', data };
  const normal = (amendment: AnyEvent): string =>
    words({ ...amendment, data: { ...amendment.data, fact: revision } }, surroundings);
  const speaksOfTarget = ({ fact, retractedBy }: Amended): boolean =>
    !retractedBy &&
    fact.type === event.type &&
    revisionNamed(fact.data['fact'] as string, history) === revision;
  const standing = settled.filter(speaksOfTarget).map(({ fact }) => fact);
  const repeatable = event.type === 'FactCorrected' ? standing.slice(-1) : standing;
  if (repeatable.some((amendment) => normal(amendment) === normal(event))) return undefined;

  if (target.retractedBy) return illegal(`"${named}" was retracted, so it can no longer be amended.`);
  if (name === 'retract-fact' && revision === 0 && noun.isReferredTo)
    return illegal(
      `"${named}" is the first fact of its ${noun.kind}, which others may refer to: correct it instead.`,
    );
  if (name === 'correct-fact' && !speaksOfTheSame(noun, data['with'] as JsonObject, target.fact, history))
    return illegal(`The replacement must speak of what "${named}" speaks of, but speaks of something else.`);
  return event;
}

/** Whether these words can replace those of a fact: of the same stream, and an amendment's of the same fact. */
function speaksOfTheSame(
  noun: AnyNoun,
  replacement: JsonObject,
  fact: Recorded,
  history: readonly Recorded[],
): boolean {
  if (!isAmendment(fact)) return streamName(noun, replacement) === fact.stream;
  const revision = revisionNamed(replacement['fact'] as string, history);
  if (revision === undefined || revision !== revisionNamed(fact.data.fact, history)) return false;
  const amendedFact = history[revision];
  if (fact.type !== 'FactCorrected' || !amendedFact) return true;
  return speaksOfTheSame(noun, replacement['with'] as JsonObject, amendedFact, history);
}

/** Whether each fact, in its words of now, could have been recorded after the ones before it. */
function replay(noun: AnyNoun, settled: readonly Amended[], views: Views): Refusal | undefined {
  let state = noun.decider.initialState;
  for (const { fact, retractedBy } of settled) {
    if (retractedBy || isAmendment(fact)) continue;
    const decision = noun.decider.decide(
      { name: commandFor(noun, fact.type), data: fact.data },
      state,
      views,
    );
    if (decision instanceof Refusal) return decision;
    state = noun.decider.evolve(state, fact);
  }
  return undefined;
}
