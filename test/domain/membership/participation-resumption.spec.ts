import { ended, given, joined, resume, resumed, suspended } from '../../support/membership-fixtures.js';

describe('resuming participation', () => {
  it('is recorded', () =>
    given(joined('1992'), suspended('1994')).when(resume('1996')).then(resumed('1996')));
  it('twice is once', () =>
    given(joined('1992'), suspended('1994'), resumed('1996')).when(resume('1996')).thenNothing());

  it('needs a member', () => given().when(resume('1996')).thenRefused('not-a-member'));
  it('needs one that has not left', () =>
    given(joined('1992'), suspended('1994'), ended('1995')).when(resume('1996')).thenRefused('not-a-member'));
  it('needs a suspension', () => given(joined('1992')).when(resume('1996')).thenRefused('not-suspended'));
  it('needs one that came before', () =>
    given(joined('1992'), suspended('1996')).when(resume('1994')).thenRefused('not-suspended'));
  it('happens once', () =>
    given(joined('1992'), suspended('1994'), resumed('1996'))
      .when(resume('1997'))
      .thenRefused('not-suspended'));
});
