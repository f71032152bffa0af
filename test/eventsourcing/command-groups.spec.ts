import { correct, corrected, dispute, disputed, retract, retracted } from '../support/amendment-fixtures.js';
import {
  admit,
  end,
  ended,
  getFactName,
  given,
  joined,
  membershipData,
  resume,
  resumed,
  suspend,
  suspended,
} from '../support/membership-fixtures.js';

describe('facts sent together', () => {
  it('are recorded in the order in which they were sent', () =>
    given()
      .when(admit('1992'), suspend('1994'), resume('1996'), end('1999'))
      .then(joined('1992'), suspended('1994'), resumed('1996'), ended('1999')));
  it('are judged on the timeline that they leave', () =>
    given(joined('2006')).when(end('1999'), admit('1992')).then(ended('1999'), joined('1992')));
  it('are recorded all or not at all', () =>
    given(joined('1992')).when(end('1999'), admit('2006'), admit('2007')).thenRefused('already-member'));
  it('that stand already add nothing', () => {
    given(joined('1992')).when(admit('1992'), end('1999')).then(ended('1999'));
    given(joined('1992'), ended('1999')).when(admit('1992'), end('1999')).thenNothing();
  });
  it('that repeat each other are one', () =>
    given().when(admit('1992'), admit('1992'), end('1999'), end('1999')).then(joined('1992'), ended('1999')));
  it('once refused leave everything as it was', () => {
    const before = given(joined('1992'));
    before.when(end('1999'), end('2000')).thenRefused('not-a-member');
    before.when(end('1999')).then(ended('1999'));
  });
});

describe('corrections sent together', () => {
  const swap = [
    correct(getFactName(0), membershipData('2006')),
    correct(getFactName(1), membershipData('2012', { reason: 'withdrew' })),
  ] as const;
  const before = given(joined('1992'), ended('1999'));
  it('can depend on each other', () => before.when(...swap).thenStands(joined('2006'), ended('2012')));
  it('whose first alone is illegal', () => before.when(swap[0]).thenRefused('illegal-correction'));
  it('in either order', () => before.when(swap[1], swap[0]).thenStands(joined('2006'), ended('2012')));
  it('are illegal-correction if what they leave is illegal', () =>
    before
      .when(
        correct(getFactName(0), membershipData('2006')),
        correct(getFactName(1), membershipData('2005', { reason: 'withdrew' })),
      )
      .thenRefused('illegal-correction'));
  it('are retractions and disputes as well', () => {
    before.when(retract(getFactName(0)), dispute(getFactName(1))).thenRefused('illegal-correction');
    before
      .when(retract(getFactName(0)), retract(getFactName(1)))
      .then(retracted(getFactName(0)), retracted(getFactName(1)));
  });
  it('that stand already add nothing', () =>
    given(joined('1992'), corrected(getFactName(0), membershipData('1993')))
      .when(correct(getFactName(0), membershipData('1993')), dispute(getFactName(0)))
      .then(disputed(getFactName(0))));
  it('see each other: what one retracts the next cannot amend', () => {
    before.when(retract(getFactName(1)), dispute(getFactName(1))).thenRefused('illegal-correction', 1);
    before.when(dispute(getFactName(1)), retract(getFactName(1))).thenStands(joined('1992'));
  });
});

describe('corrections sent together with other commands', () => {
  const before = given(joined('1992'), ended('1999'));
  it('are judged together', () => {
    before.when(retract(getFactName(1)), suspend('2000')).thenStands(joined('1992'), suspended('2000'));
    before.when(suspend('2000'), retract(getFactName(1))).thenStands(joined('1992'), suspended('2000'));
    before
      .when(
        correct(getFactName(0), membershipData('2006')),
        correct(getFactName(1), membershipData('2012', { reason: 'withdrew' })),
        suspend('2009'),
      )
      .thenStands(joined('2006'), ended('2012'), suspended('2009'));
  });
  it('have the code of the rule that they break', () => {
    before.when(correct(getFactName(0), membershipData('2006')), suspend('2007')).thenRefused('not-a-member');
    before.when(suspend('1994'), correct(getFactName(0), membershipData('2006'))).thenRefused('not-a-member');
    before.when(retract(getFactName(1)), admit('2006')).thenRefused('already-member');
  });
  it('may change what is quiet', () => {
    before
      .when(admit('1992'), retract(getFactName(0)), admit('1992'))
      .thenStands(ended('1999'), joined('1992'));
    before
      .when(correct(getFactName(0), membershipData('1993')), admit('1993'))
      .then(corrected(getFactName(0), membershipData('1993')));
  });
  it('can amend what the group itself records', () =>
    given()
      .when(admit('1992'), correct(getFactName(0), membershipData('1993')), dispute(getFactName(1)))
      .thenStands(joined('1993')));
});
