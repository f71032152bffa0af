import type { Decider } from './decider.js';
import type { AnyCommand, AnyEvent } from './message.js';
import type { JsonObject } from '../json/json.js';
import type { ProblemExplanation } from './refusal.js';

/** A class whose class-validator decorators say what a command's fields must be. */
export type RequestClass<Data = object> = new () => Data;

/**
 * One command, declared once: its route, JSON Schema and OpenAPI entry follow. Obeying it records one event of
 * this type whose data are the command's fields, so a fact can be turned back into the command that asked for it.
 */
export type CommandDeclaration<EventType extends string = string> = {
  readonly request: RequestClass;
  readonly event: EventType;
  /** One sentence for the documentation. */
  readonly about: string;
};

/** Everything that the book can hear and say of one kind of stream. */
export type AggregateDeclaration<C extends AnyCommand, E extends AnyEvent, S, Views = unknown> = {
  /** The first part of the stream's name: `<kind>-<id>`. */
  readonly category: string;
  /** The second part, from the fields of any of the commands. */
  readonly id: (data: C['data']) => string;
  readonly commands: { readonly [Name in C['name']]: CommandDeclaration<E['type']> };
  readonly decider: Decider<C, E, S, Views>;
  /**
   * Events that move a state back and forth, so that the same words can be said again and mean something: only
   * the latest of them is not repeated. Of all others nothing is recorded that stands with these words.
   */
  readonly steps?: readonly E['type'][];
  /** Kinds whose streams' states the decider may see, by id: `views.<kind>(id)`. */
  readonly reads?: readonly Exclude<keyof Views & string, 'findStreams'>[];
  /** Fields by whose value its streams can be looked up (`views.referring`), with the event that says them. */
  readonly indexedFields?: { readonly [field: string]: E['type'] };
  /** The rules of this noun: each code that its decider can refuse with. */
  readonly refusals: { readonly [code: string]: ProblemExplanation };
  /** Others refer to such a stream by its id, so its first fact can be corrected but not retracted. */
  readonly isReferenced: boolean;
};

/** A noun among others: what handles all of them need not know their types. */
export type AnyAggregate = AggregateDeclaration<AnyCommand, AnyEvent, unknown, RelatedState>;
/**
 * What rules may see of other streams. `views.<kind>(id)`: the state of a stream of a kind that the noun `sees`,
 * undefined if there is none. `views.referring(kind, field, value)`: the ids of the streams of a kind that may have
 * this value in a field of its `lookups`; whether they still have it, their state tells.
 */
export type RelatedState = { readonly [view: string]: (...words: string[]) => unknown };

/** Checks a noun's declaration against its own types and hands it on as one among others. */
export const defineAggregate = <C extends AnyCommand, E extends AnyEvent, S, V = unknown>(
  declaration: AggregateDeclaration<C, E, S, V>,
): AnyAggregate => declaration as unknown as AnyAggregate;

export const getStreamName = (aggregate: AnyAggregate, data: JsonObject): string =>
  `${aggregate.category}-${aggregate.id(data)}`;
