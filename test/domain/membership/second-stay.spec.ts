// What ended no longer applies, so that it can be recorded again with the same imprecise date.
import { retracted } from '../../support/amendment-fixtures.js';
import {
  admit,
  end,
  ended,
  getFactReference,
  given,
  joined,
  resume,
  resumed,
  suspend,
  suspended,
} from '../../support/membership-fixtures.js';

describe('a second stay with the very same dates', () => {
  it('is recorded once the first stay has ended', () => {
    given(joined('1910'), ended('1910')).when(admit('1910')).then(joined('1910'));
    given(joined('1910'), ended('1910'), joined('1910')).when(end('1910')).then(ended('1910'));
    given(joined('1910'), ended('1910')).when(admit('1910'), end('1910')).then(joined('1910'), ended('1910'));
  });
  it('records nothing while the first stay lasts, or where the dates allow no second one', () => {
    given(joined('1910')).when(admit('1910')).thenNothing();
    given(joined('1910'), ended('1911')).when(admit('1910')).thenNothing();
    given(joined('1910-05-01'), ended('1910-06-01')).when(admit('1910-05-01')).thenNothing();
    given(joined('1910'), ended('1910'), joined('1910')).when(admit('1910')).thenNothing();
    given(joined('1910'), ended('1910')).when(end('1910')).thenNothing();
  });
  it('applies to suspensions likewise', () => {
    const history = [joined('1900'), suspended('1910'), resumed('1910')] as const;
    given(...history)
      .when(suspend('1910'))
      .then(suspended('1910'));
    given(...history)
      .when(resume('1910'))
      .thenNothing();
    given(...history, suspended('1910'))
      .when(resume('1910'))
      .then(resumed('1910'));
  });
  it('is recorded after the first one was retracted', () =>
    given(joined('1910'), retracted(getFactReference(0)))
      .when(admit('1910'))
      .then(joined('1910')));
});

describe('a membership of an organization in itself', () => {
  it('is refused', () =>
    given()
      .when(admit('1992', { member: 'csto' }))
      .thenRefused('self-reference'));
});
