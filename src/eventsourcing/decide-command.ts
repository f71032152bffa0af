// From the commands of one stream to the events that they record, for every aggregate. Pure.
import type { AnyAggregate, RelatedState } from './aggregate.js';
import { AmendedEvents, type StreamEvents } from './amended-events.js';
import { AmendmentCheck } from './check-amendments.js';
import {
  type ChangedData,
  decideAmendment,
  isAmendmentCommand,
  refuseCorrection,
} from './decide-amendment.js';
import type { Violation } from './decider.js';
import { giveInnerId } from './inner-ids.js';
import type { AnyCommand, AnyEvent, RecordedEvent } from './message.js';
import { InvalidCommand, Refusal } from './refusal.js';
import { getAmendedRootRevision } from './stream-index.js';
import {
  type HashText,
  findRepetition,
  fingerprintEvent,
  type FingerprintedEvent,
  foldAmendment,
  foldEvent,
  type StreamState,
} from './stream-state.js';

/** What the command recorder supplies beside the state. */
type DecisionContext = {
  readonly stream: string;
  readonly relatedState: RelatedState;
  /** The events of the stream, which only amendments need. */
  readonly events: StreamEvents;
  readonly hashText: HashText;
  /** The id that the index-th event of this decision will have. */
  readonly getEventId: (index: number) => string;
  /** Why the data that a change makes of a fact must not be recorded. `index`: which of the commands has the change. */
  readonly checkChange: (changed: ChangedData, index: number) => InvalidCommand | Refusal | undefined;
};

/** An event to be recorded, with the name of its command. */
type DecidedEvent = FingerprintedEvent & { readonly command: string };

export type Decision = {
  readonly events: readonly DecidedEvent[];
  readonly next: StreamState;
};

/** `index`: which of several commands was refused; undefined if the final state violates a rule. */
export class RefusedCommand extends Refusal {
  constructor(
    refusal: Refusal,
    readonly index: number | undefined,
  ) {
    super(refusal.code, refusal.detail, refusal.pointer);
  }
}

/**
 * Decides commands of one stream together: all of their events or a refusal. A command that would only repeat what the
 * stream already says adds nothing. Rules over the whole state are checked once, on what all commands leave; what they
 * found broken before is no reason to refuse.
 */
export function decideCommands(
  aggregate: AnyAggregate,
  commands: readonly AnyCommand[],
  before: StreamState,
  context: DecisionContext,
): Decision | RefusedCommand | InvalidCommand {
  const draft = new DecisionDraft(aggregate, before, context);
  for (const [index, command] of commands.entries()) {
    const refusal = isAmendmentCommand(command.name)
      ? draft.addAmendment(command, index)
      : draft.addCommand(command);
    if (refusal instanceof InvalidCommand) return refusal;
    if (refusal) return new RefusedCommand(refusal, index);
  }
  const refusal = draft.checkOutcome();
  if (!refusal) return { events: draft.events, next: draft.state };
  const hasOnlyAmendments = commands.every(({ name }) => isAmendmentCommand(name));
  return new RefusedCommand(
    hasOnlyAmendments ? refuseCorrection(`It would leave an illegal history: ${refusal.detail}`) : refusal,
    undefined,
  );
}

/** The events decided so far, and the state after them. */
class DecisionDraft implements StreamEvents {
  readonly events: DecidedEvent[] = [];
  state: StreamState;
  /** Once there is an amendment: the revisions whose effective form is another one than before, or new. */
  #changed: Set<number> | undefined;

  constructor(
    private readonly aggregate: AnyAggregate,
    private readonly before: StreamState,
    private readonly context: DecisionContext,
  ) {
    this.state = before;
  }

  get(revision: number): RecordedEvent | undefined {
    const index = revision - this.before.revision - 1;
    const decided = this.events[index];
    return decided ? this.#toPendingEvent(decided.event, index) : this.context.events.get(revision);
  }

  findRevision(name: string): number | undefined {
    const first = this.before.revision + 1;
    const index = this.events.findIndex(
      (_, offset) =>
        name.toLowerCase() === this.context.getEventId(offset) ||
        name === `${this.context.stream}@${first + offset}`,
    );
    return index === -1 ? this.context.events.findRevision(name) : first + index;
  }

  addCommand({ name, data: sent }: AnyCommand): Refusal | undefined {
    const { aggregate, context } = this;
    const eventType = aggregate.commands[name]?.event ?? '';
    const data = giveInnerId(aggregate, eventType, sent, this.state.index);
    if (data instanceof Refusal) return data;
    const refusedId = this.state.revision < 0 ? aggregate.refuseNewId?.(aggregate.id(data)) : undefined;
    if (refusedId) return refusedId;
    const expected = fingerprintEvent({ type: eventType, data }, context.hashText);
    const repetition = findRepetition(aggregate, this.state, expected);
    if (repetition === 'same') return undefined;
    // After an amendment the history is checked at the end, which decides this command again in its order.
    const decision = this.#changed
      ? [expected.event]
      : aggregate.decider.decide({ name, data }, this.state.state, context.relatedState);
    if (repetition === 'superseded' && this.#isRefused(decision)) return undefined;
    if (decision instanceof Refusal) return decision;
    for (const event of decision) {
      const isExpected = event.type === expected.event.type && event.data === data;
      const fingerprinted = isExpected ? expected : fingerprintEvent(event, context.hashText);
      this.#add({ ...fingerprinted, command: name });
      this.state = foldEvent(aggregate, this.state, fingerprinted);
    }
    return undefined;
  }

  addAmendment(command: AnyCommand, index: number): Refusal | InvalidCommand | undefined {
    const { aggregate, context, state } = this;
    const amended = new AmendedEvents(state.index, this, state.revision);
    const amendment = decideAmendment(aggregate, command, {
      amended,
      events: this,
      hashText: context.hashText,
      checkChange: (changed) => context.checkChange(changed, index),
    });
    if (amendment instanceof Refusal || amendment instanceof InvalidCommand) return amendment;
    if (amendment === undefined) return undefined;
    this.#changed ??= new Set(this.events.map((_, index) => this.before.revision + 1 + index));
    this.#add({ ...fingerprintEvent(amendment, context.hashText), command: command.name });
    const recorded = this.get(state.revision + 1);
    if (recorded) this.state = foldAmendment(aggregate, state, recorded, this, context.hashText);
    this.#changed.add(getAmendedRootRevision(this.state.index, this.state.revision));
    return undefined;
  }

  /** Why the events must not be recorded together. */
  checkOutcome(): Refusal | undefined {
    if (this.events.length === 0) return undefined;
    return this.#checkHistory() ?? this.#findNewViolation(this.state.state);
  }

  /** Whether each effective event that the amendments reach could have been recorded after the ones before it. */
  #checkHistory(): Refusal | undefined {
    if (!this.#changed) return undefined;
    const { before, state } = this;
    const history = {
      before: new AmendedEvents(state.index, this, before.revision),
      after: new AmendedEvents(state.index, this, state.revision),
      index: state.index,
      revision: state.revision,
    };
    return new AmendmentCheck(this.aggregate, history, this.context.relatedState).findNewRefusal(
      this.#changed,
    );
  }

  /** The first rule over the whole state that the state before did not break. */
  #findNewViolation(state: unknown): Refusal | undefined {
    const { decider } = this.aggregate;
    const violations = decider.findViolations?.(state) ?? [];
    if (violations.length === 0) return undefined;
    const known = new Set(decider.findViolations?.(this.before.state).map(toViolationKey));
    return violations.find((violation) => !known.has(toViolationKey(violation)))?.refusal;
  }

  #isRefused(decision: readonly AnyEvent[] | Refusal): boolean {
    if (decision instanceof Refusal) return true;
    const { evolve } = this.aggregate.decider;
    const { revision, state } = this.state;
    const left = decision.reduce(
      (before, event, index) => evolve(before, event, revision + 1 + index),
      state,
    );
    return this.#findNewViolation(left) !== undefined;
  }

  #add(decided: DecidedEvent): void {
    this.#changed?.add(this.before.revision + 1 + this.events.length);
    this.events.push(decided);
  }

  /** An event of this decision as later amendments of the same group see it; no decision reads its entry or metadata. */
  #toPendingEvent(event: AnyEvent, index: number): RecordedEvent {
    return {
      ...event,
      entry: 0,
      id: this.context.getEventId(index),
      stream: this.context.stream,
      revision: this.before.revision + 1 + index,
      recordedAt: '',
      metadata: { actor: '', command: '', correlationId: '', salt: '' },
    };
  }
}

const toViolationKey = ({ revision, refusal }: Violation): string => `${revision} ${refusal.code}`;
