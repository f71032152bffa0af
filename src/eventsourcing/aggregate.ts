import type { Decider } from './decider.js';
import type { AnyCommand, AnyEvent } from './message.js';
import type { JsonObject } from '../json/json.js';
import type { ProblemExplanation, Refusal } from './refusal.js';

/** A class whose class-validator decorators say what a command's fields must be. */
export type RequestClass<Data = object> = new () => Data;

/**
 * One command, declared once: its route, JSON Schema and OpenAPI entry follow. It records one event of this type whose
 * data are the command's fields, so that an event can be turned back into the command that recorded it.
 */
export type CommandDeclaration<EventType extends string = string, Data = JsonObject> = {
  readonly request: RequestClass;
  readonly event: EventType;
  /** One sentence for the documentation. */
  readonly about: string;
  /** Data with every field of the command, which the book of examples/csto accepts. */
  readonly example: Data;
  /** The command whose example must be recorded before, if the book of examples/csto alone refuses this one. */
  readonly exampleFollows?: string;
};

/**
 * The field of an event with the id of what it adds, and what a given id begins with; a number follows. Without a prefix no
 * id is given: clients choose it.
 */
export type InnerId = { readonly field: string; readonly prefix?: string };

/** All commands, events and rules of one category of streams. */
type AggregateDeclaration<C extends AnyCommand, E extends AnyEvent, S, Views = unknown> = {
  /** The first part of the stream's name: `<category>-<id>`. */
  readonly category: string;
  /** The second part, from the fields of any of the commands. */
  readonly id: (data: C['data']) => string;
  /** Why no new stream may have this id. Streams of earlier releases may. */
  readonly refuseNewId?: (id: string) => Refusal | undefined;
  readonly commands: {
    readonly [Name in C['name']]: CommandDeclaration<E['type'], Extract<C, { readonly name: Name }>['data']>;
  };
  readonly decider: Decider<C, E, S, Views>;
  /**
   * Events that move something back and forth, so that the same data may be recorded again, form a track: only an event
   * like the latest of its track is a repetition. An event without a track is a repetition of each effective event with
   * the same data, unless those are superseded (Decider.isSuperseded).
   */
  readonly getRepetitionTrack?: (event: E) => string | undefined;
  /**
   * By event type: the id of what it adds inside the stream. No correction changes it.
   */
  readonly innerIds?: { readonly [Type in E['type']]?: InnerId };
  /** Categories whose streams' states the decider reads, by id: `related.<category>(id)`. */
  readonly reads?: readonly Exclude<keyof Views & string, 'findStreams'>[];
  /** Fields by whose value its streams can be found (`related.findStreams`), with the event that has the field. */
  readonly indexedFields?: { readonly [field: string]: E['type'] };
  /** The rules of this aggregate: each code that its decider can refuse with. */
  readonly refusals: { readonly [code: string]: ProblemExplanation };
  /** Whether others refer to such a stream by its id, so that its first event can be corrected but not retracted. */
  readonly isReferenced: boolean;
};

/** An aggregate among others: code that handles all of them need not know their types. */
export type AnyAggregate = AggregateDeclaration<AnyCommand, AnyEvent, unknown, RelatedState>;
/**
 * The state of other streams that rules read. `<category>(id)`: the state of a stream of a category in `reads`,
 * undefined if there is none. `findStreams(category, field, value)`: the ids of the streams of a category that may have
 * this value in one of its `indexedFields`; a correction may have changed it, which only their state shows.
 */
export type RelatedState = { readonly [reader: string]: (...args: string[]) => unknown };

/** Checks a declaration against its own types and returns it as an aggregate among others. */
export const defineAggregate = <C extends AnyCommand, E extends AnyEvent, S, V = unknown>(
  declaration: AggregateDeclaration<C, E, S, V>,
): AnyAggregate => declaration as unknown as AnyAggregate;

export const getStreamName = (aggregate: AnyAggregate, data: JsonObject): string =>
  `${aggregate.category}-${aggregate.id(data)}`;
