import { corrected } from '../../support/amendment-fixtures.js';
import {
  admit,
  ended,
  getFactName,
  given,
  joined,
  membershipData,
  suspended,
} from '../../support/membership-fixtures.js';

describe('admitting a member', () => {
  it('is recorded', () => given().when(admit('1992-05-15')).then(joined('1992-05-15')));
  it('twice is once', () => given(joined('1992')).when(admit('1992')).thenNothing());
  it('is quiet also when it has left since', () =>
    given(joined('1992'), ended('1999')).when(admit('1992')).thenNothing());
  it('is quiet however its words are ordered', () => {
    const { data } = admit('1992', { note: 'n', sources: [{ source: 's', locator: 'p. 1' }] });
    const reordered = { sources: [{ locator: 'p. 1', source: 's' }], note: 'n', ...membershipData('1992') };
    given({ type: 'MemberJoined', data }).when({ name: 'admit-member', data: reordered }).thenNothing();
  });
  it('with another note is another joining', () =>
    given(joined('1992'))
      .when(admit('1992', { note: 'signed in Tashkent' }))
      .thenRefused('already-member'));

  it('does not happen to a member', () =>
    given(joined('1992')).when(admit('2006')).thenRefused('already-member'));
  it('does not happen to a suspended member', () =>
    given(joined('1992'), suspended('1994')).when(admit('2006')).thenRefused('already-member'));
  it('before the known joining is no earlier membership without its end', () =>
    given(joined('2006')).when(admit('1992')).thenRefused('already-member'));

  it('again is legal after leaving, and keeps the gap', () =>
    given(joined('1992'), ended('1999'))
      .when(admit('2006-08-16'))
      .thenStands(joined('1992'), ended('1999'), joined('2006-08-16')));
  it('again on the day of leaving is legal', () =>
    given(joined('1992'), ended('1999-04-02')).when(admit('1999-04-02')).then(joined('1999-04-02')));
  it('again while it has not left for certain is legal if it can have left before', () =>
    given(joined('1992'), ended('1999')).when(admit('1999-06')).then(joined('1999-06')));
  it('again before it left is not', () =>
    given(joined('1992'), ended('1999')).when(admit('1995')).thenRefused('already-member'));

  it('in words that were corrected is not quiet', () =>
    given(joined('1992'), corrected(getFactName(0), membershipData('1993')))
      .when(admit('1992'))
      .thenRefused('already-member'));
  it('in the words of the correction is', () =>
    given(joined('1992'), corrected(getFactName(0), membershipData('1993')))
      .when(admit('1993'))
      .thenNothing());
});
