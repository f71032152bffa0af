import { end, ended, given, joined, resumed, suspend, suspended } from '../../support/membership-fixtures.js';

describe('the suspension of participation', () => {
  it('is recorded', () => given(joined('1992')).when(suspend('1994')).then(suspended('1994')));
  it('records nothing when it is repeated', () =>
    given(joined('1992'), suspended('1994')).when(suspend('1994')).thenNothing());
  it('records nothing when it is repeated after the resumption', () =>
    given(joined('1992'), suspended('1994'), resumed('1996')).when(suspend('1994')).thenNothing());

  it('is refused if there is no member', () => given().when(suspend('1994')).thenRefused('not-a-member'));
  it('is refused before the member has joined', () =>
    given(joined('1992')).when(suspend('1991')).thenRefused('not-a-member'));
  it('is refused if the member has left', () =>
    given(joined('1992'), ended('1999')).when(suspend('2000')).thenRefused('not-a-member'));
  it('is refused for a suspended member', () =>
    given(joined('1992'), suspended('1994')).when(suspend('1995')).thenRefused('already-suspended'));
  it('by another party is refused as a second suspension', () =>
    given(joined('1992'), suspended('1994'))
      .when(suspend('1994', { by: 'organization' }))
      .thenRefused('already-suspended'));
  it('is recorded again after the resumption', () =>
    given(joined('1992'), suspended('1994'), resumed('1996')).when(suspend('1998')).then(suspended('1998')));
  it('leaves the membership in place, so that it can end', () =>
    given(joined('1992'), suspended('1994')).when(end('1999')).then(ended('1999')));
});
