import {
  admit,
  end,
  ended,
  given,
  joined,
  leave,
  leftParticipation,
  resume,
  resumed,
  succeed,
  succeeded,
  suspend,
  suspended,
} from '../../support/membership-fixtures.js';

describe('a succession', () => {
  it('joins like an admission', () => {
    given()
      .when(succeed('1991-12-24', { countedFrom: '1945-10-24' }), end('1999'))
      .then(succeeded('1991-12-24', { countedFrom: '1945-10-24' }), ended('1999'));
    given(succeeded('1991')).when(admit('1995')).thenRefused('already-member');
    given(joined('1980')).when(succeed('1991')).thenRefused('already-member');
  });
  it('records nothing when it is repeated', () => {
    given(succeeded('1991')).when(succeed('1991')).thenNothing();
    given(joined('1980'), succeeded('1991', { how: 'merger' }), ended('2000'))
      .when(succeed('1991', { how: 'merger' }))
      .thenNothing();
  });
  it('by a merger changes no standing of a member', () => {
    const merger = succeeded('1991', { how: 'merger' });
    given(joined('1980'), suspended('1990'), merger).when(resume('1992')).then(resumed('1992'));
    given(merger).when(admit('1992')).thenRefused('already-member');
    given(joined('1980'), merger, ended('1995')).when(end('1996')).thenRefused('not-a-member');
  });
  it('of a member by itself is refused', () =>
    given()
      .when(succeed('1991', { predecessor: 'uzbekistan' }))
      .thenRefused('self-reference'));
});

describe('participation that was left without a declared suspension', () => {
  it('closes a suspension, and is closed by one and by a resumption', () => {
    given(joined('1948'), suspended('1962')).when(leave('2009-06-03')).then(leftParticipation('2009-06-03'));
    given(joined('1948'), leftParticipation('2009')).when(suspend('2010')).then(suspended('2010'));
    given(joined('1948'), leftParticipation('2009'), resumed('2010'))
      .when(resume('2011'))
      .thenRefused('not-suspended');
  });
  it('is recorded once', () => {
    given(joined('1948'), leftParticipation('2009')).when(leave('2009')).thenNothing();
    given(joined('1948'), leftParticipation('2009'))
      .when(leave('2010'))
      .thenRefused('already-not-participating');
  });
  it('ends with the membership', () =>
    given(joined('1948'), leftParticipation('2009'), ended('2010'))
      .when(leave('2011'))
      .thenRefused('not-a-member'));
});

describe('the suspension of participation', () => {
  it('says its scope, its reason and who decided it', () => {
    const more = { scope: 'sittings', reason: 'a coup', suspendedBy: 'csto-csc' };
    given(joined('1992')).when(suspend('2010', more)).then(suspended('2010', more));
  });
});
