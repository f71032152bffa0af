import { correct, retract } from '../../support/amendment-fixtures.js';
import {
  adjourn,
  adjourned,
  approve,
  cancelled,
  close,
  closed,
  getFactReference,
  given,
  givenMeetings,
  open,
  opened,
  otherScheduled,
  postpone,
  scheduled,
} from '../../support/meeting-fixtures.js';

const CODE = 'ends-before-it-begins';
const AT = '2011-05-31T10:00:00+03:00';

describe('the times of a sitting', () => {
  const begun = given(scheduled(), opened(AT));
  it('are refused if it is closed or adjourned certainly before it was opened', () => {
    begun.when(close('2001-05-31T18:00:00+03:00')).thenRefused(CODE);
    begun.when(close('2011-05-31T06:59:59Z')).thenRefused(CODE);
    begun.when(close('2011-05-30')).thenRefused(CODE);
    begun.when(adjourn('2011-05')).then(adjourned('2011-05'));
    begun.when(adjourn('2011-04')).thenRefused(CODE);
  });
  it('are compared as instants where both are, and by days otherwise', () => {
    begun.when(close('2011-05-31T07:00:00Z')).then(closed('2011-05-31T07:00:00Z'));
    begun.when(close('2011-05-31')).then(closed('2011-05-31'));
    begun.when(close('2011')).then(closed('2011'));
  });
  it('are refused if it is adjourned to a day before its adjournment', () => {
    begun.when(adjourn('2011-06-01', { until: '2010-06-02' })).thenRefused(CODE);
    begun
      .when(adjourn('2011-06-01', { until: '2011-06-02' }))
      .then(adjourned('2011-06-01', { until: '2011-06-02' }));
  });
  it('are refused if it is resumed certainly before the adjournment', () => {
    const adjournment = given(scheduled(), opened(AT), adjourned('2011-05-31T13:00:00+03:00'));
    adjournment.when(open('2011-05-31T09:59:59Z')).thenRefused(CODE);
    adjournment.when(open('2011-05-31T10:00:00Z')).then(opened('2011-05-31T10:00:00Z'));
    adjournment.when(open('2011-05-30')).thenRefused(CODE);
  });
  it('are compared with the latest opening', () => {
    const resumed = given(scheduled(), opened(AT), adjourned(AT), opened('2011-06-10'));
    resumed.when(close('2011-06-01')).thenRefused(CODE);
    resumed.when(close('2011-06-10')).then(closed('2011-06-10'));
  });
  it('leave other steps alone', () => {
    given(scheduled())
      .when(postpone())
      .thenStands(scheduled(), { type: 'MeetingPostponed', data: { meeting: 'cfm' } });
  });
});

describe('the times of a sitting after a correction', () => {
  const held = given(scheduled(), opened(AT), closed('2011-06-01'));
  it('are refused if the correction reverses them', () => {
    held.when(correct(getFactReference(1), opened('2011-06-02').data)).thenRefused('illegal-correction');
    held.when(correct(getFactReference(2), closed('2001-06-01').data)).thenRefused('illegal-correction');
    held
      .when(correct(getFactReference(1), opened('2011-06-01').data))
      .thenStands(scheduled(), opened('2011-06-01'), closed('2011-06-01'));
  });
  it('may be reversed already in an older record, which can be corrected all the same', () => {
    const reversed = given(scheduled(), opened(AT), closed('2001-06-01'));
    reversed
      .when(correct(getFactReference(0), scheduled('2011-06-01').data))
      .thenStands(scheduled('2011-06-01'), opened(AT), closed('2001-06-01'));
    reversed
      .when(correct(getFactReference(2), closed('2011-06-01').data))
      .thenStands(scheduled(), opened(AT), closed('2011-06-01'));
    reversed.when(retract(getFactReference(2))).thenStands(scheduled(), opened(AT));
    reversed
      .when(correct(getFactReference(2), closed('2002-06-01').data))
      .thenStands(scheduled(), opened(AT), closed('2002-06-01'));
  });
});

describe('the approval of minutes', () => {
  const held = [scheduled(), opened(AT), closed('2011-06-01')] as const;
  it('is refused if it is certainly before the first opening', () => {
    given(...held)
      .when(approve('1999-01-01'))
      .thenRefused(CODE);
    given(...held)
      .when(approve('2011'))
      .thenStands(...held, { type: 'MinutesApproved', data: approve('2011').data });
  });
  it('is refused if the meeting that approved them was cancelled or certainly earlier', () => {
    const others = givenMeetings({
      cancelled: [otherScheduled('cancelled'), cancelled()],
      earlier: [otherScheduled('earlier', { scheduledFor: '2011-05-30' })],
      planned: [otherScheduled('planned', { scheduledFor: '2011' })],
      held: [otherScheduled('held'), opened('2011-05-01'), closed('2011-05-02')],
      running: [otherScheduled('running', { scheduledFor: '2011-05-01' }), opened('2011-05-01')],
      resumed: [
        otherScheduled('resumed', { scheduledFor: '2011-05-01' }),
        opened('2011-05-01'),
        adjourned('2011-05-01', { until: '2011-12' }),
      ],
    })(...held);
    for (const at of ['cancelled', 'earlier', 'held', 'running'])
      others.when(approve('2011-12-20', { at })).thenRefused('circular-order');
    for (const at of ['planned', 'resumed'])
      others
        .when(approve('2011-12-20', { at }))
        .then({ type: 'MinutesApproved', data: approve('2011-12-20', { at }).data });
  });
});
