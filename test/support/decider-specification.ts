// given(facts).when(command).then(events): the rules of an aggregate as examples. Pure: no ledger, no clock, no
// framework.
import { type Decision, decideCommands, RefusedCommand } from '../../src/eventsourcing/decide-command.js';
import {
  createEmptyStreamState,
  type HashText,
  foldStream,
  type StreamState,
} from '../../src/eventsourcing/stream-state.js';
import {
  createFactReferenceResolver,
  getEffectiveHistory,
  type Fact,
} from '../../src/eventsourcing/amendments.js';
import type { StreamEvents } from '../../src/eventsourcing/amended-events.js';
import type { AnyCommand, AnyEvent, RecordedEvent } from '../../src/eventsourcing/message.js';
import { Refusal } from '../../src/eventsourcing/refusal.js';
import type { AnyAggregate, RelatedState } from '../../src/eventsourcing/aggregate.js';

/** Texts unchanged instead of hashed, so that a failing test shows data. */
export const keepText: HashText = (text) => text;

/** The id of the revision-th event of a stream, different for every stream. */
export const createEventId = (stream: string, revision: number): string => {
  const name = Array.from(stream).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 0xffffffff, 7);
  return `${name.toString(16).padStart(8, '0')}-0000-4000-8000-${String(revision).padStart(12, '0')}`;
};

/** Events as the ledger returns them. */
export const toRecordedEvents = (stream: string, events: readonly AnyEvent[], after = -1): RecordedEvent[] =>
  events.map((event, index): RecordedEvent => {
    const revision = after + 1 + index;
    return {
      ...event,
      stream,
      revision,
      entry: revision + 1,
      id: createEventId(stream, revision),
      recordedAt: '2026-01-01T00:00:00.000Z',
      metadata: { actor: 'test', command: '', correlationId: '', salt: '' },
    };
  });

/** These events, read one at a time. */
export const readStreamEvents = (events: readonly RecordedEvent[]): StreamEvents => ({
  get: (revision) => events[revision],
  findRevision: createFactReferenceResolver(events),
});

/** Decides on a stream of these events; the state is folded from them unless it is given. */
export function decideCommandsAfter(
  aggregate: AnyAggregate,
  stream: string,
  events: readonly RecordedEvent[],
  commands: readonly AnyCommand[],
  relatedState: RelatedState = {},
  before: StreamState = events.length === 0
    ? createEmptyStreamState(aggregate)
    : foldStream(aggregate, events, keepText),
): Decision | RefusedCommand {
  const decision = decideCommands(aggregate, commands, before, {
    stream,
    relatedState,
    events: readStreamEvents(events),
    getEventId: (index) => createEventId(stream, events.length + index),
    hashText: keepText,
    checkChange: () => undefined,
  });
  // What a change leaves is validated by the commands' own tests.
  return decision as Decision | RefusedCommand;
}

/** Every refusal of a full replay, as `<revision> <code>`: of each fact after the ones before it, and of all together. */
export function listRefusals(
  aggregate: AnyAggregate,
  events: readonly RecordedEvent[],
  views: RelatedState = {},
): readonly string[] {
  const refusals: string[] = [];
  let state = aggregate.decider.initialState;
  for (const { type, data, revision } of getEffectiveHistory(events)) {
    const [name] = Object.entries(aggregate.commands).find(([, { event }]) => event === type) ?? ['nothing'];
    const decision = aggregate.decider.decide({ name, data }, state, views);
    if (decision instanceof Refusal) refusals.push(`${revision} ${decision.code}`);
    state = aggregate.decider.evolve(state, { type, data }, revision);
  }
  const violations = aggregate.decider.findViolations?.(state) ?? [];
  return [...refusals, ...violations.map(({ revision, refusal }) => `${revision} ${refusal.code}`)];
}

const pickTypeAndData = ({ type, data }: Fact): AnyEvent => ({ type, data });

/** Examples on one stream of an aggregate. `relatedState` is what its rules read of other streams. */
export const createSpecification =
  (aggregate: AnyAggregate, stream: string, views: RelatedState = {}) =>
  (...facts: AnyEvent[]) => {
    const events = toRecordedEvents(stream, facts);
    return {
      /** The effective history of the stream. */
      stands: (...expected: AnyEvent[]) =>
        expect(getEffectiveHistory(events).map(pickTypeAndData)).toEqual(expected),
      /** Several commands are a group. */
      when: (...commands: AnyCommand[]) => {
        const decision = decideCommandsAfter(aggregate, stream, events, commands, views);
        const recorded = (): readonly AnyEvent[] => {
          if (decision instanceof RefusedCommand) throw new Error(`${decision.code}: ${decision.detail}`);
          return decision.events.map(({ event }) => event);
        };
        const after = () => [...events, ...toRecordedEvents(stream, recorded(), events.length - 1)];
        return {
          then: (...expected: AnyEvent[]) => {
            expect(recorded()).toEqual(expected);
            // Whatever is recorded in any example has to keep these two promises.
            const known = listRefusals(aggregate, events, views);
            expect(listRefusals(aggregate, after(), views).filter((one) => !known.includes(one))).toEqual([]);
            if (expected.length > 0)
              expect((decision as Decision).next).toEqual(foldStream(aggregate, after(), keepText));
          },
          thenNothing: () => expect(recorded()).toEqual([]),
          thenRefused: (code: string, index?: number) => {
            if (!(decision instanceof RefusedCommand))
              throw new Error(`recorded ${JSON.stringify(decision.events)}`);
            expect(decision.code).toBe(code);
            expect(decision.detail).toMatch(/\w.*\.$/s);
            if (index !== undefined) expect(decision.index).toBe(index);
          },
          /** The effective history after the commands. */
          thenStands: (...expected: AnyEvent[]) =>
            expect(getEffectiveHistory(after()).map(pickTypeAndData)).toEqual(expected),
        };
      },
    };
  };
