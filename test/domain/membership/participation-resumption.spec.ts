import { ended, given, joined, resume, resumed, suspended } from '../../support/membership-fixtures.js';

describe('the resumption of participation', () => {
  it('is recorded', () =>
    given(joined('1992'), suspended('1994')).when(resume('1996')).then(resumed('1996')));
  it('records nothing when it is repeated', () =>
    given(joined('1992'), suspended('1994'), resumed('1996')).when(resume('1996')).thenNothing());

  it('is refused if there is no member', () => given().when(resume('1996')).thenRefused('not-a-member'));
  it('is refused if the member has left', () =>
    given(joined('1992'), suspended('1994'), ended('1995')).when(resume('1996')).thenRefused('not-a-member'));
  it('is refused if participation is not suspended', () =>
    given(joined('1992')).when(resume('1996')).thenRefused('not-suspended'));
  it('is refused before the suspension', () =>
    given(joined('1992'), suspended('1996')).when(resume('1994')).thenRefused('not-suspended'));
  it('is refused if participation was resumed already', () =>
    given(joined('1992'), suspended('1994'), resumed('1996'))
      .when(resume('1997'))
      .thenRefused('not-suspended'));
});
