import { correct } from '../../support/amendment-fixtures.js';
import {
  admit,
  end,
  ended,
  getFactReference,
  given,
  joined,
  membershipData,
  resume,
  suspend,
  suspended,
} from '../../support/membership-fixtures.js';

describe('the end of a membership', () => {
  it('is recorded', () => given(joined('1992')).when(end('1999')).then(ended('1999')));
  it('records nothing when it is repeated', () =>
    given(joined('1992'), ended('1999')).when(end('1999')).thenNothing());
  it('records nothing when it is repeated after the member has joined again', () =>
    given(joined('1992'), ended('1999'), joined('2006')).when(end('1999')).thenNothing());

  it('is refused if there is no member', () => given().when(end('1999')).thenRefused('not-a-member'));
  it('is refused before the member has joined', () =>
    given(joined('2006')).when(end('1999')).thenRefused('not-a-member'));
  it('is refused after the membership has ended', () =>
    given(joined('1992'), ended('1999')).when(end('2000')).thenRefused('not-a-member'));
  it('is refused on the same date with another reason', () =>
    given(joined('1992'), ended('1999'))
      .when(end('1999', { reason: 'expelled' }))
      .thenRefused('not-a-member'));

  it('on the day of joining leaves a membership of zero days', () =>
    given(joined('1992-05-15')).when(end('1992-05-15')).then(ended('1992-05-15')));
  it('ends a suspension, so that no resumption is possible', () => {
    given(joined('1992'), suspended('1994')).when(end('1999')).then(ended('1999'));
    given(joined('1992'), suspended('1994'), ended('1999')).when(resume('2000')).thenRefused('not-a-member');
    given(joined('1992'), suspended('1994'), ended('1999'), joined('2006'))
      .when(resume('2007'))
      .thenRefused('not-suspended');
    given(joined('1992'), suspended('1994'), ended('1999'), joined('2006'))
      .when(suspend('2009'))
      .then(suspended('2009'));
  });
  it('stays legal when the joining is corrected to an earlier date', () =>
    given(joined('2006'), ended('2012'))
      .when(correct(getFactReference(0), membershipData('1992')))
      .thenStands(joined('1992'), ended('2012')));
  it('accepts a reason and the dates of notice and decision', () =>
    given(joined('1992'))
      .when(end('1999', { reason: 'not-renewed', notified: '1999-02', decided: '1999-04-02' }))
      .then(ended('1999', { reason: 'not-renewed', notified: '1999-02', decided: '1999-04-02' })));
  it('lets the member join again', () =>
    given(joined('1992')).when(end('1999'), admit('2006')).then(ended('1999'), joined('2006')));
});
