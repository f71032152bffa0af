// From the commands of one stream to the events that they record, for every aggregate. Pure.
import type { AnyAggregate, RelatedState } from './aggregate.js';
import { applyAmendments, isAmendment } from './amendments.js';
import {
  decideAmendment,
  findCommandName,
  isAmendmentCommand,
  refuseCorrection,
} from './decide-amendment.js';
import type { AnyCommand, AnyEvent, RecordedEvent } from './message.js';
import { Refusal } from './refusal.js';
import {
  type HashText,
  fingerprintEvent,
  type FingerprintedEvent,
  foldEvent,
  foldStream,
  isRepetition,
  type StreamState,
} from './stream-state.js';

/** What the command handler supplies beside the state. */
type DecisionContext = {
  readonly stream: string;
  readonly relatedState: RelatedState;
  /** Every event of the stream, oldest first. Called only for amendments, which need all of them. */
  readonly readEvents: () => readonly RecordedEvent[];
  readonly hashText: HashText;
  /** The id that the index-th event of this decision will have. */
  readonly getEventId: (index: number) => string;
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
 * stream already says adds nothing. Invariants over the whole state are checked once, on what all commands leave.
 */
export function decideCommands(
  aggregate: AnyAggregate,
  commands: readonly AnyCommand[],
  before: StreamState,
  context: DecisionContext,
): Decision | RefusedCommand {
  const draft = new DecisionDraft(aggregate, before, context);
  for (const [index, command] of commands.entries()) {
    const refusal = isAmendmentCommand(command.name)
      ? draft.addAmendment(command)
      : draft.addCommand(command);
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
class DecisionDraft {
  readonly events: DecidedEvent[] = [];
  state: StreamState;
  /** The whole stream with the events decided so far; undefined until there is an amendment. */
  #history: RecordedEvent[] | undefined;

  constructor(
    private readonly aggregate: AnyAggregate,
    private readonly before: StreamState,
    private readonly context: DecisionContext,
  ) {
    this.state = before;
  }

  addCommand({ name, data }: AnyCommand): Refusal | undefined {
    const { aggregate, context } = this;
    const expected = fingerprintEvent(
      { type: aggregate.commands[name]?.event ?? '', data },
      context.hashText,
    );
    if (isRepetition(aggregate, this.state, expected)) return undefined;
    // After an amendment the whole history is replayed at the end, which decides this command again in its order.
    const decision = this.#history
      ? [expected.event]
      : aggregate.decider.decide({ name, data }, this.state.state, context.relatedState);
    if (decision instanceof Refusal) return decision;
    for (const event of decision) {
      const isExpected = event.type === expected.event.type && event.data === data;
      const fingerprinted = isExpected ? expected : fingerprintEvent(event, context.hashText);
      this.#add({ ...fingerprinted, command: name });
      this.state = foldEvent(aggregate, this.state, fingerprinted);
    }
    return undefined;
  }

  addAmendment(command: AnyCommand): Refusal | undefined {
    const { aggregate, context } = this;
    this.#history ??= [
      ...context.readEvents(),
      ...this.events.map(({ event }, index) => this.#toPendingEvent(event, index)),
    ];
    const amendment = decideAmendment(aggregate, command, this.#history, context.hashText);
    if (amendment instanceof Refusal) return amendment;
    if (amendment === undefined) return undefined;
    this.#add({ ...fingerprintEvent(amendment, context.hashText), command: command.name });
    this.state = foldStream(aggregate, this.#history, context.hashText);
    return undefined;
  }

  /** Why the events must not be recorded together. */
  checkOutcome(): Refusal | undefined {
    if (this.events.length === 0) return undefined;
    const { aggregate, context } = this;
    return (
      (this.#history && checkHistory(aggregate, this.#history, context.relatedState)) ??
      aggregate.decider.invariant?.(this.state.state, context.relatedState)
    );
  }

  #add(decided: DecidedEvent): void {
    this.#history?.push(this.#toPendingEvent(decided.event, this.events.length));
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

/** Whether each effective event, in its corrected form, could have been recorded after the ones before it. */
function checkHistory(
  aggregate: AnyAggregate,
  history: readonly RecordedEvent[],
  relatedState: RelatedState,
): Refusal | undefined {
  let state = aggregate.decider.initialState;
  for (const { fact, retractedBy } of applyAmendments(history)) {
    if (retractedBy || isAmendment(fact)) continue;
    const name = findCommandName(aggregate, fact.type) ?? '';
    const decision = aggregate.decider.decide({ name, data: fact.data }, state, relatedState);
    if (decision instanceof Refusal) return decision;
    state = aggregate.decider.evolve(state, fact);
  }
  return undefined;
}
