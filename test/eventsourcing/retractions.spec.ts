import { correct, corrected, dispute, disputed, retract, retracted } from '../support/amendment-fixtures.js';
import {
  admit,
  end,
  ended,
  getFactName,
  given,
  joined,
  membershipData,
  resumed,
  STREAM,
  suspended,
} from '../support/membership-fixtures.js';
import { createEventId } from '../support/decider-specification.js';

describe('retracting a fact', () => {
  it('leaves it out of the effective history', () => {
    const both = given(joined('1992'), ended('1999'));
    both.when(retract(getFactName(1))).then(retracted(getFactName(1)));
    both.when(retract(getFactName(1))).thenStands(joined('1992'));
  });
  it('twice is once', () =>
    given(joined('1992'), retracted(getFactName(0)))
      .when(retract(getFactName(0)))
      .thenNothing());
  it('twice is once under the other name of the fact', () =>
    given(joined('1992'), retracted(getFactName(0)))
      .when(retract(createEventId(STREAM, 0)))
      .thenNothing());
  it('again for another reason is amending what does not stand', () =>
    given(joined('1992'), retracted(getFactName(0)))
      .when(retract(getFactName(0), 'entered twice'))
      .thenRefused('illegal-correction', 0));
  it('needs a fact', () =>
    given(joined('1992'))
      .when(retract(getFactName(7)))
      .thenRefused('unknown-reference', 0));
  it('must leave a legal history', () => {
    given(joined('1992'), ended('1999'))
      .when(retract(getFactName(0)))
      .thenRefused('illegal-correction');
    given(joined('1992'), suspended('1994'), resumed('1996'))
      .when(retract(getFactName(1)))
      .thenRefused('illegal-correction');
  });
  it('may be the first fact of a relation, to which nobody refers', () =>
    given(joined('1992'))
      .when(retract(getFactName(0)))
      .thenStands());
  it('makes its words sayable again', () =>
    given(joined('1992'), retracted(getFactName(0)))
      .when(admit('1992'))
      .thenStands(joined('1992')));
});

describe('what was retracted', () => {
  const gone = given(joined('1992'), ended('1999'), retracted(getFactName(1)));
  it('cannot be corrected', () =>
    gone
      .when(correct(getFactName(1), membershipData('1998', { reason: 'withdrew' })))
      .thenRefused('illegal-correction', 0));
  it('cannot be retracted again', () =>
    gone.when(retract(getFactName(1), 'once more')).thenRefused('illegal-correction', 0));
  it('cannot be disputed', () => gone.when(dispute(getFactName(1))).thenRefused('illegal-correction', 0));
  it('stands again once the retraction was retracted, in the words of its latest correction', () => {
    gone.when(retract(getFactName(2))).thenStands(joined('1992'), ended('1999'));
    given(
      joined('1992'),
      ended('1999'),
      corrected(getFactName(1), membershipData('1998', { reason: 'withdrew' })),
      retracted(getFactName(1)),
    )
      .when(retract(getFactName(3)))
      .thenStands(joined('1992'), ended('1998'));
  });
  it('stands again only if that leaves a legal history', () =>
    given(joined('1992'), ended('1999'), retracted(getFactName(1)), ended('2000'))
      .when(retract(getFactName(2)))
      .thenRefused('illegal-correction'));
  it('can then be amended again', () =>
    given(joined('1992'), retracted(getFactName(0)), retracted(getFactName(1)))
      .when(correct(getFactName(0), membershipData('1993')))
      .thenStands(joined('1993')));
});

describe('retracting what was said about a fact', () => {
  it('a correction: the words before it stand', () =>
    given(joined('1992'), corrected(getFactName(0), membershipData('1993')))
      .when(retract(getFactName(1)))
      .thenStands(joined('1992')));
  it('a correction, only if the words before it are legal now', () =>
    given(joined('1999'), corrected(getFactName(0), membershipData('1992')), ended('1995'))
      .when(retract(getFactName(1)))
      .thenRefused('illegal-correction'));
  it('a dispute, which can then be raised again', () =>
    given(joined('1992'), disputed(getFactName(0)), retracted(getFactName(1)))
      .when(dispute(getFactName(0)))
      .then(disputed(getFactName(0))));
  it('together with what makes it legal', () =>
    given(joined('1999'), corrected(getFactName(0), membershipData('1992')), ended('1995'))
      .when(retract(getFactName(1)), retract(getFactName(2)))
      .thenStands(joined('1999')));
  it('and the fact goes on from there', () =>
    given(joined('1992'), corrected(getFactName(0), membershipData('1993')), retracted(getFactName(1)))
      .when(end('1992-05'))
      .then(ended('1992-05')));
});
