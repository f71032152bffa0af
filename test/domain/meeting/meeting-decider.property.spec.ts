// Laws: they hold for every history of meetings, however senseless.
import * as fc from 'fast-check';
import { meeting } from '../../../src/domain/meeting/aggregate.js';
import type { meetingDecider } from '../../../src/domain/meeting/decider.js';
import { RefusedCommand } from '../../../src/eventsourcing/decide-command.js';
import { getEffectiveHistory } from '../../../src/eventsourcing/amendments.js';
import type { AnyCommand } from '../../../src/eventsourcing/message.js';
import type { JsonObject } from '../../../src/json/json.js';
import { SimulatedStream } from '../../support/simulated-stream.js';
import { addAmendments } from '../../support/arbitrary-commands.js';
import * as a from '../../support/meeting-fixtures.js';
import { MeetingModel } from '../../support/meeting-model.js';
import { LIFECYCLE_CELLS } from '../../support/meeting-lifecycle-table.js';

const views = a.relateMeetings({
  summit: [a.otherScheduled('summit'), a.opened(), a.decisionTaken('1')],
  past: [a.otherScheduled('past', { before: 'cfm' })],
  next: [a.otherScheduled('next', { after: 'cfm' })],
});

const id = fc.constantFrom('1', '2');
const day = fc.constantFrom('2011', '2011-41', '2011-12-20', '2011-12-20/2011-12-22');
const at = fc.constantFrom('2011-05-31', '2011-05-31T10:00:00+03:00');
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
  { weight: 1, arbitrary: fc.tuple(day, reason).map(([date, more]) => a.schedule(date, more)) },
  { weight: 3, arbitrary: fc.tuple(day, reason).map(([date, more]) => a.reschedule(date, more)) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom('Minsk', 'Astana'), reason).map((of) => a.relocate(...of)),
  },
  { weight: 2, arbitrary: reason.map((more) => a.confirm(more)) },
  { weight: 2, arbitrary: reason.map((more) => a.postpone(more)) },
  { weight: 1, arbitrary: reason.map((more) => a.cancel(more)) },
  { weight: 4, arbitrary: at.map((of) => a.open(of)) },
  { weight: 2, arbitrary: at.map((of) => a.adjourn(of)) },
  { weight: 2, arbitrary: at.map((of) => a.close(of)) },
  { weight: 2, arbitrary: fc.tuple(id, reason).map((of) => a.addItem(...of)) },
  { weight: 1, arbitrary: fc.tuple(id, reason).map((of) => a.withdrawItem(...of)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(id, fc.constantFrom('regrets', 'present', 'remote'))
      .map((of) => a.recordParticipant(...of)),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(id, both(maybe('agendaItem'), maybe('inReplyTo')))
      .map((of) => a.recordStatement(...of)),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(id, both(maybe('agendaItem'), concerning)).map((of) => a.recordReport(...of)),
  },
  { weight: 2, arbitrary: fc.tuple(id, maybe('agendaItem')).map((of) => a.recordDecision(...of)) },
  { weight: 2, arbitrary: day.map((of) => a.circulate(of)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(day, fc.constantFrom<JsonObject>({}, { at: 'next' }, { at: 'past' }, { at: 'cfm' }))
      .map((of) => a.approve(...of)),
  },
];
const command = fc.oneof(...commands);
const first = day.map((date) => a.schedule(date));
const commandSequence = fc
  .tuple(first, fc.array(command, { maxLength: 30, size: 'max' }))
  .map(([scheduling, others]) => [scheduling, ...others]);

const sendCommand = (hears: SimulatedStream, sent: AnyCommand): string => {
  const decision = hears.handle(sent);
  if (decision instanceof RefusedCommand) return decision.code;
  return decision.events.length === 0 ? 'quiet' : 'recorded';
};

describe('whatever a meeting hears', () => {
  it('each step is accepted or refused as the table says', () =>
    fc.assert(
      fc.property(commandSequence, (history) => {
        const hears = new SimulatedStream(meeting, a.STREAM, views);
        const model = new MeetingModel(views);
        for (const sent of history) {
          expect([sent, sendCommand(hears, sent)]).toEqual([sent, model.handle(sent)]);
          hears.checkInvariants();
          const { lifecycle } = hears.state.state as (typeof meetingDecider)['initialState'];
          expect(lifecycle).toEqual({ ...lifecycle, status: model.status, scheduledFor: model.scheduledFor });
        }
      }),
      { numRuns: 300 },
    ));

  it('such histories come to every cell of the table', () => {
    const met = new Set<string>();
    for (const history of fc.sample(commandSequence, { numRuns: 1500, seed: 42 })) {
      const model = new MeetingModel(views);
      for (const sent of history) {
        model.handle(sent);
        if (model.lastCell !== undefined) met.add(model.lastCell);
      }
    }
    for (const { what, status, code } of LIFECYCLE_CELLS)
      expect(met).toContain(`${what} ${status} ${code ?? 'yes'}`);
  });

  const wished = fc
    .tuple(
      first,
      fc.array(fc.array(addAmendments(command), { minLength: 1, maxLength: 3 }), {
        maxLength: 15,
        size: 'max',
      }),
    )
    .map(([scheduling, others]) => [[() => scheduling], ...others]);

  it('amended or not, it never throws, stays legal, by the table too, and is what folding it anew gives', () => {
    let corrections = 0;
    fc.assert(
      fc.property(wished, (history) => {
        const hears = new SimulatedStream(meeting, a.STREAM, views);
        for (const group of history) {
          hears.handle(...group.map((wish) => wish(hears.events)));
          hears.checkInvariants();
        }
        corrections += hears.events.filter(({ type }) => type === 'FactCorrected').length;
        const model = new MeetingModel(views);
        for (const { type, data } of getEffectiveHistory(hears.events)) {
          const [name = ''] = Object.entries(meeting.commands).find(([, { event }]) => event === type) ?? [];
          expect(['recorded', 'quiet']).toContain(model.handle({ name, data }));
        }
      }),
      { numRuns: 200 },
    );
    expect(corrections).toBeGreaterThan(50);
  });

  it('heard twice is once', () =>
    fc.assert(
      fc.property(wished, addAmendments(command), (history, last) => {
        const hears = new SimulatedStream(meeting, a.STREAM, views);
        for (const group of history) hears.handle(...group.map((wish) => wish(hears.events)));
        const sent = last(hears.events);
        if (!(hears.handle(sent) instanceof RefusedCommand)) expect(sendCommand(hears, sent)).toBe('quiet');
      }),
      { numRuns: 200 },
    ));
});
