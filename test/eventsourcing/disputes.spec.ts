import { getEffectiveHistory } from '../../src/eventsourcing/amendments.js';
import { corrected, correct, dispute, disputed, retracted } from '../support/amendment-fixtures.js';
import {
  admit,
  ended,
  getFactName,
  given,
  joined,
  membershipData,
  STREAM,
} from '../support/membership-fixtures.js';
import { toRecordedEvents, createEventId } from '../support/decider-specification.js';

const cited = { sources: [{ source: 'un-treaty-series-1894', locator: 'p. 309' }] };

describe('disputing a fact', () => {
  it('sets a claim with its sources beside it', () =>
    given(joined('1992'))
      .when(dispute(getFactName(0), 'in 1993', cited))
      .then(disputed(getFactName(0), 'in 1993', cited)));
  it('lets it stand', () => {
    given(joined('1992'))
      .when(dispute(getFactName(0)))
      .thenStands(joined('1992'));
    given(joined('1992'), disputed(getFactName(0)))
      .when(admit('1992'))
      .thenNothing();
    given(joined('1992'), disputed(getFactName(0)))
      .when(admit('2006'))
      .thenRefused('already-member');
  });
  it('twice is once, under either name of the fact', () => {
    given(joined('1992'), disputed(getFactName(0)))
      .when(dispute(getFactName(0)))
      .thenNothing();
    given(joined('1992'), disputed(getFactName(0)))
      .when(dispute(createEventId(STREAM, 0)))
      .thenNothing();
  });
  it('twice is once whatever claims came since', () =>
    given(joined('1992'), disputed(getFactName(0), 'in 1993'), disputed(getFactName(0), 'in 1994'))
      .when(dispute(getFactName(0), 'in 1993'))
      .thenNothing());
  it('with another claim is another dispute', () =>
    given(joined('1992'), disputed(getFactName(0), 'in 1993'))
      .when(dispute(getFactName(0), 'in 1994'))
      .then(disputed(getFactName(0), 'in 1994')));
  it('does not contradict any rule, whatever is claimed', () =>
    given(joined('1992'), ended('1999'))
      .when(dispute(getFactName(0), 'it joined in 2000'))
      .then(disputed(getFactName(0), 'it joined in 2000')));
  it('needs a fact', () =>
    given(joined('1992'))
      .when(dispute(getFactName(3)))
      .thenRefused('unknown-reference', 0));
  it('needs one that stands', () =>
    given(joined('1992'), retracted(getFactName(0)))
      .when(dispute(getFactName(0)))
      .thenRefused('illegal-correction', 0));
  it('can be done to a correction, and to a dispute', () => {
    given(joined('1992'), corrected(getFactName(0), membershipData('1993')))
      .when(dispute(getFactName(1)))
      .then(disputed(getFactName(1)));
    given(joined('1992'), disputed(getFactName(0)))
      .when(dispute(getFactName(1)))
      .then(disputed(getFactName(1)));
  });
  it('outlasts a correction of the fact', () =>
    given(joined('1992'), disputed(getFactName(0)), corrected(getFactName(0), membershipData('1993')))
      .when(dispute(getFactName(0)))
      .thenNothing());
});

describe('a disputed fact', () => {
  const claims = (...said: Parameters<typeof given>) =>
    getEffectiveHistory(toRecordedEvents(STREAM, said)).map(({ disputes }) =>
      disputes.map(({ data: { claim } }) => claim),
    );
  it('is marked with its claims, oldest first', () =>
    expect(
      claims(
        joined('1992'),
        ended('1999'),
        disputed(getFactName(0), 'in 1993'),
        disputed(getFactName(0), 'in 1994'),
      ),
    ).toEqual([['in 1993', 'in 1994'], []]));
  it('loses the mark when the dispute is retracted', () =>
    expect(
      claims(
        joined('1992'),
        disputed(getFactName(0), 'in 1993'),
        disputed(getFactName(0), 'in 1994'),
        retracted(getFactName(1)),
      ),
    ).toEqual([['in 1994']]));
  it('shows a claim in its corrected words', () =>
    expect(
      claims(
        joined('1992'),
        disputed(getFactName(0), 'in 1939'),
        corrected(getFactName(1), { fact: getFactName(0), claim: 'in 1993' }),
      ),
    ).toEqual([['in 1993']]));
  it('marks the fact, not what was said about it', () =>
    expect(
      claims(joined('1992'), corrected(getFactName(0), membershipData('1993')), disputed(getFactName(1))),
    ).toEqual([[]]));
  it('can be corrected into what was claimed', () =>
    given(joined('1992'), disputed(getFactName(0), 'in 1993'))
      .when(correct(getFactName(0), membershipData('1993')))
      .thenStands(joined('1993')));
});
