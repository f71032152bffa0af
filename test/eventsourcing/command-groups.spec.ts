import { correct, corrected, dispute, disputed, retract, retracted } from '../support/amendment-fixtures.js';
import {
  admit,
  end,
  ended,
  getFactReference,
  given,
  joined,
  membershipData,
  resume,
  resumed,
  suspend,
  suspended,
} from '../support/membership-fixtures.js';

describe('a group of facts', () => {
  it('records its events in the order of the commands', () =>
    given()
      .when(admit('1992'), suspend('1994'), resume('1996'), end('1999'))
      .then(joined('1992'), suspended('1994'), resumed('1996'), ended('1999')));
  it('is checked against the timeline after the whole group, in any order of the commands', () =>
    given(joined('2006')).when(end('1999'), admit('1992')).then(ended('1999'), joined('1992')));
  it('records nothing if one of its commands is refused', () =>
    given(joined('1992')).when(end('1999'), admit('2006'), admit('2007')).thenRefused('already-member'));
  it('records no event for a command whose fact is recorded already', () => {
    given(joined('1992')).when(admit('1992'), end('1999')).then(ended('1999'));
    given(joined('1992'), ended('1999')).when(admit('1992'), end('1999')).thenNothing();
  });
  it('records one event when the same command is repeated within the group', () =>
    given().when(admit('1992'), admit('1992'), end('1999'), end('1999')).then(joined('1992'), ended('1999')));
  it('leaves the state unchanged when it is refused', () => {
    const before = given(joined('1992'));
    before.when(end('1999'), end('2000')).thenRefused('not-a-member');
    before.when(end('1999')).then(ended('1999'));
  });
});

describe('a group of corrections', () => {
  const swap = [
    correct(getFactReference(0), membershipData('2006')),
    correct(getFactReference(1), membershipData('2012', { reason: 'withdrew' })),
  ] as const;
  const before = given(joined('1992'), ended('1999'));
  it('accepts corrections that are legal only together', () =>
    before.when(...swap).thenStands(joined('2006'), ended('2012')));
  it('the first of two dependent corrections is refused on its own', () =>
    before.when(swap[0]).thenRefused('illegal-correction'));
  it('accepts dependent corrections in either order', () =>
    before.when(swap[1], swap[0]).thenStands(joined('2006'), ended('2012')));
  it('is refused with illegal-correction if the resulting history is illegal', () =>
    before
      .when(
        correct(getFactReference(0), membershipData('2006')),
        correct(getFactReference(1), membershipData('2005', { reason: 'withdrew' })),
      )
      .thenRefused('illegal-correction'));
  it('applies the same rule to retractions and disputes', () => {
    before.when(retract(getFactReference(0)), dispute(getFactReference(1))).thenRefused('illegal-correction');
    before
      .when(retract(getFactReference(0)), retract(getFactReference(1)))
      .then(retracted(getFactReference(0)), retracted(getFactReference(1)));
  });
  it('records no event for a correction that is in effect already', () =>
    given(joined('1992'), corrected(getFactReference(0), membershipData('1993')))
      .when(correct(getFactReference(0), membershipData('1993')), dispute(getFactReference(0)))
      .then(disputed(getFactReference(0))));
  it('refuses an amendment of a fact that an earlier command of the group retracts', () => {
    before
      .when(retract(getFactReference(1)), dispute(getFactReference(1)))
      .thenRefused('illegal-correction', 1);
    before.when(dispute(getFactReference(1)), retract(getFactReference(1))).thenStands(joined('1992'));
  });
});

describe('a group of corrections and other commands', () => {
  const before = given(joined('1992'), ended('1999'));
  it('is checked against the history after the whole group', () => {
    before.when(retract(getFactReference(1)), suspend('2000')).thenStands(joined('1992'), suspended('2000'));
    before.when(suspend('2000'), retract(getFactReference(1))).thenStands(joined('1992'), suspended('2000'));
    before
      .when(
        correct(getFactReference(0), membershipData('2006')),
        correct(getFactReference(1), membershipData('2012', { reason: 'withdrew' })),
        suspend('2009'),
      )
      .thenStands(joined('2006'), ended('2012'), suspended('2009'));
  });
  it('is refused with the code of the broken rule', () => {
    before
      .when(correct(getFactReference(0), membershipData('2006')), suspend('2007'))
      .thenRefused('not-a-member');
    before
      .when(suspend('1994'), correct(getFactReference(0), membershipData('2006')))
      .thenRefused('not-a-member');
    before.when(retract(getFactReference(1)), admit('2006')).thenRefused('already-member');
  });
  it('records a repeated command again if a correction before it removed its fact', () => {
    before
      .when(admit('1992'), retract(getFactReference(0)), admit('1992'))
      .thenStands(ended('1999'), joined('1992'));
    before
      .when(correct(getFactReference(0), membershipData('1993')), admit('1993'))
      .then(corrected(getFactReference(0), membershipData('1993')));
  });
  it('accepts amendments of events that the group itself records', () =>
    given()
      .when(admit('1992'), correct(getFactReference(0), membershipData('1993')), dispute(getFactReference(1)))
      .thenStands(joined('1993')));
});
