import {
  applyProvisionally,
  deposit,
  deposited,
  depositWithdrawn,
  endProvisional,
  given,
  joined,
  provisionalBegun,
  provisionalEnded,
  sign,
  signatureWithdrawn,
  signed,
  withdrawDeposit,
  withdrawSignature,
} from '../../support/membership-fixtures.js';

describe('the stages of consent to a treaty', () => {
  it('are recorded of one that is no member, and make nobody a member', () =>
    given()
      .when(
        sign('1998-07-17'),
        withdrawSignature('2002-05-06', { reason: 'no intention to become a party' }),
        deposit('2005', { entersIntoForce: '2005-10', declarations: ['Article 124'] }),
        withdrawDeposit('2010'),
      )
      .then(
        signed('1998-07-17'),
        signatureWithdrawn('2002-05-06', { reason: 'no intention to become a party' }),
        deposited('2005', { entersIntoForce: '2005-10', declarations: ['Article 124'] }),
        depositWithdrawn('2010'),
      ));
  it('do not depend on membership, nor it on them', () =>
    given(signed('1991'))
      .when(applyProvisionally('1994'), sign('1990'))
      .then(provisionalBegun('1994'), signed('1990')));
  it('are repeated without being recorded again', () =>
    given(signed('1998'), signatureWithdrawn('2002'), deposited('2005'))
      .when(sign('1998'), withdrawSignature('2002'), deposit('2005'))
      .thenNothing());
});

describe('provisional application', () => {
  it('begins and ends alternately', () => {
    given(provisionalBegun('1994')).when(applyProvisionally('1995')).thenRefused('already-provisional');
    given().when(endProvisional('1995')).thenRefused('not-provisional');
    given(provisionalBegun('1994'), provisionalEnded('2009'))
      .when(applyProvisionally('2010'))
      .then(provisionalBegun('2010'));
  });
  it('is judged by its own dates alone', () =>
    given(joined('2000'), provisionalBegun('1994'))
      .when(endProvisional('1995'))
      .then(provisionalEnded('1995')));
});
