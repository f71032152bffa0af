import { getEffectiveHistory } from '../../src/eventsourcing/amendments.js';
import { corrected, correct, dispute, disputed, retracted } from '../support/amendment-fixtures.js';
import {
  admit,
  ended,
  getFactReference,
  given,
  joined,
  membershipData,
  STREAM,
} from '../support/membership-fixtures.js';
import { toRecordedEvents, createEventId } from '../support/decider-specification.js';

const cited = { sources: [{ source: 'un-treaty-series-1894', locator: 'p. 309' }] };

describe('the dispute of a fact', () => {
  it('records a claim with its sources', () =>
    given(joined('1992'))
      .when(dispute(getFactReference(0), 'in 1993', cited))
      .then(disputed(getFactReference(0), 'in 1993', cited)));
  it('leaves the disputed fact in effect', () => {
    given(joined('1992'))
      .when(dispute(getFactReference(0)))
      .thenStands(joined('1992'));
    given(joined('1992'), disputed(getFactReference(0)))
      .when(admit('1992'))
      .thenNothing();
    given(joined('1992'), disputed(getFactReference(0)))
      .when(admit('2006'))
      .thenRefused('already-member');
  });
  it('records nothing when it is repeated, by either reference to the fact', () => {
    given(joined('1992'), disputed(getFactReference(0)))
      .when(dispute(getFactReference(0)))
      .thenNothing();
    given(joined('1992'), disputed(getFactReference(0)))
      .when(dispute(createEventId(STREAM, 0)))
      .thenNothing();
  });
  it('records nothing when it is repeated after other claims', () =>
    given(joined('1992'), disputed(getFactReference(0), 'in 1993'), disputed(getFactReference(0), 'in 1994'))
      .when(dispute(getFactReference(0), 'in 1993'))
      .thenNothing());
  it('with another claim is recorded as another dispute', () =>
    given(joined('1992'), disputed(getFactReference(0), 'in 1993'))
      .when(dispute(getFactReference(0), 'in 1994'))
      .then(disputed(getFactReference(0), 'in 1994')));
  it('is not checked against the rules, whatever it claims', () =>
    given(joined('1992'), ended('1999'))
      .when(dispute(getFactReference(0), 'it joined in 2000'))
      .then(disputed(getFactReference(0), 'it joined in 2000')));
  it('is refused with unknown-reference if the fact does not exist', () =>
    given(joined('1992'))
      .when(dispute(getFactReference(3)))
      .thenRefused('unknown-reference', 0));
  it('is refused if the fact was retracted', () =>
    given(joined('1992'), retracted(getFactReference(0)))
      .when(dispute(getFactReference(0)))
      .thenRefused('illegal-correction', 0));
  it('can refer to a correction and to a dispute', () => {
    given(joined('1992'), corrected(getFactReference(0), membershipData('1993')))
      .when(dispute(getFactReference(1)))
      .then(disputed(getFactReference(1)));
    given(joined('1992'), disputed(getFactReference(0)))
      .when(dispute(getFactReference(1)))
      .then(disputed(getFactReference(1)));
  });
  it('remains in effect after the fact is corrected', () =>
    given(
      joined('1992'),
      disputed(getFactReference(0)),
      corrected(getFactReference(0), membershipData('1993')),
    )
      .when(dispute(getFactReference(0)))
      .thenNothing());
});

describe('a disputed fact', () => {
  const listClaims = (...events: Parameters<typeof given>) =>
    getEffectiveHistory(toRecordedEvents(STREAM, events)).map(({ disputes }) =>
      disputes.map(({ data: { claim } }) => claim),
    );
  it('lists its claims, oldest first', () =>
    expect(
      listClaims(
        joined('1992'),
        ended('1999'),
        disputed(getFactReference(0), 'in 1993'),
        disputed(getFactReference(0), 'in 1994'),
      ),
    ).toEqual([['in 1993', 'in 1994'], []]));
  it('no longer lists a claim whose dispute was retracted', () =>
    expect(
      listClaims(
        joined('1992'),
        disputed(getFactReference(0), 'in 1993'),
        disputed(getFactReference(0), 'in 1994'),
        retracted(getFactReference(1)),
      ),
    ).toEqual([['in 1994']]));
  it('lists a corrected claim with its corrected text', () =>
    expect(
      listClaims(
        joined('1992'),
        disputed(getFactReference(0), 'in 1939'),
        corrected(getFactReference(1), { fact: getFactReference(0), claim: 'in 1993' }),
      ),
    ).toEqual([['in 1993']]));
  it('does not list a dispute of its correction', () =>
    expect(
      listClaims(
        joined('1992'),
        corrected(getFactReference(0), membershipData('1993')),
        disputed(getFactReference(1)),
      ),
    ).toEqual([[]]));
  it('can be corrected to the claimed data', () =>
    given(joined('1992'), disputed(getFactReference(0), 'in 1993'))
      .when(correct(getFactReference(0), membershipData('1993')))
      .thenStands(joined('1993')));
});
