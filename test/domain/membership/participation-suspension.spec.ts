import { end, ended, given, joined, resumed, suspend, suspended } from '../../support/membership-fixtures.js';

describe('suspending participation', () => {
  it('is recorded', () => given(joined('1992')).when(suspend('1994')).then(suspended('1994')));
  it('twice is once', () => given(joined('1992'), suspended('1994')).when(suspend('1994')).thenNothing());
  it('is quiet also when it was resumed since', () =>
    given(joined('1992'), suspended('1994'), resumed('1996')).when(suspend('1994')).thenNothing());

  it('needs a member', () => given().when(suspend('1994')).thenRefused('not-a-member'));
  it('needs one that has joined by then', () =>
    given(joined('1992')).when(suspend('1991')).thenRefused('not-a-member'));
  it('needs one that has not left', () =>
    given(joined('1992'), ended('1999')).when(suspend('2000')).thenRefused('not-a-member'));
  it('does not happen to a suspended member', () =>
    given(joined('1992'), suspended('1994')).when(suspend('1995')).thenRefused('already-suspended'));
  it('by another is the same suspension with other words', () =>
    given(joined('1992'), suspended('1994'))
      .when(suspend('1994', { by: 'organization' }))
      .thenRefused('already-suspended'));
  it('again is legal after it was resumed', () =>
    given(joined('1992'), suspended('1994'), resumed('1996')).when(suspend('1998')).then(suspended('1998')));
  it('leaves it a member, who can leave', () =>
    given(joined('1992'), suspended('1994')).when(end('1999')).then(ended('1999')));
});
