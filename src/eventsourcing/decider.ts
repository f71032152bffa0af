import type { AnyCommand, AnyEvent } from './message.js';
import type { Refusal } from './refusal.js';

/**
 * Jérémie Chassaing's decider, with one member more. All members are pure and none throws.
 *
 * Whether a command would only repeat a standing fact is settled before `decide` (see history.ts), so rules
 * need not ask. `Views` is what the rules may see of other streams, loaded by the command handler.
 */
export type Decider<C extends AnyCommand, E extends AnyEvent, S, Views = unknown> = {
  readonly initialState: S;
  readonly decide: (command: C, state: S, views: Views) => readonly E[] | Refusal;
  readonly evolve: (state: S, event: E) => S;
  /**
   * Rules over the whole state rather than one step: judged once, on what a command, a group or a correction
   * leaves behind. This is how facts that are legal only together can be recorded together.
   */
  readonly invariant?: (state: S, views: Views) => Refusal | undefined;
};
