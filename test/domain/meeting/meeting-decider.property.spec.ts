// Invariants that hold for every sequence of commands to a meeting, whether or not it makes sense.
import * as fc from 'fast-check';
import { meeting } from '../../../src/domain/meeting/aggregate.js';
import type { meetingDecider } from '../../../src/domain/meeting/decider.js';
import { RefusedCommand } from '../../../src/eventsourcing/decide-command.js';
import { getEffectiveHistory } from '../../../src/eventsourcing/amendments.js';
import type { AnyCommand } from '../../../src/eventsourcing/message.js';
import type { JsonObject } from '../../../src/json/json.js';
import { SimulatedStream } from '../../support/simulated-stream.js';
import { addAmendments } from '../../support/arbitrary-commands.js';
import * as fixtures from '../../support/meeting-fixtures.js';
import { MeetingModel } from '../../support/meeting-model.js';
import { LIFECYCLE_CELLS } from '../../support/meeting-lifecycle-table.js';

const views = fixtures.createRelatedMeetings({
  summit: [fixtures.otherScheduled('summit'), fixtures.opened(), fixtures.decisionTaken('1')],
  past: [fixtures.otherScheduled('past', { before: 'cfm' })],
  next: [fixtures.otherScheduled('next', { after: 'cfm' })],
});

const id = fc.constantFrom('1', '2');
const day = fc.constantFrom('2011', '2011-41', '2011-12-20', '2011-12-20/2011-12-22');
const time = fc.constantFrom('2011-05-31', '2011-05-31T10:00:00+03:00');
const reason = fc.constantFrom({}, {}, { reason: 'war' }, { note: 'by letter' });
const maybe = (field: string) =>
  fc.option(
    id.map((value): JsonObject => ({ [field]: value })),
    { nil: {} },
  );
const both = (one: fc.Arbitrary<JsonObject>, two: fc.Arbitrary<JsonObject>) =>
  fc.tuple(one, two).map(([first, second]): JsonObject => ({ ...first, ...second }));
const concerning = fc.constantFrom<JsonObject>(
  {},
  { concerning: [{ decision: '1' }] },
  { concerning: [{ text: 'all' }, { meeting: 'summit', decision: '1' }] },
  { concerning: [{ meeting: 'summit', decision: '2' }] },
);

const commands: readonly { readonly weight: number; readonly arbitrary: fc.Arbitrary<AnyCommand> }[] = [
  { weight: 1, arbitrary: fc.tuple(day, reason).map(([date, more]) => fixtures.schedule(date, more)) },
  { weight: 3, arbitrary: fc.tuple(day, reason).map(([date, more]) => fixtures.reschedule(date, more)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('Minsk', 'Astana'), reason)
      .map((input) => fixtures.relocate(...input)),
  },
  { weight: 2, arbitrary: reason.map((more) => fixtures.confirm(more)) },
  { weight: 2, arbitrary: reason.map((more) => fixtures.postpone(more)) },
  { weight: 1, arbitrary: reason.map((more) => fixtures.cancel(more)) },
  { weight: 4, arbitrary: time.map((value) => fixtures.open(value)) },
  { weight: 2, arbitrary: time.map((value) => fixtures.adjourn(value)) },
  { weight: 2, arbitrary: time.map((value) => fixtures.close(value)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('belarus', 'armenia'), reason)
      .map((input) => fixtures.handOver(...input)),
  },
  { weight: 2, arbitrary: fc.tuple(id, reason).map((input) => fixtures.addItem(...input)) },
  { weight: 1, arbitrary: fc.tuple(id, maybe('under')).map((input) => fixtures.addItem(...input)) },
  { weight: 2, arbitrary: fc.tuple(id, reason).map((input) => fixtures.withdrawItem(...input)) },
  { weight: 2, arbitrary: fc.tuple(id, reason).map((input) => fixtures.restoreItem(...input)) },
  { weight: 1, arbitrary: fc.tuple(id, maybe('before')).map((input) => fixtures.moveItem(...input)) },
  { weight: 1, arbitrary: reason.map((more) => fixtures.adoptAgenda(more)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(id, fc.constantFrom('regrets', 'present', 'remote'))
      .map((input) => fixtures.recordParticipant(...input)),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(id, both(maybe('agendaItem'), maybe('inReplyTo')))
      .map((input) => fixtures.recordStatement(...input)),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(id, both(maybe('agendaItem'), concerning))
      .map((input) => fixtures.recordReport(...input)),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(id, maybe('agendaItem')).map((input) => fixtures.recordDecision(...input)),
  },
  { weight: 2, arbitrary: day.map((date) => fixtures.circulate(date)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(day, fc.constantFrom<JsonObject>({}, { at: 'next' }, { at: 'past' }, { at: 'cfm' }))
      .map((input) => fixtures.approve(...input)),
  },
];
const command = fc.oneof(...commands);
const first = fc.oneof(
  day.map((date) => fixtures.schedule(date)),
  fc.constant(fixtures.scheduleUndated()),
);
const commandSequence = fc
  .tuple(first, fc.array(command, { maxLength: 30, size: 'max' }))
  .map(([scheduling, others]) => [scheduling, ...others]);

const sendCommand = (simulated: SimulatedStream, sent: AnyCommand): string => {
  const decision = simulated.handle(sent);
  if (decision instanceof RefusedCommand) return decision.code;
  return decision.events.length === 0 ? 'nothing' : 'recorded';
};

describe('any sequence of commands to a meeting', () => {
  it('is accepted and refused as the lifecycle table defines', () =>
    fc.assert(
      fc.property(commandSequence, (history) => {
        const simulated = new SimulatedStream(meeting, fixtures.STREAM, views);
        const model = new MeetingModel(views);
        for (const sent of history) {
          expect([sent, sendCommand(simulated, sent)]).toEqual([sent, model.handle(sent)]);
          simulated.checkInvariants();
          const { lifecycle } = simulated.state.state as (typeof meetingDecider)['initialState'];
          expect(lifecycle).toEqual({ ...lifecycle, status: model.status, scheduledFor: model.scheduledFor });
        }
      }),
      { numRuns: 300 },
    ));

  it('reaches every cell of the lifecycle table in random histories', () => {
    const reachedCells = new Set<string>();
    for (const history of fc.sample(commandSequence, { numRuns: 4000, seed: 42 })) {
      const model = new MeetingModel(views);
      for (const sent of history) {
        model.handle(sent);
        if (model.lastCell !== undefined) reachedCells.add(model.lastCell);
      }
    }
    for (const { what, status, code } of LIFECYCLE_CELLS)
      expect(reachedCells).toContain(`${what} ${status} ${code ?? 'yes'}`);
  });

  const amendedHistory = fc
    .tuple(
      first,
      fc.array(fc.array(addAmendments(command), { minLength: 1, maxLength: 3 }), {
        maxLength: 15,
        size: 'max',
      }),
    )
    .map(([scheduling, others]) => [[() => scheduling], ...others]);

  it('never throws with amendments, stays legal by the table and keeps the state equal to a fresh fold', () => {
    let corrections = 0;
    fc.assert(
      fc.property(amendedHistory, (history) => {
        const simulated = new SimulatedStream(meeting, fixtures.STREAM, views);
        for (const group of history) {
          simulated.handle(...group.map((createCommand) => createCommand(simulated.events)));
          simulated.checkInvariants();
        }
        corrections += simulated.events.filter(({ type }) => type === 'FactCorrected').length;
        const model = new MeetingModel(views);
        for (const { type, data } of getEffectiveHistory(simulated.events)) {
          const [name = ''] = Object.entries(meeting.commands).find(([, { event }]) => event === type) ?? [];
          expect(['recorded', 'nothing']).toContain(model.handle({ name, data }));
        }
      }),
      { numRuns: 200 },
    );
    expect(corrections).toBeGreaterThan(50);
  });

  it('records nothing when the same command is sent twice', () =>
    fc.assert(
      fc.property(amendedHistory, addAmendments(command), (history, last) => {
        const simulated = new SimulatedStream(meeting, fixtures.STREAM, views);
        for (const group of history)
          simulated.handle(...group.map((createCommand) => createCommand(simulated.events)));
        const sent = last(simulated.events);
        if (!(simulated.handle(sent) instanceof RefusedCommand))
          expect(sendCommand(simulated, sent)).toBe('nothing');
      }),
      { numRuns: 200 },
    ));
});
