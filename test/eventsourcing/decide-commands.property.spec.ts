// Invariants that hold for every sequence of commands, whether or not it makes sense.
import * as fc from 'fast-check';
import { isWhollyBefore, parseBounds } from '../../src/dates/edtf.js';
import { meeting } from '../../src/domain/meeting/aggregate.js';
import { membership } from '../../src/domain/membership/aggregate.js';
import { observership } from '../../src/domain/observership/observership-commands.js';
import { organization } from '../../src/domain/organization/organization-commands.js';
import { person } from '../../src/domain/person/person-commands.js';
import { source } from '../../src/domain/source/source-commands.js';
import { getEffectiveHistory } from '../../src/eventsourcing/amendments.js';
import { isAmendmentCommand } from '../../src/eventsourcing/decide-amendment.js';
import { type Decision, RefusedCommand } from '../../src/eventsourcing/decide-command.js';
import type { AnyCommand } from '../../src/eventsourcing/message.js';
import type { AnyAggregate, RelatedState } from '../../src/eventsourcing/aggregate.js';
import { canonicalJson } from '../../src/json/canonical-json.js';
import { SimulatedStream } from '../support/simulated-stream.js';
import {
  meetingCommand,
  membershipCommand,
  observershipCommand,
  organizationCommand,
  personCommand,
  sourceCommand,
  type CommandFactory,
  MEETING,
  OBSERVERSHIP,
  PERSON,
  addAmendments,
} from '../support/arbitrary-commands.js';
import { admit, STREAM as MEMBERSHIP } from '../support/membership-fixtures.js';
import {
  createRelatedOrganizations,
  register,
  STREAM as ORGANIZATION,
} from '../support/organization-fixtures.js';
import { register as registerSource, STREAM as SOURCE } from '../support/source-fixtures.js';
import { getSpecimen } from '../support/command-specimens.js';
import { decideCommandsAfter, listRefusals, toRecordedEvents } from '../support/decider-specification.js';

type Case = {
  readonly aggregate: AnyAggregate;
  readonly stream: string;
  /** The command that starts most histories; without it nearly all other commands are refused. */
  readonly opening: AnyCommand;
  readonly facts: fc.Arbitrary<AnyCommand>;
  readonly relatedState: RelatedState;
};
const cases: readonly Case[] = [
  { aggregate: source, stream: SOURCE, opening: registerSource(), facts: sourceCommand, relatedState: {} },
  {
    aggregate: organization,
    stream: ORGANIZATION,
    opening: register(),
    facts: organizationCommand,
    relatedState: createRelatedOrganizations({ a: 'csto', b: 'a' }),
  },
  {
    aggregate: person,
    stream: `person-${PERSON.person}`,
    opening: { name: 'register-person', data: getSpecimen('register-person') },
    facts: personCommand,
    relatedState: {},
  },
  {
    aggregate: observership,
    stream: `observership-${OBSERVERSHIP.organization}:${OBSERVERSHIP.observer}`,
    opening: {
      name: 'grant-observer-status',
      data: { ...getSpecimen('grant-observer-status'), ...OBSERVERSHIP },
    },
    facts: observershipCommand,
    relatedState: {},
  },
  {
    aggregate: meeting,
    stream: `meeting-${MEETING.meeting}`,
    opening: { name: 'schedule-meeting', data: getSpecimen('schedule-meeting') },
    facts: meetingCommand,
    relatedState: { meeting: () => undefined, findStreams: () => [] },
  },
  {
    aggregate: membership,
    stream: MEMBERSHIP,
    opening: admit('1992'),
    facts: membershipCommand,
    relatedState: {},
  },
];

/** A decision as a client can observe it. */
const summarizeDecision = (decision: Decision | RefusedCommand) =>
  decision instanceof RefusedCommand
    ? { refused: decision.code, index: decision.index }
    : { recorded: decision.events };
const isAccepted = (decision: Decision | RefusedCommand): decision is Decision =>
  !(decision instanceof RefusedCommand);

/** Whether another fact of the stream may lie on the same days, so that it may have ended what this one began. */
function mayHaveEnded({ aggregate, events }: SimulatedStream, { name, data }: AnyCommand): boolean {
  const { effective } = data;
  const type = aggregate.commands[name]?.event;
  if (typeof effective !== 'string') return false;
  const bounds = parseBounds(effective);
  return getEffectiveHistory(events).some(
    (fact) =>
      typeof fact.data['effective'] === 'string' &&
      (fact.type !== type || canonicalJson(fact.data) !== canonicalJson(data)) &&
      !isWhollyBefore(parseBounds(fact.data['effective']), bounds) &&
      !isWhollyBefore(bounds, parseBounds(fact.data['effective'])),
  );
}

describe.each(cases)(
  'any sequence of commands to one $aggregate.category',
  ({ aggregate, stream, opening, facts, relatedState }) => {
    const anyCommand = addAmendments(facts);
    /** Single commands and groups, mostly after the opening command. */
    const steps: fc.Arbitrary<(readonly CommandFactory[])[]> = fc
      .tuple(
        fc.oneof(
          { weight: 6, arbitrary: fc.constant([[() => opening]]) },
          { weight: 1, arbitrary: fc.constant([]) },
        ),
        fc.array(
          fc.oneof(
            { weight: 3, arbitrary: anyCommand.map((one) => [one]) },
            { weight: 1, arbitrary: fc.array(anyCommand, { minLength: 2, maxLength: 3 }) },
          ),
          { maxLength: 12, size: 'max' },
        ),
      )
      .map(([first, others]) => [...first, ...others]);
    const simulateHistory = (history: readonly (readonly CommandFactory[])[]): SimulatedStream => {
      const simulated = new SimulatedStream(aggregate, stream, relatedState);
      for (const step of history) simulated.handle(...step.map((one) => one(simulated.events)));
      return simulated;
    };

    it('never throws, keeps the effective history legal and the state equal to a fresh fold', () =>
      fc.assert(
        fc.property(steps, (history) => {
          const simulated = new SimulatedStream(aggregate, stream, relatedState);
          for (const step of history) {
            simulated.handle(...step.map((one) => one(simulated.events)));
            simulated.checkInvariants();
          }
        }),
        { numRuns: 300 },
      ));

    it('records nothing when the same command is sent twice, unless what it says may have ended', () =>
      fc.assert(
        fc.property(steps, anyCommand, (history, last) => {
          const simulated = simulateHistory(history);
          const command = last(simulated.events);
          if (!isAccepted(simulated.handle(command)) || mayHaveEnded(simulated, command)) return;
          expect(summarizeDecision(simulated.handle(command))).toEqual({ recorded: [] });
        }),
        { numRuns: 300 },
      ));

    it('records nothing any more when the same command is sent as often as there are facts', () =>
      fc.assert(
        fc.property(steps, anyCommand, (history, last) => {
          const simulated = simulateHistory(history);
          const command = last(simulated.events);
          if (!isAccepted(simulated.handle(command))) return;
          for (let n = simulated.events.length; n > 0; n--) simulated.handle(command);
          expect(summarizeDecision(simulated.handle(command))).toEqual({ recorded: [] });
        }),
        { numRuns: 300 },
      ));

    it('records nothing when the same group of facts is sent twice, unless they go back and forth', () => {
      const irreversibleFacts = facts.filter(
        ({ name, data }) =>
          aggregate.getRepetitionTrack?.({ type: aggregate.commands[name]?.event ?? '', data }) === undefined,
      );
      fc.assert(
        fc.property(steps, fc.array(irreversibleFacts, { minLength: 1, maxLength: 5 }), (history, group) => {
          const simulated = simulateHistory(history);
          if (!isAccepted(simulated.handle(...group))) return;
          if (group.some((command) => mayHaveEnded(simulated, command))) return;
          expect(summarizeDecision(simulated.handle(...group))).toEqual({ recorded: [] });
        }),
        { numRuns: 300 },
      );
    });

    it('is not affected by a refused command or by one that records nothing', () =>
      fc.assert(
        fc.property(steps, anyCommand, anyCommand, (history, first, next) => {
          const simulated = simulateHistory(history);
          const untouched = simulateHistory(history);
          const [command, nextCommand] = [first(simulated.events), next(simulated.events)];
          const decision = simulated.decide(command);
          if (isAccepted(decision) && decision.events.length > 0) return;
          expect(summarizeDecision(simulated.decide(nextCommand))).toEqual(
            summarizeDecision(untouched.decide(nextCommand)),
          );
          expect(simulated.state).toEqual(untouched.state);
        }),
        { numRuns: 300 },
      ));

    it('leads to the same decision with a cached state and with a fresh fold', () =>
      fc.assert(
        fc.property(steps, anyCommand, (history, last) => {
          const simulated = simulateHistory(history);
          const command = last(simulated.events);
          expect(
            summarizeDecision(
              decideCommandsAfter(aggregate, stream, simulated.events, [command], relatedState),
            ),
          ).toEqual(summarizeDecision(simulated.decide(command)));
        }),
        { numRuns: 300 },
      ));

    it('gives the same events for a group as for its commands one by one, if each of them is accepted', () =>
      fc.assert(
        fc.property(steps, fc.array(anyCommand, { minLength: 1, maxLength: 4 }), (history, group) => {
          const simulated = simulateHistory(history);
          const commands = group.map((one) => one(simulated.events));
          const together = simulated.decide(...commands);
          const oneByOne = commands.map((command) => simulated.handle(command));
          if (!oneByOne.every(isAccepted)) return;
          expect(summarizeDecision(together)).toEqual({ recorded: oneByOne.flatMap(({ events }) => events) });
        }),
        { numRuns: 300 },
      ));

    it('refuses a group of corrections only as illegal or unknown; any other group with the code of a rule', () => {
      const known = new Set([
        ...Object.keys(aggregate.refusals),
        'id-taken',
        'unknown-reference',
        'too-imprecise',
      ]);
      fc.assert(
        fc.property(steps, fc.array(anyCommand, { minLength: 1, maxLength: 4 }), (history, group) => {
          const simulated = simulateHistory(history);
          const commands = group.map((one) => one(simulated.events));
          const decision = simulated.decide(...commands);
          if (isAccepted(decision)) return;
          const corrections = commands.filter(({ name }) => isAmendmentCommand(name)).length;
          if (corrections === commands.length)
            expect(['illegal-correction', 'unknown-reference']).toContain(decision.code);
          else if (corrections === 0) expect(known).toContain(decision.code);
          else expect(new Set([...known, 'illegal-correction'])).toContain(decision.code);
        }),
        { numRuns: 300 },
      );
    });

    it('decides on amendments as a full replay with them and one without them would', () =>
      fc.assert(
        fc.property(steps, anyCommand, (history, last) => {
          const simulated = simulateHistory(history);
          const command = last(simulated.events);
          if (!isAmendmentCommand(command.name)) return;
          const decision = simulated.decide(command);
          const type = { 'correct-fact': 'FactCorrected', 'retract-fact': 'FactRetracted' }[command.name];
          const isVerdict = isAccepted(decision) ? decision.events.length > 0 : decision.index === undefined;
          if (type === undefined || !isVerdict) return;
          const amendment = toRecordedEvents(
            stream,
            [{ type, data: command.data }],
            simulated.events.length - 1,
          );
          const known = listRefusals(aggregate, simulated.events, relatedState);
          const refusals = listRefusals(aggregate, [...simulated.events, ...amendment], relatedState);
          expect(isAccepted(decision)).toBe(refusals.every((refusal) => known.includes(refusal)));
        }),
        { numRuns: 600 },
      ));

    it('covers all outcomes in random histories: recorded, refused, unchanged and corrected', () => {
      const count = { recorded: 0, refused: 0, unchanged: 0, corrected: 0 };
      for (const history of fc.sample(steps, { numRuns: 400, seed: 42 })) {
        const simulated = new SimulatedStream(aggregate, stream, relatedState);
        for (const step of history) {
          const decision = simulated.handle(...step.map((one) => one(simulated.events)));
          if (!isAccepted(decision)) count.refused++;
          else if (decision.events.length === 0) count.unchanged++;
          else count.recorded++;
        }
        count.corrected += simulated.events.filter(({ type }) => type === 'FactCorrected').length;
      }
      for (const [, number] of Object.entries(count)) expect(number).toBeGreaterThan(20);
    });
  },
);

describe('any sequence of commands to several organizations', () => {
  const IDS = ['a', 'b', 'c'] as const;
  const step = fc.record({
    id: fc.constantFrom(...IDS),
    partOf: fc.option(fc.constantFrom(...IDS), { nil: undefined }),
  });
  it('never makes an organization a part of itself', () =>
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (history) => {
        const streams = new Map<string, SimulatedStream>();
        const views: RelatedState = { organization: (id) => streams.get(id)?.state.state };
        const findParent = (id: string) =>
          (streams.get(id)?.state.state as { registered?: { partOf?: string } } | undefined)?.registered
            ?.partOf;
        for (const { id, partOf: parent } of history) {
          const simulated = streams.get(id) ?? new SimulatedStream(organization, `organization-${id}`, views);
          const data = {
            organization: id,
            name: id,
            classification: 'other',
            ...(parent && { partOf: parent }),
          };
          const correction = { fact: `organization-${id}@0`, with: data, reason: 'r' };
          simulated.handle(
            simulated.events.length === 0
              ? { name: 'register-organization', data }
              : { name: 'correct-fact', data: correction },
          );
          if (simulated.events.length > 0) streams.set(id, simulated);
          for (const start of IDS) {
            const path: string[] = [];
            for (
              let ancestor: string | undefined = start;
              ancestor !== undefined;
              ancestor = findParent(ancestor)
            ) {
              expect(path).not.toContain(ancestor);
              path.push(ancestor);
            }
          }
        }
      }),
      { numRuns: 300 },
    ));
});
