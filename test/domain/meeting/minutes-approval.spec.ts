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
  relateMeetings,
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
  getFactName,
  given,
  givenMeetings,
  statementRecorded,
  itemAdded,
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

describe('approving minutes', () => {
  it('is recorded once the meeting is closed', () =>
    given(...done)
      .when(approve())
      .then(approved()));
  it('without having circulated them is legal, and so is having circulated them', () =>
    given(...done, circulated())
      .when(approve())
      .then(approved()));
  it('twice is once', () =>
    given(...done, approved())
      .when(approve())
      .thenNothing());
  it('on another day is refused', () =>
    given(...done, approved())
      .when(approve('2012'))
      .thenRefused('minutes-approved'));
  it('and closing can be one group', () =>
    given(scheduled(), opened()).when(close(), approve()).then(closed(), approved()));
  it('in a group comes last', () =>
    given(scheduled(), opened())
      .when(close(), approve(), recordStatement('1'))
      .thenRefused('minutes-approved', 2));
});

describe('after that', () => {
  const sent = Object.entries(COMMANDS_BY_ROW).flatMap(([what, commands]) =>
    commands.map((command) => ({ what, command })),
  );
  it.each(sent)('$what is refused, whatever other rule it breaks', ({ command }) => {
    const history = given(...done, approved());
    if (command.name === 'approve-minutes') history.when(command).thenNothing();
    else history.when(command).thenRefused('minutes-approved', 0);
  });
  it('also what would be refused otherwise', () => {
    const history = given(...done, participantRecorded('belarus', 'regrets'), approved());
    history.when(addItem('old', { title: 'Accounts' })).thenRefused('minutes-approved');
    history.when(recordStatement('0', { text: 'No.' })).thenRefused('minutes-approved');
    history.when(recordParticipant('belarus', 'present')).thenRefused('minutes-approved');
    history.when(open()).thenRefused('minutes-approved');
    history.when(reschedule('2012')).thenRefused('minutes-approved');
    history.when(approve('2012', { at: 'cfm' })).thenRefused('minutes-approved');
  });
  it('an unknown reference is told before', () =>
    expect(decideMeeting([...done, approved()], [recordDecision('1', { agendaItem: '9' })])).toBe(
      '/agendaItem unknown-reference',
    ));
  it('the id stays taken', () =>
    given(...done, approved())
      .when(schedule('2012'))
      .thenRefused('id-taken'));
  it('what stands is quiet', () => {
    const history = given(...done, circulated(), approved());
    for (const command of [schedule(), addItem('old'), recordStatement('0'), close(), circulate(), approve()])
      history.when(command).thenNothing();
  });
  it('a group of what stands is quiet, with something new it is refused', () => {
    const history = given(...done, approved());
    history.when(recordStatement('0'), close(), approve()).thenNothing();
    history.when(recordStatement('0'), recordStatement('2')).thenRefused('minutes-approved', 1);
  });
});

describe('corrections go on', () => {
  const history = given(...done, approved());
  const now = statementRecorded('0', { text: 'Regretted the report.' });
  it('correcting', () =>
    history
      .when(correct(getFactName(3), now.data))
      .thenStands(scheduled(), itemAdded('old'), opened(), now, closed(), approved()));
  it('retracting', () =>
    history
      .when(retract(getFactName(3)))
      .thenStands(scheduled(), itemAdded('old'), opened(), closed(), approved()));
  it('disputing', () => history.when(dispute(getFactName(3))).then(disputed(getFactName(3))));
  it('of the approval itself', () => {
    history.when(correct(getFactName(5), approved('2012').data)).thenStands(...done, approved('2012'));
    history.when(retract(getFactName(5))).thenStands(...done);
  });
  it('must leave the meeting closed before it', () =>
    history.when(retract(getFactName(4))).thenRefused('illegal-correction'));
  it('cannot bring in what is new, not even in one group', () =>
    history.when(correct(getFactName(3), now.data), recordStatement('2')).thenRefused('minutes-approved'));
});

describe('an approval that was retracted', () => {
  const history = [...done, approved(), retracted(getFactName(5))] as const;
  it('lets the record go on', () => {
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
  it('in one group with what goes on', () =>
    given(...done, approved())
      .when(retract(getFactName(5)), recordStatement('2'), approve('2012'))
      .thenStands(...done, statementRecorded('2'), approved('2012')));
  it('comes back only if nothing was recorded since', () => {
    given(...history)
      .when(retract(getFactName(6)))
      .thenStands(...done, approved());
    given(...history, statementRecorded('2'))
      .when(retract(getFactName(6)))
      .thenRefused('illegal-correction');
    given(...history, approved('2012'))
      .when(retract(getFactName(6)))
      .thenRefused('illegal-correction');
  });
});

describe('the meeting that approved them', () => {
  const at = { at: 'next' };
  const when = (
    own: string,
    others: Parameters<typeof relateMeetings>[0],
    facts = [scheduled(), opened(), closed()],
  ) => givenMeetings(others)(...facts).when(approve('2011-12-20', { at: own }));
  it('is another one', () => {
    when('next', { next: [otherScheduled('next')] }).then(approved('2011-12-20', at));
    when('cfm', {}).thenRefused('circular-order', 0);
  });
  it('can come after it', () => {
    when('next', { next: [otherScheduled('next', { after: 'cfm' })] }).then(approved('2011-12-20', at));
    when('next', { cfm: [scheduled('2011', { before: 'next' })], next: [otherScheduled('next')] }, [
      scheduled('2011', { before: 'next' }),
      opened(),
      closed(),
    ]).then(approved('2011-12-20', at));
  });
  it('does not come before it', () => {
    when('next', { next: [otherScheduled('next', { before: 'cfm' })] }).thenRefused('circular-order');
    when('next', {
      next: [otherScheduled('next', { before: 'middle' })],
      middle: [otherScheduled('middle', { before: 'cfm' })],
    }).thenRefused('circular-order');
  });
  it('does not come before it by what the meeting itself says', () => {
    const later = [scheduled('2011', { after: 'next' }), opened(), closed()];
    when('next', { cfm: later, next: [otherScheduled('next')] }, later).thenRefused('circular-order');
    const further = [scheduled('2011', { after: 'middle' }), opened(), closed()];
    when(
      'next',
      { cfm: further, next: [otherScheduled('next')], middle: [otherScheduled('middle', { after: 'next' })] },
      further,
    ).thenRefused('circular-order');
  });
  it('nor if all is said in one group', () =>
    givenMeetings({ next: [otherScheduled('next')] })()
      .when(schedule('2011', { after: 'next' }), open(), close(), approve('2011-12-20', at))
      .thenRefused('circular-order', 3));
  it('is judged by its order in the words of now', () => {
    const next = [
      otherScheduled('next', { before: 'cfm' }),
      corrected('meeting-next@0', otherScheduled('next').data),
    ];
    when('next', { next }).then(approved('2011-12-20', at));
  });

  // What the node knows of this meeting is what it said before the correction.
  const history = [scheduled(), opened(), closed(), approved('2011-12-20', at)];
  it('is judged again when the order is corrected', () => {
    givenMeetings({ cfm: history, next: [otherScheduled('next')] })(...history)
      .when(correct(getFactName(0), scheduled('2011', { after: 'next' }).data))
      .thenRefused('illegal-correction');
    givenMeetings({ cfm: history, next: [otherScheduled('next')] })(...history)
      .when(correct(getFactName(0), scheduled('2011', { before: 'next' }).data))
      .thenStands(scheduled('2011', { before: 'next' }), ...history.slice(1));
  });
  it('and when it is corrected itself', () => {
    givenMeetings({
      cfm: history,
      next: [otherScheduled('next')],
      last: [otherScheduled('last', { before: 'cfm' })],
    })(...history)
      .when(correct(getFactName(3), approved('2011-12-20', { at: 'last' }).data))
      .thenRefused('illegal-correction');
    givenMeetings({ cfm: history, next: [otherScheduled('next')] })(...history)
      .when(correct(getFactName(3), approved('2011-12-20', { at: 'cfm' }).data))
      .thenRefused('illegal-correction');
  });
  it('the order that stood in the way can be corrected in one group with it', () => {
    const wrong = [scheduled('2011', { after: 'next' }), opened(), closed()];
    givenMeetings({ cfm: wrong, next: [otherScheduled('next')] })(...wrong)
      .when(correct(getFactName(0), scheduled('2011').data), approve('2011-12-20', at))
      .thenStands(scheduled('2011'), opened(), closed(), approved('2011-12-20', at));
  });
});
