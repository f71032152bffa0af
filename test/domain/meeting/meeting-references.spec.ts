import type { AnyCommand, AnyEvent } from '../../../src/eventsourcing/message.js';
import type { JsonObject } from '../../../src/json/json.js';
import { retracted } from '../../support/amendment-fixtures.js';
import {
  createRelatedMeetings,
  addItem,
  approved,
  closed,
  recordDecision,
  decisionTaken,
  getFactReference,
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
const createConcerns = (...concerning: JsonObject[]): JsonObject => ({ concerning });

const unknown: readonly { pointer: string; command: AnyCommand }[] = [
  { pointer: '/item', command: withdrawItem('9') },
  { pointer: '/agendaItem', command: recordStatement('1', { agendaItem: '9' }) },
  { pointer: '/inReplyTo', command: recordStatement('1', { inReplyTo: '9' }) },
  { pointer: '/inReplyTo', command: recordStatement('1', { inReplyTo: '1' }) },
  { pointer: '/agendaItem', command: recordReport('1', { agendaItem: '9' }) },
  { pointer: '/concerning/0/decision', command: recordReport('1', createConcerns({ decision: '9' })) },
  {
    pointer: '/concerning/0/decision',
    command: recordReport('1', createConcerns({ meeting: 'cfm', decision: '9' })),
  },
  {
    pointer: '/concerning/1/decision',
    command: recordReport('1', createConcerns({ text: 'all of it' }, { decision: '9', text: 'the budget' })),
  },
  {
    pointer: '/concerning/0/decision',
    command: recordReport('1', createConcerns({ meeting: 'summit', decision: '9' })),
  },
  { pointer: '/agendaItem', command: recordDecision('1', { agendaItem: '9' }) },
];

describe.each(unknown)('the reference in $command.name at $pointer', ({ pointer, command }) => {
  const views = createRelatedMeetings({ summit: [otherScheduled('summit'), opened(), decisionTaken('1')] });
  const refusal = `${pointer} unknown-reference`;
  it('is refused if it does not resolve', () => expect(decideMeeting(begun, [command], views)).toBe(refusal));
  it('is checked before the status of the meeting', () =>
    expect(decideMeeting([scheduled()], [command], views)).toBe(refusal));
  it('is checked before the approval of the minutes', () =>
    expect(decideMeeting(done, [command], views)).toBe(refusal));
  it('is checked before the uniqueness of the id', () =>
    expect(decideMeeting([...begun, statementRecorded('1'), reportHeard('1')], [command], views)).toBe(
      command.data['inReplyTo'] === '1' ? ' already-recorded' : refusal,
    ));
});

describe('a reference resolves', () => {
  it('to an agenda item', () => {
    const agenda = given(...begun, itemAdded('1'));
    const onItem = { agendaItem: '1' };
    agenda.when(recordStatement('1', onItem)).then(statementRecorded('1', onItem));
    agenda.when(recordReport('1', onItem)).then(reportHeard('1', onItem));
    agenda.when(recordDecision('1', onItem)).then(decisionTaken('1', onItem));
  });
  it('to a withdrawn agenda item', () => {
    const agenda = given(...begun, itemAdded('1'), itemWithdrawn('1'));
    const onItem = { agendaItem: '1' };
    agenda.when(recordStatement('1', onItem)).then(statementRecorded('1', onItem));
    agenda.when(recordReport('1', onItem)).then(reportHeard('1', onItem));
    agenda.when(recordDecision('1', onItem)).then(decisionTaken('1', onItem));
  });
  it('to an item that an earlier command of the group adds', () => {
    given(...begun)
      .when(addItem('1'), recordStatement('1', { agendaItem: '1' }))
      .then(itemAdded('1'), statementRecorded('1', { agendaItem: '1' }));
    expect(decideMeeting(begun, [recordStatement('1', { agendaItem: '1' }), addItem('1')])).toBe(
      '/agendaItem unknown-reference',
    );
  });
  it('to a statement and to a reply to it', () =>
    given(...begun, statementRecorded('1'))
      .when(recordStatement('2', { inReplyTo: '1' }), recordStatement('3', { inReplyTo: '2' }))
      .then(statementRecorded('2', { inReplyTo: '1' }), statementRecorded('3', { inReplyTo: '2' })));
  it('to nothing if the id belongs to another kind of fact', () => {
    const taken: AnyEvent[] = [...begun, statementRecorded('1'), decisionTaken('2'), itemAdded('3')];
    expect(decideMeeting(taken, [recordStatement('9', { agendaItem: '1' })])).toBe(
      '/agendaItem unknown-reference',
    );
    expect(decideMeeting(taken, [recordStatement('9', { inReplyTo: '2' })])).toBe(
      '/inReplyTo unknown-reference',
    );
    expect(decideMeeting(taken, [recordReport('9', createConcerns({ decision: '3' }))])).toBe(
      '/concerning/0/decision unknown-reference',
    );
  });
  it('to nothing if the fact was retracted', () =>
    expect(
      decideMeeting([...begun, itemAdded('1'), retracted(getFactReference(2))], [withdrawItem('1')]),
    ).toBe('/item unknown-reference'));
});

describe('the field concerning of a report', () => {
  it('refers to a decision of the same meeting if no meeting is named', () => {
    const own = createConcerns({ decision: '1' });
    given(...begun, decisionTaken('1'))
      .when(recordReport('1', own))
      .then(reportHeard('1', own));
    givenMeetings({ summit: [otherScheduled('summit'), opened(), decisionTaken('1')] })(...begun)
      .when(recordReport('1', own))
      .thenRefused('unknown-reference');
  });
  it('may name the same meeting', () => {
    const own = createConcerns({ meeting: 'cfm', decision: '1' });
    given(...begun)
      .when(recordDecision('1'), recordReport('1', own))
      .then(decisionTaken('1'), reportHeard('1', own));
  });
  it('may refer to a decision of another meeting if that is known', () => {
    const concerns = createConcerns({ meeting: 'summit', decision: '1' }, { decision: '1' });
    givenMeetings({ summit: [otherScheduled('summit'), opened(), decisionTaken('1')] })(
      ...begun,
      decisionTaken('1'),
    )
      .when(recordReport('1', concerns))
      .then(reportHeard('1', concerns));
    expect(
      decideMeeting(
        [...begun, decisionTaken('1')],
        [recordReport('1', concerns)],
        createRelatedMeetings({ summit: [otherScheduled('summit')] }),
      ),
    ).toBe('/concerning/0/decision unknown-reference');
  });
  it('may be a meeting or a text', () => {
    const concerns = createConcerns(
      { meeting: 'summit' },
      { text: 'the year' },
      { meeting: 'summit', text: 'the rest' },
    );
    given(...begun)
      .when(recordReport('1', concerns))
      .then(reportHeard('1', concerns));
  });
});

it('references are not checked again when a recorded command is repeated', () => {
  given(...begun, itemAdded('1'), statementRecorded('1', { agendaItem: '1' }))
    .when(recordStatement('1', { agendaItem: '1' }))
    .thenNothing();
  const gone = createConcerns({ meeting: 'summit', decision: '1' });
  given(...begun, reportHeard('1', gone))
    .when(recordReport('1', gone))
    .thenNothing();
});
