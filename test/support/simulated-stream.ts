// A stream that handles commands one after the other, as the command handler does.
import { type Decision, RefusedCommand } from '../../src/eventsourcing/decide-command.js';
import {
  createEmptyStreamState,
  foldNewEvents,
  foldStream,
  type StreamState,
} from '../../src/eventsourcing/stream-state.js';
import type { AnyCommand, AnyEvent, RecordedEvent } from '../../src/eventsourcing/message.js';
import type { AnyAggregate, RelatedState } from '../../src/eventsourcing/aggregate.js';
import {
  toRecordedEvents,
  decideCommandsAfter,
  keepText,
  listRefusals,
  readStreamEvents,
} from './decider-specification.js';

const getEvents = ({ events }: Decision): readonly AnyEvent[] => events.map(({ event }) => event);

export class SimulatedStream {
  events: readonly RecordedEvent[] = [];
  /** Only ever folded forward, never from the beginning. */
  state: StreamState;

  constructor(
    readonly aggregate: AnyAggregate,
    readonly name: string,
    private readonly relatedState: RelatedState = {},
  ) {
    this.state = createEmptyStreamState(aggregate);
  }

  decide(...commands: AnyCommand[]): Decision | RefusedCommand {
    return decideCommandsAfter(
      this.aggregate,
      this.name,
      this.events,
      commands,
      this.relatedState,
      this.state,
    );
  }

  handle(...commands: AnyCommand[]): Decision | RefusedCommand {
    const decision = this.decide(...commands);
    if (decision instanceof RefusedCommand) return decision;
    this.events = [
      ...this.events,
      ...toRecordedEvents(this.name, getEvents(decision), this.events.length - 1),
    ];
    this.state = decision.next;
    return decision;
  }

  /** Checks the invariants that hold after every step. */
  checkInvariants(): void {
    expect(this.state).toEqual(
      this.events.length === 0
        ? createEmptyStreamState(this.aggregate)
        : foldStream(this.aggregate, this.events, keepText),
    );
    const half = this.events.slice(0, this.events.length >> 1);
    const known =
      half.length === 0 ? createEmptyStreamState(this.aggregate) : foldStream(this.aggregate, half, keepText);
    const added = this.events.slice(half.length);
    expect(foldNewEvents(this.aggregate, known, added, readStreamEvents(this.events), keepText)).toEqual(
      this.state,
    );
    expect(listRefusals(this.aggregate, this.events, this.relatedState)).toEqual([]);
  }
}
