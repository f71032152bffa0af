import type { AnyCommand, AnyEvent } from './message.js';
import type { Refusal } from './refusal.js';

/**
 * Jérémie Chassaing's decider, with one member more. All members are pure and none throws.
 *
 * A command that would only repeat an effective event does not reach `decide` (isRepetition in stream-state.ts), so
 * rules need not check for it. `Related` is the state of other streams that the rules read, loaded by the command handler.
 */
export type Decider<C extends AnyCommand, E extends AnyEvent, S, Related = unknown> = {
  readonly initialState: S;
  readonly decide: (command: C, state: S, related: Related) => readonly E[] | Refusal;
  readonly evolve: (state: S, event: E) => S;
  /**
   * Rules over the whole state instead of one step: checked once, on what a command, a group or a correction leaves.
   * So events that are legal only together can be recorded together.
   */
  readonly invariant?: (state: S, related: Related) => Refusal | undefined;
};
