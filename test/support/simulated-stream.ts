// A stream that hears commands one after the other, as the command handler would tell it.
import {
  type Decision,
  emptyStream,
  foldOn,
  foldStream,
  RefusedCommand,
  type StreamState,
} from '../../src/eventsourcing/decide-command.js';
import type { AnyCommand, Recorded } from '../../src/eventsourcing/message.js';
import type { AnyNoun, Views } from '../../src/eventsourcing/aggregate.js';
import { asRecorded, decideOn, illegality, texts } from './decider-specification.js';

export class HearingStream {
  events: readonly Recorded[] = [];
  /** Never folded anew. */
  state: StreamState;

  constructor(
    readonly noun: AnyNoun,
    readonly name: string,
    private readonly views: Views = {},
  ) {
    this.state = emptyStream(noun);
  }

  decide(...commands: AnyCommand[]): Decision | RefusedCommand {
    return decideOn(this.noun, this.name, this.events, commands, this.views, this.state);
  }

  hear(...commands: AnyCommand[]): Decision | RefusedCommand {
    const decision = this.decide(...commands);
    if (decision instanceof RefusedCommand) return decision;
    this.events = [...this.events, ...asRecorded(this.name, decision.events, this.events.length - 1)];
    this.state = decision.next;
    return decision;
  }

  /** What must be true after every step. */
  check(): void {
    expect(this.state).toEqual(
      this.events.length === 0 ? emptyStream(this.noun) : foldStream(this.noun, this.events, texts),
    );
    const half = this.events.slice(0, this.events.length >> 1);
    const known = half.length === 0 ? emptyStream(this.noun) : foldStream(this.noun, half, texts);
    const added = this.events.slice(half.length);
    expect(foldOn(this.noun, known, added, () => this.events, texts)).toEqual(this.state);
    expect(illegality(this.noun, this.events, this.views)).toBeUndefined();
  }
}
