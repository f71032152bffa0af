// The property of a check: any commands have the outcomes that recording them has, and the ledger stays as it is.
import * as fc from 'fast-check';
import type { CommandHandler } from '../../src/commands/command-handler.js';
import type { CommandOutcome } from '../../src/commands/command-outcome.js';
import {
  MEETING,
  meetingCommand,
  organizationCommand,
  sourceCommand,
} from '../support/arbitrary-commands.js';
import { getSpecimen } from '../support/command-specimens.js';
import { correct, dispute, retract } from '../support/amendment-fixtures.js';
import { CommandHandlerFixture, registerOrganization } from './support/command-handler-fixture.js';

const KEYS = [undefined, undefined, 'a', 'b'];
const STREAMS = ['organization-csto', `meeting-${MEETING.meeting}`, 'source-treaty'];

const amendment = fc
  .tuple(fc.constantFrom(...STREAMS), fc.nat({ max: 4 }), fc.constantFrom('correct', 'retract', 'dispute'))
  .map(([stream, revision, kind]) => {
    const fact = `${stream}@${revision}`;
    if (kind === 'retract') return retract(fact);
    return kind === 'dispute' ? dispute(fact) : correct(fact, getSpecimen('register-organization'));
  });
const command = fc.oneof(
  { weight: 3, arbitrary: fc.oneof(organizationCommand, meetingCommand, sourceCommand) },
  { weight: 1, arbitrary: amendment },
);
const lines = fc.array(fc.record({ command, key: fc.constantFrom(...KEYS) }), { maxLength: 25 });
type Lines = typeof lines extends fc.Arbitrary<infer T> ? T : never;

const schedule = (meeting: string) =>
  ['schedule-meeting', { meeting, title: meeting, convenedBy: 'csto', scheduledFor: '2011' }] as const;
/** What the commands refer to, so that not all of them are refused. */
const BEFORE = [
  ...['csto', 'csto-cfm', 'belarus', 'kazakhstan', 'uzbekistan'].map((id) => registerOrganization(id)),
  ['register-person', { person: 'yerzhan-kazykhanov', name: 'Yerzhan Kazykhanov' }] as const,
  ...['csto-csc-2011', 'csto-csc-2010-12-moscow', MEETING.meeting].map(schedule),
  ['open-meeting', { ...MEETING, at: '2011-05-31' }] as const,
];

/** Without what is random or the time of day. */
const describeOutcome = (outcome: CommandOutcome): unknown =>
  'events' in outcome
    ? { ...outcome, recordedAt: '', events: outcome.events.map(({ type, entry }) => `${entry} ${type}`) }
    : outcome;

async function handleAll(handler: CommandHandler, all: Lines): Promise<readonly unknown[]> {
  const outcomes: unknown[] = [];
  for (const { command, key } of all) {
    const sender = { actor: 'clerk', correlationId: 'c1', ...(key !== undefined && { idempotencyKey: key }) };
    const envelope = { command: command.name, data: command.data };
    outcomes.push(describeOutcome(await handler.handle(envelope, sender)));
  }
  return outcomes;
}

it('a check decides whatever commands as recording them does, and records none', async () => {
  const accepted = new Set<string>();
  await fc.assert(
    fc.asyncProperty(lines, lines, async (recorded, checked) => {
      const fixture = new CommandHandlerFixture();
      await fixture.recordAll(...BEFORE);
      fixture.sequencer.isAutomatic = true;
      await handleAll(fixture.handler, recorded);
      const before = fixture.listEvents();
      const { handler, close } = fixture.handler.openDryRun();
      const outcomes = await handleAll(handler, checked);
      await close();
      expect(fixture.listEvents()).toEqual(before);
      expect(await handleAll(fixture.handler, checked)).toEqual(outcomes);
      for (const event of fixture.listEvents().slice(before.length)) accepted.add(event.split(' ')[1] ?? '');
      await fixture.close();
    }),
    { numRuns: 40 },
  );
  expect(accepted.size).toBeGreaterThan(5); // the commands are not all refused
});
