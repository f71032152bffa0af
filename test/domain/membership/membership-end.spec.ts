import { correct } from '../../support/amendment-fixtures.js';
import {
  admit,
  end,
  ended,
  getFactName,
  given,
  joined,
  membershipData,
  resume,
  suspend,
  suspended,
} from '../../support/membership-fixtures.js';

describe('ending a membership', () => {
  it('is recorded', () => given(joined('1992')).when(end('1999')).then(ended('1999')));
  it('twice is once', () => given(joined('1992'), ended('1999')).when(end('1999')).thenNothing());
  it('is quiet also when it has joined again', () =>
    given(joined('1992'), ended('1999'), joined('2006')).when(end('1999')).thenNothing());

  it('needs a member', () => given().when(end('1999')).thenRefused('not-a-member'));
  it('needs a member on that day', () => given(joined('2006')).when(end('1999')).thenRefused('not-a-member'));
  it('happens once', () =>
    given(joined('1992'), ended('1999')).when(end('2000')).thenRefused('not-a-member'));
  it('once, for one reason', () =>
    given(joined('1992'), ended('1999'))
      .when(end('1999', { reason: 'expelled' }))
      .thenRefused('not-a-member'));

  it('on the day of joining leaves a membership of no day', () =>
    given(joined('1992-05-15')).when(end('1992-05-15')).then(ended('1992-05-15')));
  it('closes a suspension, so nothing is left to resume', () => {
    given(joined('1992'), suspended('1994')).when(end('1999')).then(ended('1999'));
    given(joined('1992'), suspended('1994'), ended('1999')).when(resume('2000')).thenRefused('not-a-member');
    given(joined('1992'), suspended('1994'), ended('1999'), joined('2006'))
      .when(resume('2007'))
      .thenRefused('not-suspended');
    given(joined('1992'), suspended('1994'), ended('1999'), joined('2006'))
      .when(suspend('2009'))
      .then(suspended('2009'));
  });
  it('may be known before the joining is corrected to be earlier', () =>
    given(joined('2006'), ended('2012'))
      .when(correct(getFactName(0), membershipData('1992')))
      .thenStands(joined('1992'), ended('2012')));
  it('holds for any reason on the list', () =>
    given(joined('1992'))
      .when(end('1999', { reason: 'not-renewed', notified: '1999-02', decided: '1999-04-02' }))
      .then(ended('1999', { reason: 'not-renewed', notified: '1999-02', decided: '1999-04-02' })));
  it('makes room for joining again', () =>
    given(joined('1992')).when(end('1999'), admit('2006')).then(ended('1999'), joined('2006')));
});
