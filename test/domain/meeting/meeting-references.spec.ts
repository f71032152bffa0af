import type { AnyCommand, AnyEvent } from '../../../src/eventsourcing/message.js';
import type { JsonObject } from '../../../src/json/json.js';
import { retracted } from '../../support/amendment-fixtures.js';
import {
  relateMeetings,
  addItem,
  approved,
  closed,
  recordDecision,
  decisionTaken,
  getFactName,
  given,
  givenMeetings,
  statementRecorded,
  itemAdded,
  itemWithdrawn,
  opened,
  otherScheduled,
  recordReport,
  reportHeard,
  recordStatement,
  scheduled,
  decideMeeting,
  withdrawItem,
} from '../../support/meeting-fixtures.js';

const begun = [scheduled(), opened()] as const;
const done = [...begun, closed(), approved()] as const;
const concerning = (...concerns: JsonObject[]): JsonObject => ({ concerning: concerns });

const unknown: readonly { pointer: string; command: AnyCommand }[] = [
  { pointer: '/item', command: withdrawItem('9') },
  { pointer: '/agendaItem', command: recordStatement('1', { agendaItem: '9' }) },
  { pointer: '/inReplyTo', command: recordStatement('1', { inReplyTo: '9' }) },
  { pointer: '/inReplyTo', command: recordStatement('1', { inReplyTo: '1' }) },
  { pointer: '/agendaItem', command: recordReport('1', { agendaItem: '9' }) },
  { pointer: '/concerning/0/decision', command: recordReport('1', concerning({ decision: '9' })) },
  {
    pointer: '/concerning/0/decision',
    command: recordReport('1', concerning({ meeting: 'cfm', decision: '9' })),
  },
  {
    pointer: '/concerning/1/decision',
    command: recordReport('1', concerning({ text: 'all of it' }, { decision: '9', text: 'the budget' })),
  },
  {
    pointer: '/concerning/0/decision',
    command: recordReport('1', concerning({ meeting: 'summit', decision: '9' })),
  },
  { pointer: '/agendaItem', command: recordDecision('1', { agendaItem: '9' }) },
];

describe.each(unknown)('what $command.name names at $pointer', ({ pointer, command }) => {
  const views = relateMeetings({ summit: [otherScheduled('summit'), opened(), decisionTaken('1')] });
  const refusal = `${pointer} unknown-reference`;
  it('must be there', () => expect(decideMeeting(begun, [command], views)).toBe(refusal));
  it('is asked for before whether the meeting is open', () =>
    expect(decideMeeting([scheduled()], [command], views)).toBe(refusal));
  it('is asked for before whether the minutes are approved', () =>
    expect(decideMeeting(done, [command], views)).toBe(refusal));
  it('is asked for before whether the id is taken', () =>
    expect(decideMeeting([...begun, statementRecorded('1'), reportHeard('1')], [command], views)).toBe(
      command.data['inReplyTo'] === '1' ? ' already-recorded' : refusal,
    ));
});

describe('what is there can be referred to', () => {
  it('an item', () => {
    const agenda = given(...begun, itemAdded('1'));
    const on = { agendaItem: '1' };
    agenda.when(recordStatement('1', on)).then(statementRecorded('1', on));
    agenda.when(recordReport('1', on)).then(reportHeard('1', on));
    agenda.when(recordDecision('1', on)).then(decisionTaken('1', on));
  });
  it('a withdrawn item', () => {
    const agenda = given(...begun, itemAdded('1'), itemWithdrawn('1'));
    const on = { agendaItem: '1' };
    agenda.when(recordStatement('1', on)).then(statementRecorded('1', on));
    agenda.when(recordReport('1', on)).then(reportHeard('1', on));
    agenda.when(recordDecision('1', on)).then(decisionTaken('1', on));
  });
  it('an item that comes first in the same group', () => {
    given(...begun)
      .when(addItem('1'), recordStatement('1', { agendaItem: '1' }))
      .then(itemAdded('1'), statementRecorded('1', { agendaItem: '1' }));
    expect(decideMeeting(begun, [recordStatement('1', { agendaItem: '1' }), addItem('1')])).toBe(
      '/agendaItem unknown-reference',
    );
  });
  it('a statement, and a reply to it', () =>
    given(...begun, statementRecorded('1'))
      .when(recordStatement('2', { inReplyTo: '1' }), recordStatement('3', { inReplyTo: '2' }))
      .then(statementRecorded('2', { inReplyTo: '1' }), statementRecorded('3', { inReplyTo: '2' })));
  it('not what has the id but is of another kind', () => {
    const taken: AnyEvent[] = [...begun, statementRecorded('1'), decisionTaken('2'), itemAdded('3')];
    expect(decideMeeting(taken, [recordStatement('9', { agendaItem: '1' })])).toBe(
      '/agendaItem unknown-reference',
    );
    expect(decideMeeting(taken, [recordStatement('9', { inReplyTo: '2' })])).toBe(
      '/inReplyTo unknown-reference',
    );
    expect(decideMeeting(taken, [recordReport('9', concerning({ decision: '3' }))])).toBe(
      '/concerning/0/decision unknown-reference',
    );
  });
  it('not what was retracted', () =>
    expect(decideMeeting([...begun, itemAdded('1'), retracted(getFactName(2))], [withdrawItem('1')])).toBe(
      '/item unknown-reference',
    ));
});

describe('what a report concerns', () => {
  it('without a meeting is a decision of this one', () => {
    const own = concerning({ decision: '1' });
    given(...begun, decisionTaken('1'))
      .when(recordReport('1', own))
      .then(reportHeard('1', own));
    givenMeetings({ summit: [otherScheduled('summit'), opened(), decisionTaken('1')] })(...begun)
      .when(recordReport('1', own))
      .thenRefused('unknown-reference');
  });
  it('may name this one', () => {
    const own = concerning({ meeting: 'cfm', decision: '1' });
    given(...begun)
      .when(recordDecision('1'), recordReport('1', own))
      .then(decisionTaken('1'), reportHeard('1', own));
  });
  it('may be a decision of another one, as far as is known', () => {
    const words = concerning({ meeting: 'summit', decision: '1' }, { decision: '1' });
    givenMeetings({ summit: [otherScheduled('summit'), opened(), decisionTaken('1')] })(
      ...begun,
      decisionTaken('1'),
    )
      .when(recordReport('1', words))
      .then(reportHeard('1', words));
    expect(
      decideMeeting(
        [...begun, decisionTaken('1')],
        [recordReport('1', words)],
        relateMeetings({ summit: [otherScheduled('summit')] }),
      ),
    ).toBe('/concerning/0/decision unknown-reference');
  });
  it('may be a meeting, or a text', () => {
    const words = concerning(
      { meeting: 'summit' },
      { text: 'the year' },
      { meeting: 'summit', text: 'the rest' },
    );
    given(...begun)
      .when(recordReport('1', words))
      .then(reportHeard('1', words));
  });
});

it('what was said is not asked for again: it stands', () => {
  given(...begun, itemAdded('1'), statementRecorded('1', { agendaItem: '1' }))
    .when(recordStatement('1', { agendaItem: '1' }))
    .thenNothing();
  const gone = concerning({ meeting: 'summit', decision: '1' });
  given(...begun, reportHeard('1', gone))
    .when(recordReport('1', gone))
    .thenNothing();
});
