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
  getFactReference,
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
  it('when changed makes a confirmed meeting announced or scheduled again', () => {
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
  it('when set again to the same day also ends the confirmation, which holds for one date', () => {
    expect(foldLifecycle(scheduled(), confirmed(), rescheduled('2011-05-31'))?.status).toBe('scheduled');
    given(scheduled(), confirmed()).when(reschedule('2011-05-31')).then(rescheduled('2011-05-31'));
  });
  it('is removed by a postponement until the meeting is rescheduled', () => {
    expect(foldLifecycle(scheduled(), postponed())).toMatchObject({
      status: 'postponed',
      scheduledFor: null,
    });
    expect(foldLifecycle(scheduled(), postponed(), relocated('Minsk'))?.scheduledFor).toBeNull();
    expect(foldLifecycle(scheduled(), postponed(), rescheduled('2012'))?.scheduledFor).toBe('2012');
  });
  it('is kept by a cancellation', () => {
    expect(foldLifecycle(scheduled(), cancelled())?.scheduledFor).toBe('2011-05-31');
    expect(foldLifecycle(scheduled(), rescheduled('2012'), confirmed(), cancelled())?.scheduledFor).toBe(
      '2012',
    );
  });
  it('stays empty if a postponed meeting is cancelled', () =>
    expect(foldLifecycle(scheduled(), postponed(), cancelled())?.scheduledFor).toBeNull());
  it('is not changed by other steps of the meeting', () =>
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
  it('can be opened and adjourned again', () => {
    before.when(open('2011-06-01')).then(opened('2011-06-01'));
    before
      .when(open('2011-06-01'), adjourn('2011-06-01'), open('2011-06-02'), close('2011-06-02'))
      .then(opened('2011-06-01'), adjourned('2011-06-01'), opened('2011-06-02'), closed('2011-06-02'));
  });
  it('can be opened and adjourned again with the same imprecise times', () =>
    given(scheduled(), opened('2011-05'), adjourned('2011-05'))
      .when(open('2011-05'), adjourn('2011-05'))
      .then(opened('2011-05'), adjourned('2011-05')));
  it('can be closed', () => before.when(close()).then(closed()));
});

describe('a repeated step', () => {
  it.each([
    { event: rescheduled('2012'), command: reschedule('2012') },
    { event: relocated('Minsk'), command: relocate('Minsk') },
    { event: confirmed(), command: confirm() },
    { event: postponed(), command: postpone() },
    { event: cancelled({ reason: 'war' }), command: cancel({ reason: 'war' }) },
    { event: opened(), command: open() },
  ])('records nothing: $command.name', ({ event, command }) => {
    given(scheduled(), event).when(command).thenNothing();
    given(scheduled()).when(command, command).then(event);
  });
  it('records nothing: adjourn-meeting, close-meeting', () => {
    given(scheduled(), opened(), adjourned()).when(adjourn()).thenNothing();
    given(scheduled(), opened(), closed()).when(close()).thenNothing();
  });
  it('records nothing if only facts that are no steps came in between', () =>
    given(scheduled(), opened(), participantRecorded('belarus', 'present')).when(open()).thenNothing());
  it('with another note or reason is recorded', () => {
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
  it('with another note is refused where the lifecycle table refuses it', () => {
    given(scheduled(), confirmed())
      .when(confirm({ note: 'by letter' }))
      .thenRefused('meeting-confirmed');
    given(scheduled(), cancelled())
      .when(cancel({ reason: 'war' }))
      .thenRefused('meeting-cancelled');
  });
  it('after another step is recorded or refused like a new one', () => {
    given(scheduled(), relocated('Minsk'), confirmed()).when(relocate('Minsk')).then(relocated('Minsk'));
    given(scheduled(), rescheduled('2012'), confirmed()).when(reschedule('2012')).then(rescheduled('2012'));
    given(scheduled(), confirmed(), relocated('Minsk')).when(confirm()).thenRefused('meeting-confirmed');
    given(scheduled(), opened(), adjourned(), opened('2011-06-01')).when(open()).thenRefused('meeting-open');
  });
  it('is recorded when a meeting moves from A to B and back to A', () => {
    given(scheduled('2010'), rescheduled('2011'), rescheduled('2012'))
      .when(reschedule('2011'))
      .then(rescheduled('2011'));
    given(scheduled('2011'), rescheduled('2012')).when(reschedule('2011')).then(rescheduled('2011'));
    given(scheduled())
      .when(relocate('Minsk'), relocate('Astana'), relocate('Minsk'))
      .then(relocated('Minsk'), relocated('Astana'), relocated('Minsk'));
  });
  it('is compared with the corrected data', () => {
    const moved = corrected(getFactReference(1), rescheduled('2013').data);
    given(scheduled(), rescheduled('2012'), moved).when(reschedule('2013')).thenNothing();
    given(scheduled(), rescheduled('2012'), moved).when(reschedule('2012')).then(rescheduled('2012'));
    given(scheduled(), rescheduled('2012'), confirmed(), retracted(getFactReference(2)))
      .when(reschedule('2012'))
      .thenNothing();
    given(scheduled(), confirmed(), retracted(getFactReference(1)))
      .when(confirm())
      .then(confirmed());
  });
});

describe('the time of opening and closing', () => {
  it('may be an instant or a date and is kept as sent', () => {
    given(scheduled()).when(open('2011-05')).then(opened('2011-05'));
    given(scheduled()).when(open('2011-05-31T23:59:60-02:00')).then(opened('2011-05-31T23:59:60-02:00'));
    given(scheduled(), opened()).when(close('2011-05-31T12:00:00Z')).then(closed('2011-05-31T12:00:00Z'));
  });
  it('is not compared with the date of the plan', () =>
    given(scheduled('2030'), opened('2011-06-02')).when(close('2011-06-03')).then(closed('2011-06-03')));
});
