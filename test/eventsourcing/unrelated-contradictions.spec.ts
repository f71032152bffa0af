// A correction is refused only for what it breaks itself, not for what was contradictory before it.
import { correct, corrected, retract } from '../support/amendment-fixtures.js';
import {
  closed,
  getFactReference,
  given,
  givenMeetings,
  opened,
  otherScheduled,
  reportHeard,
  scheduled,
  statementRecorded,
} from '../support/meeting-fixtures.js';

describe('a correction in a stream that another stream made contradictory', () => {
  const concerning = (decision: string, more = {}) =>
    reportHeard('1', { concerning: [{ meeting: 'summit', decision }], ...more });
  // The summit had decision 1 when the report was recorded, and has none any more.
  const history = [scheduled(), opened(), concerning('1'), statementRecorded('1')] as const;
  const locked = givenMeetings({ summit: [otherScheduled('summit'), opened()] })(...history);

  it('is accepted if it has nothing to do with the contradiction', () => {
    locked
      .when(correct(getFactReference(3), statementRecorded('1', { text: 'No.' }).data))
      .thenStands(...history.slice(0, 3), statementRecorded('1', { text: 'No.' }));
    locked.when(retract(getFactReference(3))).thenStands(...history.slice(0, 3));
  });
  it('is accepted if it leaves the contradiction as it is', () =>
    locked
      .when(correct(getFactReference(2), concerning('1', { title: 'Other' }).data))
      .then(corrected(getFactReference(2), concerning('1', { title: 'Other' }).data)));
  it('is refused if it adds a contradiction of its own', () =>
    locked
      .when(correct(getFactReference(3), statementRecorded('1', { agendaItem: 'none' }).data))
      .thenRefused('illegal-correction'));
  it('is accepted if it removes the contradiction', () =>
    locked.when(retract(getFactReference(2))).thenStands(scheduled(), opened(), statementRecorded('1')));
});

describe('a correction in a stream that breaks a rule already', () => {
  it('is refused only if another fact is refused, or with another code', () => {
    // Two statements with one id, as no rule would record them today.
    const twice = [
      scheduled(),
      opened(),
      statementRecorded('1'),
      statementRecorded('1', { text: 'Again.' }),
    ] as const;
    given(...twice)
      .when(correct(getFactReference(2), statementRecorded('1', { text: 'First.' }).data))
      .thenStands(scheduled(), opened(), statementRecorded('1', { text: 'First.' }), twice[3]);
    given(...twice, closed())
      .when(retract(getFactReference(1)))
      .thenRefused('illegal-correction');
  });
});
