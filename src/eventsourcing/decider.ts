import type { AnyCommand, AnyEvent } from './message.js';
import type { Refusal } from './refusal.js';

/**
 * Jérémie Chassaing's decider, with a few members more. All members are pure and none throws.
 *
 * A command that would only repeat an effective event does not reach `decide` (findRepetition in stream-state.ts), so
 * rules need not check for it. `Related` is the state of other streams that the rules read, loaded by the command recorder.
 */
export type Decider<C extends AnyCommand, E extends AnyEvent, S, Related = unknown> = {
  readonly initialState: S;
  readonly decide: (command: C, state: S, related: Related) => readonly E[] | Refusal;
  /** `revision`: of the event in its stream. */
  readonly evolve: (state: S, event: E, revision: number) => S;
  /**
   * Rules over the whole state instead of one step: checked once, on what a command, a group or a correction leaves.
   * So events that are legal only together can be recorded together.
   */
  readonly findViolations?: (state: S) => readonly Violation[];
  /**
   * Whether the effective events that have exactly the data of this one no longer apply, because later ones ended or
   * replaced them: the same data can then be recorded again. Asked only if there is such an event.
   */
  readonly isSuperseded?: (state: S, event: E) => boolean;
  /** How the state divides. Without it every event is taken to set and to read all of it. */
  readonly parts?: StateParts<E, S>;
};

/** A rule over the whole state that is broken, and the event that breaks it. */
export type Violation = { readonly revision: number; readonly refusal: Refusal };

/** Names of parts of a state: those that `evolve` sets for an event, and those that `decide` reads for its command. */
export type StatePartAccess = { readonly sets: readonly string[]; readonly reads: readonly string[] };

/**
 * A division of the state into parts that evolve on their own: what `evolve` makes of a part depends on the event and on
 * that part alone. It lets a correction fold only the events that the corrected one can reach, in a stream of any length;
 * `test/eventsourcing/decide-commands.property.spec.ts` compares each decision with that of a full replay.
 */
export type StateParts<E extends AnyEvent, S> = {
  readonly getAccess: (event: E, revision: number) => StatePartAccess;
  /** A JSON value or undefined; equal values are decided on alike. */
  readonly getPart: (state: S, part: string) => unknown;
  /** The state with the part as it is in another state. */
  readonly copyPart: (state: S, part: string, from: S) => S;
};
