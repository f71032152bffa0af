import {
  correct,
  corrected,
  dispute,
  disputed,
  retract,
  retracted,
} from '../../support/amendment-fixtures.js';
import {
  addItem,
  createRelatedMeetings,
  approve,
  approved,
  recordParticipant,
  participantRecorded,
  circulate,
  circulated,
  close,
  closed,
  recordDecision,
  decisionTaken,
  getFactReference,
  given,
  givenMeetings,
  statementRecorded,
  itemAdded,
  itemWithdrawn,
  open,
  opened,
  otherScheduled,
  reschedule,
  recordStatement,
  schedule,
  scheduled,
  decideMeeting,
} from '../../support/meeting-fixtures.js';
import { COMMANDS_BY_ROW } from '../../support/meeting-lifecycle-table.js';

const done = [scheduled(), itemAdded('old'), opened(), statementRecorded('0'), closed()] as const;

describe('the approval of minutes', () => {
  it('is recorded after the meeting is closed', () =>
    given(...done)
      .when(approve())
      .then(approved()));
  it('is recorded whether or not the minutes were circulated', () =>
    given(...done, circulated())
      .when(approve())
      .then(approved()));
  it('records nothing when it is repeated', () =>
    given(...done, approved())
      .when(approve())
      .thenNothing());
  it('is refused on another day', () =>
    given(...done, approved())
      .when(approve('2012'))
      .thenRefused('minutes-approved'));
  it('can be in one group with the closing', () =>
    given(scheduled(), opened()).when(close(), approve()).then(closed(), approved()));
  it('must be the last command of a group', () =>
    given(scheduled(), opened())
      .when(close(), approve(), recordStatement('1'))
      .thenRefused('minutes-approved', 2));
});

describe('a meeting with approved minutes', () => {
  const sent = Object.entries(COMMANDS_BY_ROW).flatMap(([what, commands]) =>
    commands.map((command) => ({ what, command })),
  );
  it.each(sent)('refuses $what, whatever other rule it breaks', ({ command }) => {
    const history = given(...done, itemAdded('gone'), itemWithdrawn('gone'), approved());
    if (command.name === 'approve-minutes') history.when(command).thenNothing();
    else history.when(command).thenRefused('minutes-approved', 0);
  });
  it('refuses with minutes-approved what other rules would refuse too', () => {
    const history = given(...done, participantRecorded('belarus', 'regrets'), approved());
    history.when(addItem('old', { title: 'Accounts' })).thenRefused('minutes-approved');
    history.when(recordStatement('0', { text: 'No.' })).thenRefused('minutes-approved');
    history.when(recordParticipant('belarus', 'present')).thenRefused('minutes-approved');
    history.when(open()).thenRefused('minutes-approved');
    history.when(reschedule('2012')).thenRefused('minutes-approved');
    history.when(approve('2012', { at: 'cfm' })).thenRefused('minutes-approved');
  });
  it('reports an unknown reference before the approval', () =>
    expect(decideMeeting([...done, approved()], [recordDecision('1', { agendaItem: '9' })])).toBe(
      '/agendaItem unknown-reference',
    ));
  it('keeps its id taken', () =>
    given(...done, approved())
      .when(schedule('2012'))
      .thenRefused('id-taken'));
  it('records nothing for a repeated command', () => {
    const history = given(...done, circulated(), approved());
    for (const command of [schedule(), addItem('old'), recordStatement('0'), close(), circulate(), approve()])
      history.when(command).thenNothing();
  });
  it('records nothing for a group of repeated commands and refuses a group with a new one', () => {
    const history = given(...done, approved());
    history.when(recordStatement('0'), close(), approve()).thenNothing();
    history.when(recordStatement('0'), recordStatement('2')).thenRefused('minutes-approved', 1);
  });
});

describe('a correction after the approval of minutes', () => {
  const history = given(...done, approved());
  const correctedStatement = statementRecorded('0', { text: 'Regretted the report.' });
  it('can correct a fact', () =>
    history
      .when(correct(getFactReference(3), correctedStatement.data))
      .thenStands(scheduled(), itemAdded('old'), opened(), correctedStatement, closed(), approved()));
  it('can retract a fact', () =>
    history
      .when(retract(getFactReference(3)))
      .thenStands(scheduled(), itemAdded('old'), opened(), closed(), approved()));
  it('can dispute a fact', () =>
    history.when(dispute(getFactReference(3))).then(disputed(getFactReference(3))));
  it('can correct and retract the approval itself', () => {
    history.when(correct(getFactReference(5), approved('2012').data)).thenStands(...done, approved('2012'));
    history.when(retract(getFactReference(5))).thenStands(...done);
  });
  it('must leave the meeting closed before the approval', () =>
    history.when(retract(getFactReference(4))).thenRefused('illegal-correction'));
  it('cannot be in one group with a new fact', () =>
    history
      .when(correct(getFactReference(3), correctedStatement.data), recordStatement('2'))
      .thenRefused('minutes-approved'));
});

describe('a retracted approval', () => {
  const history = [...done, approved(), retracted(getFactReference(5))] as const;
  it('lets further facts be recorded', () => {
    given(...history)
      .when(recordStatement('2'))
      .then(statementRecorded('2'));
    given(...history)
      .when(recordDecision('1'))
      .then(decisionTaken('1'));
    given(...history)
      .when(approve())
      .then(approved());
  });
  it('can be in one group with further facts', () =>
    given(...done, approved())
      .when(retract(getFactReference(5)), recordStatement('2'), approve('2012'))
      .thenStands(...done, statementRecorded('2'), approved('2012')));
  it('can take effect again only if nothing was recorded since', () => {
    given(...history)
      .when(retract(getFactReference(6)))
      .thenStands(...done, approved());
    given(...history, statementRecorded('2'))
      .when(retract(getFactReference(6)))
      .thenRefused('illegal-correction');
    given(...history, approved('2012'))
      .when(retract(getFactReference(6)))
      .thenRefused('illegal-correction');
  });
});

describe('the meeting that approved the minutes', () => {
  const at = { at: 'next' };
  const approveAt = (
    own: string,
    others: Parameters<typeof createRelatedMeetings>[0],
    facts = [scheduled(), opened(), closed()],
  ) => givenMeetings(others)(...facts).when(approve('2011-12-20', { at: own }));
  it('must be another meeting', () => {
    approveAt('next', { next: [otherScheduled('next')] }).then(approved('2011-12-20', at));
    approveAt('cfm', {}).thenRefused('circular-order', 0);
  });
  it('may come after the meeting', () => {
    approveAt('next', { next: [otherScheduled('next', { after: 'cfm' })] }).then(approved('2011-12-20', at));
    approveAt('next', { cfm: [scheduled('2011', { before: 'next' })], next: [otherScheduled('next')] }, [
      scheduled('2011', { before: 'next' }),
      opened(),
      closed(),
    ]).then(approved('2011-12-20', at));
  });
  it('must not come before the meeting', () => {
    approveAt('next', { next: [otherScheduled('next', { before: 'cfm' })] }).thenRefused('circular-order');
    approveAt('next', {
      next: [otherScheduled('next', { before: 'middle' })],
      middle: [otherScheduled('middle', { before: 'cfm' })],
    }).thenRefused('circular-order');
  });
  it('must not come before the meeting according to the links of the meeting itself', () => {
    const later = [scheduled('2011', { after: 'next' }), opened(), closed()];
    approveAt('next', { cfm: later, next: [otherScheduled('next')] }, later).thenRefused('circular-order');
    const further = [scheduled('2011', { after: 'middle' }), opened(), closed()];
    approveAt(
      'next',
      { cfm: further, next: [otherScheduled('next')], middle: [otherScheduled('middle', { after: 'next' })] },
      further,
    ).thenRefused('circular-order');
  });
  it('must not come before the meeting if all is in one group', () =>
    givenMeetings({ next: [otherScheduled('next')] })()
      .when(schedule('2011', { after: 'next' }), open(), close(), approve('2011-12-20', at))
      .thenRefused('circular-order', 3));
  it('is checked with its corrected links', () => {
    const next = [
      otherScheduled('next', { before: 'cfm' }),
      corrected('meeting-next@0', otherScheduled('next').data),
    ];
    approveAt('next', { next }).then(approved('2011-12-20', at));
  });

  // The related state of this meeting is the one from before the correction.
  const history = [scheduled(), opened(), closed(), approved('2011-12-20', at)];
  it('is checked again when the order is corrected', () => {
    givenMeetings({ cfm: history, next: [otherScheduled('next')] })(...history)
      .when(correct(getFactReference(0), scheduled('2011', { after: 'next' }).data))
      .thenRefused('illegal-correction');
    givenMeetings({ cfm: history, next: [otherScheduled('next')] })(...history)
      .when(correct(getFactReference(0), scheduled('2011', { before: 'next' }).data))
      .thenStands(scheduled('2011', { before: 'next' }), ...history.slice(1));
  });
  it('is checked again when the approval is corrected', () => {
    givenMeetings({
      cfm: history,
      next: [otherScheduled('next')],
      last: [otherScheduled('last', { before: 'cfm' })],
    })(...history)
      .when(correct(getFactReference(3), approved('2011-12-20', { at: 'last' }).data))
      .thenRefused('illegal-correction');
    givenMeetings({ cfm: history, next: [otherScheduled('next')] })(...history)
      .when(correct(getFactReference(3), approved('2011-12-20', { at: 'cfm' }).data))
      .thenRefused('illegal-correction');
  });
  it('may be accepted in one group with the correction of the order', () => {
    const wrong = [scheduled('2011', { after: 'next' }), opened(), closed()];
    givenMeetings({ cfm: wrong, next: [otherScheduled('next')] })(...wrong)
      .when(correct(getFactReference(0), scheduled('2011').data), approve('2011-12-20', at))
      .thenStands(scheduled('2011'), opened(), closed(), approved('2011-12-20', at));
  });
});
