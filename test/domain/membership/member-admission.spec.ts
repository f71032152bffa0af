import { corrected } from '../../support/amendment-fixtures.js';
import {
  admit,
  ended,
  getFactReference,
  given,
  joined,
  membershipData,
  suspended,
} from '../../support/membership-fixtures.js';

describe('the admission of a member', () => {
  it('is recorded', () => given().when(admit('1992-05-15')).then(joined('1992-05-15')));
  it('records nothing when it is repeated', () => given(joined('1992')).when(admit('1992')).thenNothing());
  it('records nothing when it is repeated after the member has left', () =>
    given(joined('1992'), ended('1999')).when(admit('1992')).thenNothing());
  it('records nothing when its fields are repeated in another order', () => {
    const { data } = admit('1992', { note: 'n', sources: [{ source: 's', locator: 'p. 1' }] });
    const reordered = { sources: [{ locator: 'p. 1', source: 's' }], note: 'n', ...membershipData('1992') };
    given({ type: 'MemberJoined', data }).when({ name: 'admit-member', data: reordered }).thenNothing();
  });
  it('with another note is refused as a second admission', () =>
    given(joined('1992'))
      .when(admit('1992', { note: 'signed in Tashkent' }))
      .thenRefused('already-member'));

  it('is refused for a member', () =>
    given(joined('1992')).when(admit('2006')).thenRefused('already-member'));
  it('is refused for a suspended member', () =>
    given(joined('1992'), suspended('1994')).when(admit('2006')).thenRefused('already-member'));
  it('before the known admission is refused without an end in between', () =>
    given(joined('2006')).when(admit('1992')).thenRefused('already-member'));

  it('after the member has left is recorded and keeps the gap', () =>
    given(joined('1992'), ended('1999'))
      .when(admit('2006-08-16'))
      .thenStands(joined('1992'), ended('1999'), joined('2006-08-16')));
  it('on the day of leaving is recorded', () =>
    given(joined('1992'), ended('1999-04-02')).when(admit('1999-04-02')).then(joined('1999-04-02')));
  it('is recorded if the member can have left before within the imprecise dates', () =>
    given(joined('1992'), ended('1999')).when(admit('1999-06')).then(joined('1999-06')));
  it('before the member left is refused', () =>
    given(joined('1992'), ended('1999')).when(admit('1995')).thenRefused('already-member'));

  it('with data that was corrected is refused, since it no longer repeats the fact', () =>
    given(joined('1992'), corrected(getFactReference(0), membershipData('1993')))
      .when(admit('1992'))
      .thenRefused('already-member'));
  it('with the corrected data records nothing', () =>
    given(joined('1992'), corrected(getFactReference(0), membershipData('1993')))
      .when(admit('1993'))
      .thenNothing());
});
