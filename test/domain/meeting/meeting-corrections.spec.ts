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
  attended,
  cancelled,
  closed,
  confirm,
  confirmed,
  courseAfter,
  decided,
  fact,
  given,
  givenAmong,
  heard,
  itemAdded,
  itemWithdrawn,
  open,
  opened,
  other,
  postponed,
  reported,
  rescheduled,
  scheduled,
} from '../../support/meeting-fixtures.js';

const about = { agendaItem: '1' };

describe('correcting the record', () => {
  it('a speaker', () => {
    const [wrong, right] = [heard('1', { speaker: 'jane-doe' }), heard('1', { speaker: 'john-doe' })];
    given(scheduled(), opened(), wrong)
      .when(correct(fact(2), right.data))
      .thenStands(scheduled(), opened(), right);
  });
  it('a date', () => {
    given(scheduled(), rescheduled('2012'), opened())
      .when(correct(fact(1), rescheduled('2012-01-01').data))
      .thenStands(scheduled(), rescheduled('2012-01-01'), opened());
    const moved = [
      scheduled(),
      rescheduled('2012'),
      corrected(fact(1), rescheduled('2012-01-01').data),
    ] as const;
    expect(courseAfter(...moved)).toMatchObject({ status: 'scheduled', scheduledFor: '2012-01-01' });
  });
  it('a participant', () =>
    given(scheduled(), opened(), attended('belarus', 'present'))
      .when(correct(fact(2), attended('belarus', 'regrets').data))
      .thenStands(scheduled(), opened(), attended('belarus', 'regrets')));
  it('the id of a participant, unless that is taken', () => {
    const history = given(scheduled(), opened(), attended('a', 'present'), attended('b', 'present'));
    history
      .when(correct(fact(2), attended('c', 'present').data))
      .thenStands(scheduled(), opened(), attended('c', 'present'), attended('b', 'present'));
    history.when(correct(fact(2), attended('b', 'remote').data)).thenRefused('illegal-correction');
  });
  it('regrets that came before a presence stay regrets', () => {
    const both = [scheduled(), attended('a', 'regrets'), opened(), attended('a', 'present')] as const;
    given(...both)
      .when(correct(fact(1), attended('a', 'present').data))
      .thenRefused('illegal-correction');
    given(...both)
      .when(correct(fact(3), attended('a', 'regrets').data))
      .thenRefused('illegal-correction');
    given(...both)
      .when(correct(fact(3), attended('a', 'remote').data))
      .thenStands(scheduled(), attended('a', 'regrets'), opened(), attended('a', 'remote'));
    given(...both)
      .when(retract(fact(1)))
      .thenStands(scheduled(), opened(), attended('a', 'present'));
  });
  it('a presence recorded before the opening is none', () =>
    given(scheduled(), attended('a', 'regrets'), opened())
      .when(correct(fact(1), attended('a', 'present').data))
      .thenRefused('illegal-correction'));
  it('into words of another meeting is none', () =>
    given(scheduled(), opened(), heard('1'))
      .when(correct(fact(2), { ...heard('1').data, meeting: 'summit' }))
      .thenRefused('illegal-correction', 0));
  it('a correction by a correction', () =>
    given(scheduled(), opened(), heard('1'), corrected(fact(2), heard('1', { text: 'No.' }).data))
      .when(correct(fact(3), { fact: fact(2), with: heard('1', { text: 'Yes.' }).data, reason: 'misread' }))
      .thenStands(scheduled(), opened(), heard('1', { text: 'Yes.' })));
  it('a fact that is disputed stands', () =>
    given(scheduled(), opened(), heard('1'))
      .when(dispute(fact(2), 'said something else'))
      .then(disputed(fact(2), 'said something else')));
});

describe('retracting', () => {
  it('a statement', () => {
    const history = given(scheduled(), opened(), heard('1'), heard('2'));
    history.when(retract(fact(2))).thenStands(scheduled(), opened(), heard('2'));
    given(scheduled(), opened(), heard('1'), retracted(fact(2)))
      .when(retract(fact(2)))
      .thenNothing();
  });
  it('frees its id', () => {
    const freed = heard('1', { text: 'No.' });
    given(scheduled(), opened(), heard('1'), retracted(fact(2)))
      .when({ name: 'record-statement', data: freed.data })
      .then(freed);
    given(scheduled(), opened(), heard('1'), retracted(fact(2)), freed)
      .when(retract(fact(3)))
      .thenRefused('illegal-correction');
  });
  it('what is referred to is refused', () => {
    given(scheduled(), itemAdded('1'), opened(), heard('1', about))
      .when(retract(fact(1)))
      .thenRefused('illegal-correction');
    given(scheduled(), itemAdded('1'), itemWithdrawn('1'))
      .when(retract(fact(1)))
      .thenRefused('illegal-correction');
    given(scheduled(), itemAdded('1'), opened(), decided('1', about))
      .when(retract(fact(1)))
      .thenRefused('illegal-correction');
    given(scheduled(), opened(), heard('1'), heard('2', { inReplyTo: '1' }))
      .when(retract(fact(2)))
      .thenRefused('illegal-correction');
    given(scheduled(), opened(), decided('1'), reported('1', { concerning: [{ decision: '1' }] }))
      .when(retract(fact(2)))
      .thenRefused('illegal-correction');
  });
  it('what is referred to together with what refers to it', () =>
    given(scheduled(), itemAdded('1'), opened(), heard('1', about))
      .when(retract(fact(1)), retract(fact(3)))
      .thenStands(scheduled(), opened()));
  it('a withdrawal puts the item back', () =>
    given(scheduled(), itemAdded('1'), itemWithdrawn('1'))
      .when(retract(fact(2)))
      .thenStands(scheduled(), itemAdded('1')));
});

describe('a reference that a correction leaves', () => {
  const history = given(scheduled(), itemAdded('1'), opened(), heard('1', about));
  it('must lead to something', () => {
    history.when(correct(fact(3), heard('1', { agendaItem: '2' }).data)).thenRefused('illegal-correction');
    history.when(correct(fact(3), heard('1', { inReplyTo: '1' }).data)).thenRefused('illegal-correction');
    history.when(correct(fact(1), itemAdded('2').data)).thenRefused('illegal-correction');
  });
  it('must lead to something recorded before', () =>
    given(scheduled(), opened(), heard('1'), heard('2'))
      .when(correct(fact(2), heard('1', { inReplyTo: '2' }).data))
      .thenRefused('illegal-correction'));
  it('may be changed by two corrections that depend on each other', () => {
    const both = [
      correct(fact(1), itemAdded('2').data),
      correct(fact(3), heard('1', { agendaItem: '2' }).data),
    ];
    const left = [scheduled(), itemAdded('2'), opened(), heard('1', { agendaItem: '2' })] as const;
    history.when(...both).thenStands(...left);
    history.when(...both.toReversed()).thenStands(...left);
  });
  it('into another meeting is judged by what is known of it', () => {
    const summit = { summit: [other('summit'), opened(), decided('1')] };
    const concerning = (decision: string) => reported('1', { concerning: [{ meeting: 'summit', decision }] });
    const begun = givenAmong(summit)(scheduled(), opened(), reported('1'));
    begun.when(correct(fact(2), concerning('1').data)).thenStands(scheduled(), opened(), concerning('1'));
    begun.when(correct(fact(2), concerning('2').data)).thenRefused('illegal-correction');
  });
});

describe('the life that a correction leaves', () => {
  it('must be legal', () => {
    given(scheduled(), opened(), heard('1'))
      .when(retract(fact(1)))
      .thenRefused('illegal-correction');
    given(scheduled(), opened(), adjourned(), opened('2011-06-01'))
      .when(retract(fact(2)))
      .thenRefused('illegal-correction');
    given(scheduled(), postponed(), rescheduled('2012'), opened())
      .when(retract(fact(2)))
      .thenRefused('illegal-correction');
    given(scheduled(), confirmed(), rescheduled('2012'), confirmed({ note: 'again' }))
      .when(retract(fact(2)))
      .thenRefused('illegal-correction');
  });
  it('may be another one', () => {
    given(scheduled(), cancelled())
      .when(retract(fact(1)))
      .thenStands(scheduled());
    given(scheduled(), opened(), closed())
      .when(retract(fact(2)))
      .thenStands(scheduled(), opened());
    given(scheduled(), opened())
      .when(retract(fact(1)))
      .thenStands(scheduled());
  });
  it('goes on from there', () => {
    given(scheduled(), cancelled(), retracted(fact(1)))
      .when(open())
      .then(opened());
    given(scheduled(), postponed(), retracted(fact(1)))
      .when(confirm())
      .then(confirmed());
    given(scheduled(), cancelled())
      .when(retract(fact(1)), open())
      .thenStands(scheduled(), opened());
  });
  it('does not let a correction back in that it makes illegal', () =>
    given(scheduled(), cancelled(), retracted(fact(1)), opened())
      .when(retract(fact(2)))
      .thenRefused('illegal-correction'));
  it('in a group with other commands is refused with the code of the rule', () => {
    given(scheduled(), opened(), closed())
      .when(correct(fact(1), opened('2011').data), open('2012'))
      .thenRefused('meeting-closed');
    given(scheduled(), opened(), heard('1'))
      .when(retract(fact(1)), confirm())
      .thenRefused('meeting-not-open');
  });
});

describe('the first fact', () => {
  it('is corrected, never retracted', () => {
    given(scheduled(), opened())
      .when(correct(fact(0), scheduled('2011-06-01').data))
      .thenStands(scheduled('2011-06-01'), opened());
    given(scheduled(), opened())
      .when(retract(fact(0)))
      .thenRefused('illegal-correction', 0);
    given(scheduled(), corrected(fact(0), scheduled('2012').data))
      .when(retract(fact(0)))
      .thenRefused('illegal-correction', 0);
  });
  it('its correction can be retracted', () =>
    given(scheduled(), corrected(fact(0), scheduled('2012').data))
      .when(retract(fact(1)))
      .thenStands(scheduled()));
  it('its corrected date is not that of the meeting any more once that was rescheduled', () =>
    expect(
      courseAfter(scheduled(), rescheduled('2012'), corrected(fact(0), scheduled('2010').data))?.scheduledFor,
    ).toBe('2012'));
});
