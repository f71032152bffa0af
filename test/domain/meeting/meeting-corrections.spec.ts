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
  getFactName,
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

describe('correcting the record', () => {
  it('a speaker', () => {
    const [wrong, right] = [
      statementRecorded('1', { speaker: 'jane-doe' }),
      statementRecorded('1', { speaker: 'john-doe' }),
    ];
    given(scheduled(), opened(), wrong)
      .when(correct(getFactName(2), right.data))
      .thenStands(scheduled(), opened(), right);
  });
  it('a date', () => {
    given(scheduled(), rescheduled('2012'), opened())
      .when(correct(getFactName(1), rescheduled('2012-01-01').data))
      .thenStands(scheduled(), rescheduled('2012-01-01'), opened());
    const moved = [
      scheduled(),
      rescheduled('2012'),
      corrected(getFactName(1), rescheduled('2012-01-01').data),
    ] as const;
    expect(foldLifecycle(...moved)).toMatchObject({ status: 'scheduled', scheduledFor: '2012-01-01' });
  });
  it('a participant', () =>
    given(scheduled(), opened(), participantRecorded('belarus', 'present'))
      .when(correct(getFactName(2), participantRecorded('belarus', 'regrets').data))
      .thenStands(scheduled(), opened(), participantRecorded('belarus', 'regrets')));
  it('the id of a participant, unless that is taken', () => {
    const history = given(
      scheduled(),
      opened(),
      participantRecorded('a', 'present'),
      participantRecorded('b', 'present'),
    );
    history
      .when(correct(getFactName(2), participantRecorded('c', 'present').data))
      .thenStands(
        scheduled(),
        opened(),
        participantRecorded('c', 'present'),
        participantRecorded('b', 'present'),
      );
    history
      .when(correct(getFactName(2), participantRecorded('b', 'remote').data))
      .thenRefused('illegal-correction');
  });
  it('regrets that came before a presence stay regrets', () => {
    const both = [
      scheduled(),
      participantRecorded('a', 'regrets'),
      opened(),
      participantRecorded('a', 'present'),
    ] as const;
    given(...both)
      .when(correct(getFactName(1), participantRecorded('a', 'present').data))
      .thenRefused('illegal-correction');
    given(...both)
      .when(correct(getFactName(3), participantRecorded('a', 'regrets').data))
      .thenRefused('illegal-correction');
    given(...both)
      .when(correct(getFactName(3), participantRecorded('a', 'remote').data))
      .thenStands(
        scheduled(),
        participantRecorded('a', 'regrets'),
        opened(),
        participantRecorded('a', 'remote'),
      );
    given(...both)
      .when(retract(getFactName(1)))
      .thenStands(scheduled(), opened(), participantRecorded('a', 'present'));
  });
  it('a presence recorded before the opening is none', () =>
    given(scheduled(), participantRecorded('a', 'regrets'), opened())
      .when(correct(getFactName(1), participantRecorded('a', 'present').data))
      .thenRefused('illegal-correction'));
  it('into words of another meeting is none', () =>
    given(scheduled(), opened(), statementRecorded('1'))
      .when(correct(getFactName(2), { ...statementRecorded('1').data, meeting: 'summit' }))
      .thenRefused('illegal-correction', 0));
  it('a correction by a correction', () =>
    given(
      scheduled(),
      opened(),
      statementRecorded('1'),
      corrected(getFactName(2), statementRecorded('1', { text: 'No.' }).data),
    )
      .when(
        correct(getFactName(3), {
          fact: getFactName(2),
          with: statementRecorded('1', { text: 'Yes.' }).data,
          reason: 'misread',
        }),
      )
      .thenStands(scheduled(), opened(), statementRecorded('1', { text: 'Yes.' })));
  it('a fact that is disputed stands', () =>
    given(scheduled(), opened(), statementRecorded('1'))
      .when(dispute(getFactName(2), 'said something else'))
      .then(disputed(getFactName(2), 'said something else')));
});

describe('retracting', () => {
  it('a statement', () => {
    const history = given(scheduled(), opened(), statementRecorded('1'), statementRecorded('2'));
    history.when(retract(getFactName(2))).thenStands(scheduled(), opened(), statementRecorded('2'));
    given(scheduled(), opened(), statementRecorded('1'), retracted(getFactName(2)))
      .when(retract(getFactName(2)))
      .thenNothing();
  });
  it('frees its id', () => {
    const freed = statementRecorded('1', { text: 'No.' });
    given(scheduled(), opened(), statementRecorded('1'), retracted(getFactName(2)))
      .when({ name: 'record-statement', data: freed.data })
      .then(freed);
    given(scheduled(), opened(), statementRecorded('1'), retracted(getFactName(2)), freed)
      .when(retract(getFactName(3)))
      .thenRefused('illegal-correction');
  });
  it('what is referred to is refused', () => {
    given(scheduled(), itemAdded('1'), opened(), statementRecorded('1', about))
      .when(retract(getFactName(1)))
      .thenRefused('illegal-correction');
    given(scheduled(), itemAdded('1'), itemWithdrawn('1'))
      .when(retract(getFactName(1)))
      .thenRefused('illegal-correction');
    given(scheduled(), itemAdded('1'), opened(), decisionTaken('1', about))
      .when(retract(getFactName(1)))
      .thenRefused('illegal-correction');
    given(scheduled(), opened(), statementRecorded('1'), statementRecorded('2', { inReplyTo: '1' }))
      .when(retract(getFactName(2)))
      .thenRefused('illegal-correction');
    given(scheduled(), opened(), decisionTaken('1'), reportHeard('1', { concerning: [{ decision: '1' }] }))
      .when(retract(getFactName(2)))
      .thenRefused('illegal-correction');
  });
  it('what is referred to together with what refers to it', () =>
    given(scheduled(), itemAdded('1'), opened(), statementRecorded('1', about))
      .when(retract(getFactName(1)), retract(getFactName(3)))
      .thenStands(scheduled(), opened()));
  it('a withdrawal puts the item back', () =>
    given(scheduled(), itemAdded('1'), itemWithdrawn('1'))
      .when(retract(getFactName(2)))
      .thenStands(scheduled(), itemAdded('1')));
});

describe('a reference that a correction leaves', () => {
  const history = given(scheduled(), itemAdded('1'), opened(), statementRecorded('1', about));
  it('must lead to something', () => {
    history
      .when(correct(getFactName(3), statementRecorded('1', { agendaItem: '2' }).data))
      .thenRefused('illegal-correction');
    history
      .when(correct(getFactName(3), statementRecorded('1', { inReplyTo: '1' }).data))
      .thenRefused('illegal-correction');
    history.when(correct(getFactName(1), itemAdded('2').data)).thenRefused('illegal-correction');
  });
  it('must lead to something recorded before', () =>
    given(scheduled(), opened(), statementRecorded('1'), statementRecorded('2'))
      .when(correct(getFactName(2), statementRecorded('1', { inReplyTo: '2' }).data))
      .thenRefused('illegal-correction'));
  it('may be changed by two corrections that depend on each other', () => {
    const both = [
      correct(getFactName(1), itemAdded('2').data),
      correct(getFactName(3), statementRecorded('1', { agendaItem: '2' }).data),
    ];
    const left = [
      scheduled(),
      itemAdded('2'),
      opened(),
      statementRecorded('1', { agendaItem: '2' }),
    ] as const;
    history.when(...both).thenStands(...left);
    history.when(...both.toReversed()).thenStands(...left);
  });
  it('into another meeting is judged by what is known of it', () => {
    const summit = { summit: [otherScheduled('summit'), opened(), decisionTaken('1')] };
    const concerning = (decision: string) =>
      reportHeard('1', { concerning: [{ meeting: 'summit', decision }] });
    const begun = givenMeetings(summit)(scheduled(), opened(), reportHeard('1'));
    begun
      .when(correct(getFactName(2), concerning('1').data))
      .thenStands(scheduled(), opened(), concerning('1'));
    begun.when(correct(getFactName(2), concerning('2').data)).thenRefused('illegal-correction');
  });
});

describe('the life that a correction leaves', () => {
  it('must be legal', () => {
    given(scheduled(), opened(), statementRecorded('1'))
      .when(retract(getFactName(1)))
      .thenRefused('illegal-correction');
    given(scheduled(), opened(), adjourned(), opened('2011-06-01'))
      .when(retract(getFactName(2)))
      .thenRefused('illegal-correction');
    given(scheduled(), postponed(), rescheduled('2012'), opened())
      .when(retract(getFactName(2)))
      .thenRefused('illegal-correction');
    given(scheduled(), confirmed(), rescheduled('2012'), confirmed({ note: 'again' }))
      .when(retract(getFactName(2)))
      .thenRefused('illegal-correction');
  });
  it('may be another one', () => {
    given(scheduled(), cancelled())
      .when(retract(getFactName(1)))
      .thenStands(scheduled());
    given(scheduled(), opened(), closed())
      .when(retract(getFactName(2)))
      .thenStands(scheduled(), opened());
    given(scheduled(), opened())
      .when(retract(getFactName(1)))
      .thenStands(scheduled());
  });
  it('goes on from there', () => {
    given(scheduled(), cancelled(), retracted(getFactName(1)))
      .when(open())
      .then(opened());
    given(scheduled(), postponed(), retracted(getFactName(1)))
      .when(confirm())
      .then(confirmed());
    given(scheduled(), cancelled())
      .when(retract(getFactName(1)), open())
      .thenStands(scheduled(), opened());
  });
  it('does not let a correction back in that it makes illegal', () =>
    given(scheduled(), cancelled(), retracted(getFactName(1)), opened())
      .when(retract(getFactName(2)))
      .thenRefused('illegal-correction'));
  it('in a group with other commands is refused with the code of the rule', () => {
    given(scheduled(), opened(), closed())
      .when(correct(getFactName(1), opened('2011').data), open('2012'))
      .thenRefused('meeting-closed');
    given(scheduled(), opened(), statementRecorded('1'))
      .when(retract(getFactName(1)), confirm())
      .thenRefused('meeting-not-open');
  });
});

describe('the first fact', () => {
  it('is corrected, never retracted', () => {
    given(scheduled(), opened())
      .when(correct(getFactName(0), scheduled('2011-06-01').data))
      .thenStands(scheduled('2011-06-01'), opened());
    given(scheduled(), opened())
      .when(retract(getFactName(0)))
      .thenRefused('illegal-correction', 0);
    given(scheduled(), corrected(getFactName(0), scheduled('2012').data))
      .when(retract(getFactName(0)))
      .thenRefused('illegal-correction', 0);
  });
  it('its correction can be retracted', () =>
    given(scheduled(), corrected(getFactName(0), scheduled('2012').data))
      .when(retract(getFactName(1)))
      .thenStands(scheduled()));
  it('its corrected date is not that of the meeting any more once that was rescheduled', () =>
    expect(
      foldLifecycle(scheduled(), rescheduled('2012'), corrected(getFactName(0), scheduled('2010').data))
        ?.scheduledFor,
    ).toBe('2012'));
});
