import {
  correct,
  corrected,
  dispute,
  disputed,
  retract,
  retracted,
} from '../../support/amendment-fixtures.js';
import {
  adjourned,
  participantRecorded,
  cancelled,
  closed,
  confirm,
  confirmed,
  foldLifecycle,
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
  postponed,
  reportHeard,
  rescheduled,
  scheduled,
} from '../../support/meeting-fixtures.js';

const about = { agendaItem: '1' };

describe('the correction of a meeting', () => {
  it('can change a speaker', () => {
    const [wrong, right] = [
      statementRecorded('1', { speaker: 'jane-doe' }),
      statementRecorded('1', { speaker: 'john-doe' }),
    ];
    given(scheduled(), opened(), wrong)
      .when(correct(getFactReference(2), right.data))
      .thenStands(scheduled(), opened(), right);
  });
  it('can change a date', () => {
    given(scheduled(), rescheduled('2012'), opened())
      .when(correct(getFactReference(1), rescheduled('2012-01-01').data))
      .thenStands(scheduled(), rescheduled('2012-01-01'), opened());
    const moved = [
      scheduled(),
      rescheduled('2012'),
      corrected(getFactReference(1), rescheduled('2012-01-01').data),
    ] as const;
    expect(foldLifecycle(...moved)).toMatchObject({ status: 'scheduled', scheduledFor: '2012-01-01' });
  });
  it('can change the attendance of a participant', () =>
    given(scheduled(), opened(), participantRecorded('belarus', 'present'))
      .when(correct(getFactReference(2), participantRecorded('belarus', 'regrets').data))
      .thenStands(scheduled(), opened(), participantRecorded('belarus', 'regrets')));
  it('cannot change the id of a participant', () =>
    given(scheduled(), opened(), participantRecorded('a', 'present'))
      .when(correct(getFactReference(2), participantRecorded('c', 'present').data))
      .thenRefused('illegal-correction'));
  it('is refused if it changes regrets and a later presence of one participant to two facts of one kind', () => {
    const both = [
      scheduled(),
      participantRecorded('a', 'regrets'),
      opened(),
      participantRecorded('a', 'present'),
    ] as const;
    given(...both)
      .when(correct(getFactReference(1), participantRecorded('a', 'present').data))
      .thenRefused('illegal-correction');
    given(...both)
      .when(correct(getFactReference(3), participantRecorded('a', 'regrets').data))
      .thenRefused('illegal-correction');
    given(...both)
      .when(correct(getFactReference(3), participantRecorded('a', 'remote').data))
      .thenStands(
        scheduled(),
        participantRecorded('a', 'regrets'),
        opened(),
        participantRecorded('a', 'remote'),
      );
    given(...both)
      .when(retract(getFactReference(1)))
      .thenStands(scheduled(), opened(), participantRecorded('a', 'present'));
  });
  it('is refused if it records a presence before the opening', () =>
    given(scheduled(), participantRecorded('a', 'regrets'), opened())
      .when(correct(getFactReference(1), participantRecorded('a', 'present').data))
      .thenRefused('illegal-correction'));
  it('is refused if the replacement belongs to another meeting', () =>
    given(scheduled(), opened(), statementRecorded('1'))
      .when(correct(getFactReference(2), { ...statementRecorded('1').data, meeting: 'summit' }))
      .thenRefused('illegal-correction', 0));
  it('can itself be corrected', () =>
    given(
      scheduled(),
      opened(),
      statementRecorded('1'),
      corrected(getFactReference(2), statementRecorded('1', { text: 'No.' }).data),
    )
      .when(
        correct(getFactReference(3), {
          fact: getFactReference(2),
          with: statementRecorded('1', { text: 'Yes.' }).data,
          reason: 'misread',
        }),
      )
      .thenStands(scheduled(), opened(), statementRecorded('1', { text: 'Yes.' })));
  it('is not part of a dispute, which leaves the fact in effect', () =>
    given(scheduled(), opened(), statementRecorded('1'))
      .when(dispute(getFactReference(2), 'said something else'))
      .then(disputed(getFactReference(2), 'said something else')));
});

describe('the retraction of a fact of a meeting', () => {
  it('removes a statement and records nothing when it is repeated', () => {
    const history = given(scheduled(), opened(), statementRecorded('1'), statementRecorded('2'));
    history.when(retract(getFactReference(2))).thenStands(scheduled(), opened(), statementRecorded('2'));
    given(scheduled(), opened(), statementRecorded('1'), retracted(getFactReference(2)))
      .when(retract(getFactReference(2)))
      .thenNothing();
  });
  it('frees the id of the fact', () => {
    const freed = statementRecorded('1', { text: 'No.' });
    given(scheduled(), opened(), statementRecorded('1'), retracted(getFactReference(2)))
      .when({ name: 'record-statement', data: freed.data })
      .then(freed);
    given(scheduled(), opened(), statementRecorded('1'), retracted(getFactReference(2)), freed)
      .when(retract(getFactReference(3)))
      .thenRefused('illegal-correction');
  });
  it('is refused if another fact refers to the fact', () => {
    given(scheduled(), itemAdded('1'), opened(), statementRecorded('1', about))
      .when(retract(getFactReference(1)))
      .thenRefused('illegal-correction');
    given(scheduled(), itemAdded('1'), itemWithdrawn('1'))
      .when(retract(getFactReference(1)))
      .thenRefused('illegal-correction');
    given(scheduled(), itemAdded('1'), opened(), decisionTaken('1', about))
      .when(retract(getFactReference(1)))
      .thenRefused('illegal-correction');
    given(scheduled(), opened(), statementRecorded('1'), statementRecorded('2', { inReplyTo: '1' }))
      .when(retract(getFactReference(2)))
      .thenRefused('illegal-correction');
    given(scheduled(), opened(), decisionTaken('1'), reportHeard('1', { concerning: [{ decision: '1' }] }))
      .when(retract(getFactReference(2)))
      .thenRefused('illegal-correction');
  });
  it('is accepted in one group with the retraction of the fact that refers to it', () =>
    given(scheduled(), itemAdded('1'), opened(), statementRecorded('1', about))
      .when(retract(getFactReference(1)), retract(getFactReference(3)))
      .thenStands(scheduled(), opened()));
  it('of an agenda item that was added again leaves it withdrawn', () => {
    const history = [scheduled(), itemAdded('1'), itemWithdrawn('1'), itemAdded('1')];
    given(...history)
      .when(retract(getFactReference(3)))
      .thenStands(scheduled(), itemAdded('1'), itemWithdrawn('1'));
    given(...history)
      .when(retract(getFactReference(2)))
      .thenRefused('illegal-correction');
    given(...history, itemWithdrawn('1'))
      .when(retract(getFactReference(3)))
      .thenRefused('illegal-correction');
  });
  it('of a withdrawal restores the agenda item', () =>
    given(scheduled(), itemAdded('1'), itemWithdrawn('1'))
      .when(retract(getFactReference(2)))
      .thenStands(scheduled(), itemAdded('1')));
});

describe('a reference after a correction', () => {
  const history = given(scheduled(), itemAdded('1'), opened(), statementRecorded('1', about));
  it('must resolve', () => {
    history
      .when(correct(getFactReference(3), statementRecorded('1', { agendaItem: '2' }).data))
      .thenRefused('illegal-correction');
    history
      .when(correct(getFactReference(3), statementRecorded('1', { inReplyTo: '1' }).data))
      .thenRefused('illegal-correction');
    history.when(correct(getFactReference(1), itemAdded('2').data)).thenRefused('illegal-correction');
  });
  it('must resolve to a fact that was recorded before', () =>
    given(scheduled(), opened(), statementRecorded('1'), statementRecorded('2'))
      .when(correct(getFactReference(2), statementRecorded('1', { inReplyTo: '2' }).data))
      .thenRefused('illegal-correction'));
  it('can be changed together with the retraction of what it named, in either order', () => {
    const both = [retract(getFactReference(1)), correct(getFactReference(3), statementRecorded('1').data)];
    const left = [scheduled(), opened(), statementRecorded('1')] as const;
    history.when(...both).thenStands(...left);
    history.when(...both.toReversed()).thenStands(...left);
  });
  it('to another meeting is checked against the known state of that meeting', () => {
    const summit = { summit: [otherScheduled('summit'), opened(), decisionTaken('1')] };
    const concerning = (decision: string) =>
      reportHeard('1', { concerning: [{ meeting: 'summit', decision }] });
    const begun = givenMeetings(summit)(scheduled(), opened(), reportHeard('1'));
    begun
      .when(correct(getFactReference(2), concerning('1').data))
      .thenStands(scheduled(), opened(), concerning('1'));
    begun.when(correct(getFactReference(2), concerning('2').data)).thenRefused('illegal-correction');
  });
});

describe('the lifecycle after a correction', () => {
  it('must be legal', () => {
    given(scheduled(), opened(), statementRecorded('1'))
      .when(retract(getFactReference(1)))
      .thenRefused('illegal-correction');
    given(scheduled(), opened(), adjourned(), opened('2011-06-01'))
      .when(retract(getFactReference(2)))
      .thenRefused('illegal-correction');
    given(scheduled(), postponed(), rescheduled('2012'), opened())
      .when(retract(getFactReference(2)))
      .thenRefused('illegal-correction');
    given(scheduled(), confirmed(), rescheduled('2012'), confirmed({ note: 'again' }))
      .when(retract(getFactReference(2)))
      .thenRefused('illegal-correction');
  });
  it('may differ from the one before', () => {
    given(scheduled(), cancelled())
      .when(retract(getFactReference(1)))
      .thenStands(scheduled());
    given(scheduled(), opened(), closed())
      .when(retract(getFactReference(2)))
      .thenStands(scheduled(), opened());
    given(scheduled(), opened())
      .when(retract(getFactReference(1)))
      .thenStands(scheduled());
  });
  it('is the one that later commands are checked against', () => {
    given(scheduled(), cancelled(), retracted(getFactReference(1)))
      .when(open())
      .then(opened());
    given(scheduled(), postponed(), retracted(getFactReference(1)))
      .when(confirm())
      .then(confirmed());
    given(scheduled(), cancelled())
      .when(retract(getFactReference(1)), open())
      .thenStands(scheduled(), opened());
  });
  it('must remain legal when a retracted amendment takes effect again', () =>
    given(scheduled(), cancelled(), retracted(getFactReference(1)), opened())
      .when(retract(getFactReference(2)))
      .thenRefused('illegal-correction'));
  it('is refused with the code of the broken rule in a group with other commands', () => {
    given(scheduled(), opened(), closed())
      .when(correct(getFactReference(1), opened('2011').data), open('2012'))
      .thenRefused('meeting-closed');
    given(scheduled(), opened(), statementRecorded('1'))
      .when(retract(getFactReference(1)), confirm())
      .thenRefused('meeting-not-open');
  });
});

describe('the first fact of a meeting', () => {
  it('can be corrected but not retracted', () => {
    given(scheduled(), opened())
      .when(correct(getFactReference(0), scheduled('2011-06-01').data))
      .thenStands(scheduled('2011-06-01'), opened());
    given(scheduled(), opened())
      .when(retract(getFactReference(0)))
      .thenRefused('illegal-correction', 0);
    given(scheduled(), corrected(getFactReference(0), scheduled('2012').data))
      .when(retract(getFactReference(0)))
      .thenRefused('illegal-correction', 0);
  });
  it('lets its correction be retracted', () =>
    given(scheduled(), corrected(getFactReference(0), scheduled('2012').data))
      .when(retract(getFactReference(1)))
      .thenStands(scheduled()));
  it('no longer determines the date once the meeting was rescheduled, even if corrected', () =>
    expect(
      foldLifecycle(scheduled(), rescheduled('2012'), corrected(getFactReference(0), scheduled('2010').data))
        ?.scheduledFor,
    ).toBe('2012'));
});
