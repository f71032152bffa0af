// given(facts).when(command).then(events): the rules of a noun, written as examples. Nothing here but the theory:
// no ledger, no clock, no framework.
import canonicalize from 'canonicalize';
import {
  type Decision,
  decideTogether,
  emptyStream,
  foldStream,
  RefusedCommand,
  type StreamState,
  type Surroundings,
} from '../../src/eventsourcing/decide-command.js';
import { effectiveHistory, type Fact } from '../../src/eventsourcing/amendments.js';
import type { AnyCommand, AnyEvent, Recorded } from '../../src/eventsourcing/message.js';
import type { AnyNoun, Views } from '../../src/eventsourcing/aggregate.js';

/** Texts as they are: a test that fails shows words, not hashes. */
export const texts: Pick<Surroundings, 'digest' | 'canonical'> = {
  digest: (text) => text,
  canonical: (value) => canonicalize(value) ?? '',
};

/** The id of the revision-th event of a stream: another one for every stream. */
export const eventId = (stream: string, revision: number): string => {
  const name = Array.from(stream).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 0xffffffff, 7);
  return `${name.toString(16).padStart(8, '0')}-0000-4000-8000-${String(revision).padStart(12, '0')}`;
};

/** Events as the ledger would give them back. */
export const asRecorded = (stream: string, events: readonly AnyEvent[], after = -1): Recorded[] =>
  events.map((event, index): Recorded => {
    const revision = after + 1 + index;
    return {
      ...event,
      stream,
      revision,
      entry: revision + 1,
      id: eventId(stream, revision),
      recordedAt: '2026-01-01T00:00:00.000Z',
      metadata: { actor: 'test', command: '', correlationId: '', salt: '' },
    };
  });

/** Decides on a stream of these events, whose state is folded from them unless it is known. */
export function decideOn(
  noun: AnyNoun,
  stream: string,
  events: readonly Recorded[],
  commands: readonly AnyCommand[],
  views: Views = {},
  before: StreamState = events.length === 0 ? emptyStream(noun) : foldStream(noun, events, texts),
): Decision | RefusedCommand {
  return decideTogether(noun, commands, before, {
    stream,
    views,
    events: () => events,
    eventId: (index) => eventId(stream, events.length + index),
    ...texts,
  });
}

/** Why a history is illegal; undefined if each fact could follow the ones before it and all of them stand together. */
export function illegality(noun: AnyNoun, events: readonly Recorded[], views: Views = {}) {
  let state = noun.decider.initialState;
  for (const { type, data } of effectiveHistory(events)) {
    const [name] = Object.entries(noun.commands).find(([, { event }]) => event === type) ?? ['nothing'];
    const decision = noun.decider.decide({ name, data }, state, views);
    if (!Array.isArray(decision)) return decision;
    state = noun.decider.evolve(state, { type, data });
  }
  return noun.decider.judge?.(state, views);
}

const bare = ({ type, data }: Fact): AnyEvent => ({ type, data });

/** Examples on one stream of a noun. `views` is what its rules see of other streams. */
export const specification =
  (noun: AnyNoun, stream: string, views: Views = {}) =>
  (...facts: AnyEvent[]) => {
    const events = asRecorded(stream, facts);
    return {
      /** What the stream says now. */
      stands: (...expected: AnyEvent[]) => expect(effectiveHistory(events).map(bare)).toEqual(expected),
      /** Several commands are a group. */
      when: (...commands: AnyCommand[]) => {
        const decision = decideOn(noun, stream, events, commands, views);
        const recorded = (): readonly AnyEvent[] => {
          if (decision instanceof RefusedCommand) throw new Error(`${decision.code}: ${decision.detail}`);
          return decision.events;
        };
        const after = () => [...events, ...asRecorded(stream, recorded(), events.length - 1)];
        return {
          then: (...expected: AnyEvent[]) => {
            expect(recorded()).toEqual(expected);
            // Whatever is recorded in any example has to keep these two promises.
            expect(illegality(noun, after(), views)).toBeUndefined();
            if (expected.length > 0)
              expect(decision).toMatchObject({ next: foldStream(noun, after(), texts) });
          },
          thenNothing: () => expect(recorded()).toEqual([]),
          thenRefused: (code: string, index?: number) => {
            if (!(decision instanceof RefusedCommand))
              throw new Error(`recorded ${JSON.stringify(decision.events)}`);
            expect(decision.code).toBe(code);
            expect(decision.detail).toMatch(/\w.*\.$/s);
            if (index !== undefined) expect(decision.index).toBe(index);
          },
          /** What the stream says afterwards. */
          thenStands: (...expected: AnyEvent[]) =>
            expect(effectiveHistory(after()).map(bare)).toEqual(expected),
        };
      },
    };
  };
