import { corrected, retracted } from '../../support/amendment-fixtures.js';
import {
  adjourn,
  adjourned,
  participantRecorded,
  cancel,
  cancelled,
  close,
  closed,
  confirm,
  confirmed,
  foldLifecycle,
  getFactName,
  given,
  open,
  opened,
  postpone,
  postponed,
  relocate,
  relocated,
  reschedule,
  rescheduled,
  scheduled,
} from '../../support/meeting-fixtures.js';

describe('the date of a meeting', () => {
  it('a new one makes a confirmed meeting announced or scheduled again', () => {
    expect(foldLifecycle(scheduled(), confirmed(), rescheduled('2012'))).toMatchObject({
      status: 'announced',
      scheduledFor: '2012',
    });
    expect(foldLifecycle(scheduled(), confirmed(), rescheduled('2012-01-01'))).toMatchObject({
      status: 'scheduled',
      scheduledFor: '2012-01-01',
    });
    given(scheduled(), confirmed(), rescheduled('2012')).when(confirm()).then(confirmed());
  });
  it('the same one again, too: what is confirmed is confirmed for a date', () => {
    expect(foldLifecycle(scheduled(), confirmed(), rescheduled('2011-05-31'))?.status).toBe('scheduled');
    given(scheduled(), confirmed()).when(reschedule('2011-05-31')).then(rescheduled('2011-05-31'));
  });
  it('postponed, there is none until it is rescheduled', () => {
    expect(foldLifecycle(scheduled(), postponed())).toMatchObject({
      status: 'postponed',
      scheduledFor: null,
    });
    expect(foldLifecycle(scheduled(), postponed(), relocated('Minsk'))?.scheduledFor).toBeNull();
    expect(foldLifecycle(scheduled(), postponed(), rescheduled('2012'))?.scheduledFor).toBe('2012');
  });
  it('cancelled, it keeps the planned one', () => {
    expect(foldLifecycle(scheduled(), cancelled())?.scheduledFor).toBe('2011-05-31');
    expect(foldLifecycle(scheduled(), rescheduled('2012'), confirmed(), cancelled())?.scheduledFor).toBe(
      '2012',
    );
  });
  it('cancelled while postponed, there is none', () =>
    expect(foldLifecycle(scheduled(), postponed(), cancelled())?.scheduledFor).toBeNull());
  it('stays whatever else happens to the meeting', () =>
    expect(
      foldLifecycle(
        scheduled(),
        confirmed(),
        relocated('Minsk'),
        opened(),
        participantRecorded('a', 'present'),
        closed(),
      )?.scheduledFor,
    ).toBe('2011-05-31'));
});

describe('an adjourned meeting', () => {
  const before = given(scheduled(), opened(), adjourned());
  it('can be opened again, and adjourned again', () => {
    before.when(open('2011-06-01')).then(opened('2011-06-01'));
    before
      .when(open('2011-06-01'), adjourn('2011-06-01'), open('2011-06-02'), close('2011-06-02'))
      .then(opened('2011-06-01'), adjourned('2011-06-01'), opened('2011-06-02'), closed('2011-06-02'));
  });
  it('can be opened again with the words of the first time', () =>
    before.when(open(), adjourn()).then(opened(), adjourned()));
  it('can be closed', () => before.when(close()).then(closed()));
});

describe('the same step again', () => {
  it.each([
    { event: rescheduled('2012'), command: reschedule('2012') },
    { event: relocated('Minsk'), command: relocate('Minsk') },
    { event: confirmed(), command: confirm() },
    { event: postponed(), command: postpone() },
    { event: cancelled({ reason: 'war' }), command: cancel({ reason: 'war' }) },
    { event: opened(), command: open() },
  ])('is quiet: $command.name', ({ event, command }) => {
    given(scheduled(), event).when(command).thenNothing();
    given(scheduled()).when(command, command).then(event);
  });
  it('is quiet: adjourned, closed', () => {
    given(scheduled(), opened(), adjourned()).when(adjourn()).thenNothing();
    given(scheduled(), opened(), closed()).when(close()).thenNothing();
  });
  it('is quiet also if it is not steps that came between', () =>
    given(scheduled(), opened(), participantRecorded('belarus', 'present')).when(open()).thenNothing());
  it('with another note or reason is a fact', () => {
    given(scheduled(), rescheduled('2012'))
      .when(reschedule('2012', { reason: 'elections' }))
      .then(rescheduled('2012', { reason: 'elections' }));
    given(scheduled(), postponed({ reason: 'elections' }))
      .when(postpone({ reason: 'war' }))
      .then(postponed({ reason: 'war' }));
    given(scheduled(), postponed())
      .when(postpone({ note: 'by letter' }))
      .then(postponed({ note: 'by letter' }));
    given(scheduled(), relocated('Minsk'))
      .when(relocate('Minsk', { note: 'by letter' }))
      .then(relocated('Minsk', { note: 'by letter' }));
  });
  it('with another note is refused where the table refuses it', () => {
    given(scheduled(), confirmed())
      .when(confirm({ note: 'by letter' }))
      .thenRefused('meeting-confirmed');
    given(scheduled(), cancelled())
      .when(cancel({ reason: 'war' }))
      .thenRefused('meeting-cancelled');
  });
  it('after another step is a fact, or refused', () => {
    given(scheduled(), relocated('Minsk'), confirmed()).when(relocate('Minsk')).then(relocated('Minsk'));
    given(scheduled(), rescheduled('2012'), confirmed()).when(reschedule('2012')).then(rescheduled('2012'));
    given(scheduled(), confirmed(), relocated('Minsk')).when(confirm()).thenRefused('meeting-confirmed');
    given(scheduled(), opened(), adjourned(), opened('2011-06-01')).when(open()).thenRefused('meeting-open');
  });
  it('moved from A to B and back to A is three facts', () => {
    given(scheduled('2010'), rescheduled('2011'), rescheduled('2012'))
      .when(reschedule('2011'))
      .then(rescheduled('2011'));
    given(scheduled('2011'), rescheduled('2012')).when(reschedule('2011')).then(rescheduled('2011'));
    given(scheduled())
      .when(relocate('Minsk'), relocate('Astana'), relocate('Minsk'))
      .then(relocated('Minsk'), relocated('Astana'), relocated('Minsk'));
  });
  it('is judged in the words of now', () => {
    const moved = corrected(getFactName(1), rescheduled('2013').data);
    given(scheduled(), rescheduled('2012'), moved).when(reschedule('2013')).thenNothing();
    given(scheduled(), rescheduled('2012'), moved).when(reschedule('2012')).then(rescheduled('2012'));
    given(scheduled(), rescheduled('2012'), confirmed(), retracted(getFactName(2)))
      .when(reschedule('2012'))
      .thenNothing();
    given(scheduled(), confirmed(), retracted(getFactName(1)))
      .when(confirm())
      .then(confirmed());
  });
});

describe('a meeting opened, closed', () => {
  it('at an instant or a date, as given', () => {
    given(scheduled()).when(open('2011-05')).then(opened('2011-05'));
    given(scheduled()).when(open('2011-05-31T23:59:60-02:00')).then(opened('2011-05-31T23:59:60-02:00'));
    given(scheduled(), opened()).when(close('2011-05-31T12:00:00Z')).then(closed('2011-05-31T12:00:00Z'));
  });
  it('in record order: the times themselves are not judged', () =>
    given(scheduled('2030'), opened('2011-06-02')).when(close('2011-06-01')).then(closed('2011-06-01')));
});
