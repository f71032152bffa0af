import { correct, corrected, dispute, disputed, retract, retracted } from '../support/amendment-fixtures.js';
import {
  admit,
  end,
  ended,
  getFactReference,
  given,
  joined,
  membershipData,
  resumed,
  STREAM,
  suspended,
} from '../support/membership-fixtures.js';
import { createEventId } from '../support/decider-specification.js';

describe('the retraction of a fact', () => {
  it('removes the fact from the effective history', () => {
    const both = given(joined('1992'), ended('1999'));
    both.when(retract(getFactReference(1))).then(retracted(getFactReference(1)));
    both.when(retract(getFactReference(1))).thenStands(joined('1992'));
  });
  it('records nothing when it is repeated', () =>
    given(joined('1992'), retracted(getFactReference(0)))
      .when(retract(getFactReference(0)))
      .thenNothing());
  it('records nothing when it is repeated with the event id of the fact', () =>
    given(joined('1992'), retracted(getFactReference(0)))
      .when(retract(createEventId(STREAM, 0)))
      .thenNothing());
  it('is refused for a retracted fact if the reason differs', () =>
    given(joined('1992'), retracted(getFactReference(0)))
      .when(retract(getFactReference(0), 'entered twice'))
      .thenRefused('illegal-correction', 0));
  it('is refused with unknown-reference if the fact does not exist', () =>
    given(joined('1992'))
      .when(retract(getFactReference(7)))
      .thenRefused('unknown-reference', 0));
  it('is refused if the resulting history is illegal', () => {
    given(joined('1992'), ended('1999'))
      .when(retract(getFactReference(0)))
      .thenRefused('illegal-correction');
    given(joined('1992'), suspended('1994'), resumed('1996'))
      .when(retract(getFactReference(1)))
      .thenRefused('illegal-correction');
  });
  it('may remove the first fact of a relation, since no other stream refers to it', () =>
    given(joined('1992'))
      .when(retract(getFactReference(0)))
      .thenStands());
  it('lets the same fact be recorded again', () =>
    given(joined('1992'), retracted(getFactReference(0)))
      .when(admit('1992'))
      .thenStands(joined('1992')));
});

describe('a retracted fact', () => {
  const gone = given(joined('1992'), ended('1999'), retracted(getFactReference(1)));
  it('cannot be corrected', () =>
    gone
      .when(correct(getFactReference(1), membershipData('1998', { reason: 'withdrew' })))
      .thenRefused('illegal-correction', 0));
  it('cannot be retracted again', () =>
    gone.when(retract(getFactReference(1), 'once more')).thenRefused('illegal-correction', 0));
  it('cannot be disputed', () =>
    gone.when(dispute(getFactReference(1))).thenRefused('illegal-correction', 0));
  it('takes effect again with its latest corrected data when the retraction is retracted', () => {
    gone.when(retract(getFactReference(2))).thenStands(joined('1992'), ended('1999'));
    given(
      joined('1992'),
      ended('1999'),
      corrected(getFactReference(1), membershipData('1998', { reason: 'withdrew' })),
      retracted(getFactReference(1)),
    )
      .when(retract(getFactReference(3)))
      .thenStands(joined('1992'), ended('1998'));
  });
  it('does not take effect again if the resulting history would be illegal', () =>
    given(joined('1992'), ended('1999'), retracted(getFactReference(1)), ended('2000'))
      .when(retract(getFactReference(2)))
      .thenRefused('illegal-correction'));
  it('can be amended again once it takes effect again', () =>
    given(joined('1992'), retracted(getFactReference(0)), retracted(getFactReference(1)))
      .when(correct(getFactReference(0), membershipData('1993')))
      .thenStands(joined('1993')));
});

describe('the retraction of an amendment', () => {
  it('restores the data from before the correction', () =>
    given(joined('1992'), corrected(getFactReference(0), membershipData('1993')))
      .when(retract(getFactReference(1)))
      .thenStands(joined('1992')));
  it('is refused if the data from before the correction is illegal by now', () =>
    given(joined('1999'), corrected(getFactReference(0), membershipData('1992')), ended('1995'))
      .when(retract(getFactReference(1)))
      .thenRefused('illegal-correction'));
  it('lets a retracted dispute be raised again', () =>
    given(joined('1992'), disputed(getFactReference(0)), retracted(getFactReference(1)))
      .when(dispute(getFactReference(0)))
      .then(disputed(getFactReference(0))));
  it('is accepted in one group with the retraction that makes it legal', () =>
    given(joined('1999'), corrected(getFactReference(0), membershipData('1992')), ended('1995'))
      .when(retract(getFactReference(1)), retract(getFactReference(2)))
      .thenStands(joined('1999')));
  it('makes later commands be checked against the restored data', () =>
    given(
      joined('1992'),
      corrected(getFactReference(0), membershipData('1993')),
      retracted(getFactReference(1)),
    )
      .when(end('1992-05'))
      .then(ended('1992-05')));
});
