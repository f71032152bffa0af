// Laws: they hold for every history of commands, however senseless.
import * as fc from 'fast-check';
import { meeting } from '../../src/domain/meeting/aggregate.js';
import { membership } from '../../src/domain/membership/membership-commands.js';
import { observership } from '../../src/domain/observership/observership-commands.js';
import { organization } from '../../src/domain/organization/organization-commands.js';
import { person } from '../../src/domain/person/person-commands.js';
import { source } from '../../src/domain/source/source-commands.js';
import { isAmendmentCommand } from '../../src/eventsourcing/decide-amendment.js';
import { type Decision, RefusedCommand } from '../../src/eventsourcing/decide-command.js';
import type { AnyCommand } from '../../src/eventsourcing/message.js';
import type { AnyAggregate, RelatedState } from '../../src/eventsourcing/aggregate.js';
import { SimulatedStream } from '../support/simulated-stream.js';
import {
  meetingCommand,
  membershipCommand,
  observershipCommand,
  organizationCommand,
  personCommand,
  sourceCommand,
  type CommandFactory,
  addAmendments,
} from '../support/arbitrary-commands.js';
import { admit, STREAM as MEMBERSHIP } from '../support/membership-fixtures.js';
import { relateOrganizations, register, STREAM as ORGANIZATION } from '../support/organization-fixtures.js';
import { register as registerSource, STREAM as SOURCE } from '../support/source-fixtures.js';
import { getSpecimen } from '../support/command-specimens.js';
import { decideCommandsAfter } from '../support/decider-specification.js';

type Case = {
  readonly noun: AnyAggregate;
  readonly stream: string;
  /** What makes a history worth telling. */
  readonly opening: AnyCommand;
  readonly facts: fc.Arbitrary<AnyCommand>;
  readonly relatedState: RelatedState;
};
const cases: readonly Case[] = [
  { noun: source, stream: SOURCE, opening: registerSource(), facts: sourceCommand, relatedState: {} },
  {
    noun: organization,
    stream: ORGANIZATION,
    opening: register(),
    facts: organizationCommand,
    relatedState: relateOrganizations({ a: 'csto', b: 'a' }),
  },
  {
    noun: person,
    stream: 'person-jane-doe',
    opening: { name: 'register-person', data: getSpecimen('register-person') },
    facts: personCommand,
    relatedState: {},
  },
  {
    noun: observership,
    stream: 'observership-un-ga:csto',
    opening: { name: 'grant-observer-status', data: getSpecimen('grant-observer-status') },
    facts: observershipCommand,
    relatedState: {},
  },
  {
    noun: meeting,
    stream: 'meeting-csto-cfm-2011-05-31',
    opening: { name: 'schedule-meeting', data: getSpecimen('schedule-meeting') },
    facts: meetingCommand,
    relatedState: { meeting: () => undefined, findStreams: () => [] },
  },
  {
    noun: membership,
    stream: MEMBERSHIP,
    opening: admit('1992'),
    facts: membershipCommand,
    relatedState: {},
  },
];

/** What was decided, without what only the machine sees. */
const summarizeDecision = (decision: Decision | RefusedCommand) =>
  decision instanceof RefusedCommand
    ? { refused: decision.code, index: decision.index }
    : { recorded: decision.events };
const isAccepted = (decision: Decision | RefusedCommand): decision is Decision =>
  !(decision instanceof RefusedCommand);

describe.each(cases)(
  'whatever is heard of one $noun.category',
  ({ noun: aggregate, stream, opening, facts, relatedState }) => {
    const wish = addAmendments(facts);
    /** Single commands and groups, mostly after something to speak of. */
    const steps: fc.Arbitrary<(readonly CommandFactory[])[]> = fc
      .tuple(
        fc.oneof(
          { weight: 6, arbitrary: fc.constant([[() => opening]]) },
          { weight: 1, arbitrary: fc.constant([]) },
        ),
        fc.array(
          fc.oneof(
            { weight: 3, arbitrary: wish.map((one) => [one]) },
            { weight: 1, arbitrary: fc.array(wish, { minLength: 2, maxLength: 3 }) },
          ),
          { maxLength: 12, size: 'max' },
        ),
      )
      .map(([first, others]) => [...first, ...others]);
    const hearing = (history: readonly (readonly CommandFactory[])[]): SimulatedStream => {
      const hears = new SimulatedStream(aggregate, stream, relatedState);
      for (const step of history) hears.handle(...step.map((one) => one(hears.events)));
      return hears;
    };

    it('it never throws; its effective history is legal; its state is what folding it anew gives', () =>
      fc.assert(
        fc.property(steps, (history) => {
          const hears = new SimulatedStream(aggregate, stream, relatedState);
          for (const step of history) {
            hears.handle(...step.map((one) => one(hears.events)));
            hears.checkInvariants();
          }
        }),
        { numRuns: 300 },
      ));

    it('hearing it twice records it once', () =>
      fc.assert(
        fc.property(steps, wish, (history, last) => {
          const hears = hearing(history);
          const command = last(hears.events);
          if (!isAccepted(hears.handle(command))) return;
          expect(summarizeDecision(hears.handle(command))).toEqual({ recorded: [] });
        }),
        { numRuns: 300 },
      ));

    it('hearing a group of facts twice records it once, unless steps in it go back and forth', () => {
      const { steps: back = [] } = aggregate;
      const lasting = facts.filter(({ name }) => !back.includes(aggregate.commands[name]?.event ?? ''));
      fc.assert(
        fc.property(steps, fc.array(lasting, { minLength: 1, maxLength: 5 }), (history, group) => {
          const hears = hearing(history);
          if (!isAccepted(hears.handle(...group))) return;
          expect(summarizeDecision(hears.handle(...group))).toEqual({ recorded: [] });
        }),
        { numRuns: 300 },
      );
    });

    it('what is refused changes nothing, and neither does what is quiet', () =>
      fc.assert(
        fc.property(steps, wish, wish, (history, first, next) => {
          const hears = hearing(history);
          const untouched = hearing(history);
          const [command, then] = [first(hears.events), next(hears.events)];
          const decision = hears.decide(command);
          if (isAccepted(decision) && decision.events.length > 0) return;
          expect(summarizeDecision(hears.decide(then))).toEqual(summarizeDecision(untouched.decide(then)));
          expect(hears.state).toEqual(untouched.state);
        }),
        { numRuns: 300 },
      ));

    it('a decision does not depend on whether the state was kept or folded anew', () =>
      fc.assert(
        fc.property(steps, wish, (history, last) => {
          const hears = hearing(history);
          const command = last(hears.events);
          expect(
            summarizeDecision(decideCommandsAfter(aggregate, stream, hears.events, [command], relatedState)),
          ).toEqual(summarizeDecision(hears.decide(command)));
        }),
        { numRuns: 300 },
      ));

    it('a group records what its commands would record one by one, if each of them would be heard', () =>
      fc.assert(
        fc.property(steps, fc.array(wish, { minLength: 1, maxLength: 4 }), (history, group) => {
          const hears = hearing(history);
          const commands = group.map((one) => one(hears.events));
          const together = hears.decide(...commands);
          const oneByOne = commands.map((command) => hears.handle(command));
          if (!oneByOne.every(isAccepted)) return;
          expect(summarizeDecision(together)).toEqual({ recorded: oneByOne.flatMap(({ events }) => events) });
        }),
        { numRuns: 300 },
      ));

    it('a refused group of corrections only is illegal or names nothing; any other has the code of a rule', () => {
      const known = new Set([
        ...Object.keys(aggregate.refusals),
        'id-taken',
        'unknown-reference',
        'too-imprecise',
      ]);
      fc.assert(
        fc.property(steps, fc.array(wish, { minLength: 1, maxLength: 4 }), (history, group) => {
          const hears = hearing(history);
          const commands = group.map((one) => one(hears.events));
          const decision = hears.decide(...commands);
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

    it('random histories say something: many commands are recorded, some refused, some quiet', () => {
      const count = { recorded: 0, refused: 0, quiet: 0, corrected: 0 };
      for (const history of fc.sample(steps, { numRuns: 400, seed: 42 })) {
        const hears = new SimulatedStream(aggregate, stream, relatedState);
        for (const step of history) {
          const decision = hears.handle(...step.map((one) => one(hears.events)));
          if (!isAccepted(decision)) count.refused++;
          else if (decision.events.length === 0) count.quiet++;
          else count.recorded++;
        }
        count.corrected += hears.events.filter(({ type }) => type === 'FactCorrected').length;
      }
      for (const [, number] of Object.entries(count)) expect(number).toBeGreaterThan(20);
    });
  },
);

describe('whatever several organizations hear', () => {
  const IDS = ['a', 'b', 'c'] as const;
  const step = fc.record({
    id: fc.constantFrom(...IDS),
    partOf: fc.option(fc.constantFrom(...IDS), { nil: undefined }),
  });
  it('none of them becomes a part of itself', () =>
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (history) => {
        const streams = new Map<string, SimulatedStream>();
        const views: RelatedState = { organization: (id) => streams.get(id)?.state.state };
        const partOf = (id: string) =>
          (streams.get(id)?.state.state as { registered?: { partOf?: string } } | undefined)?.registered
            ?.partOf;
        for (const { id, partOf: parent } of history) {
          const hears = streams.get(id) ?? new SimulatedStream(organization, `organization-${id}`, views);
          const data = {
            organization: id,
            name: id,
            classification: 'other',
            ...(parent && { partOf: parent }),
          };
          const correction = { fact: `organization-${id}@0`, with: data, reason: 'r' };
          hears.handle(
            hears.events.length === 0
              ? { name: 'register-organization', data }
              : { name: 'correct-fact', data: correction },
          );
          if (hears.events.length > 0) streams.set(id, hears);
          for (const start of IDS) {
            const path: string[] = [];
            for (let at: string | undefined = start; at !== undefined; at = partOf(at)) {
              expect(path).not.toContain(at);
              path.push(at);
            }
          }
        }
      }),
      { numRuns: 300 },
    ));
});
