import {
  admit,
  categoryChanged,
  changeCategory,
  end,
  ended,
  given,
  grantVote,
  joined,
  voteGranted,
  voteWithdrawn,
  withdrawVote,
} from '../../support/membership-fixtures.js';

describe('the category of a member', () => {
  it('is recorded at its admission', () =>
    given()
      .when(admit('1992', { category: 'associate' }))
      .then(joined('1992', { category: 'associate' })));
  it('changes, also to the same one', () =>
    given(joined('1992', { category: 'full' }))
      .when(changeCategory('1995'), changeCategory('1996'))
      .then(categoryChanged('1995'), categoryChanged('1996')));
  it('records nothing when it is repeated, also after it changed again', () => {
    const history = [joined('1992'), categoryChanged('1995')];
    given(...history)
      .when(changeCategory('1995'))
      .thenNothing();
    given(...history, categoryChanged('1996', { category: 'associate' }), ended('1999'))
      .when(changeCategory('1995'))
      .thenNothing();
  });
  it('is refused outside the membership', () => {
    given(joined('1992'), ended('1999')).when(changeCategory('2000')).thenRefused('not-a-member');
    given(joined('1992'), categoryChanged('1995')).when(end('1994')).thenRefused('not-a-member');
  });
});

describe('the voting right of a member', () => {
  it('is granted to one that may vote already, and sets its votes', () =>
    given(joined('1992'), voteGranted('1993', { votes: 1 }))
      .when(grantVote('1994', { votes: 2 }))
      .then(voteGranted('1994', { votes: 2 })));
  it('is withdrawn without having been granted', () =>
    given(joined('1992'))
      .when(withdrawVote('1994', { reason: 'arrears' }))
      .then(voteWithdrawn('1994', { reason: 'arrears' })));
  it('is withdrawn once only', () => {
    given(joined('1992'), voteWithdrawn('1994')).when(withdrawVote('1995')).thenRefused('not-voting');
    given(joined('1992'), voteWithdrawn('1994'), voteGranted('1995'))
      .when(withdrawVote('1996'))
      .then(voteWithdrawn('1996'));
  });
  it('starts again when the member joins again', () =>
    given(joined('1992'), voteWithdrawn('1994'), ended('1995'), joined('1996'))
      .when(withdrawVote('1997'))
      .then(voteWithdrawn('1997')));
  it('records nothing when it is repeated', () => {
    given(joined('1992'), voteWithdrawn('1994'), voteGranted('1995'))
      .when(withdrawVote('1994'))
      .thenNothing();
    given(joined('1992'), voteGranted('1994'), voteWithdrawn('1995')).when(grantVote('1994')).thenNothing();
  });
  it('is withdrawn a second time within the same imprecise date if it was granted on it', () =>
    given(joined('1992'), voteWithdrawn('1994'), voteGranted('1994'))
      .when(withdrawVote('1994'))
      .then(voteWithdrawn('1994')));
});
