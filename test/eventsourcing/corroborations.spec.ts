import { getEffectiveHistory } from '../../src/eventsourcing/amendments.js';
import { corrected, corroborate, corroborated, disputed, retracted } from '../support/amendment-fixtures.js';
import { toRecordedEvents } from '../support/decider-specification.js';
import { approved, closed, given as givenMeeting, opened, scheduled } from '../support/meeting-fixtures.js';
import {
  admit,
  getFactReference,
  given,
  joined,
  membershipData,
  STREAM,
} from '../support/membership-fixtures.js';

const fact = getFactReference(0);

describe('the corroboration of a fact', () => {
  it('records further sources, and leaves the fact as it is', () => {
    given(joined('1992')).when(corroborate(fact)).then(corroborated(fact));
    given(joined('1992'), corroborated(fact)).when(admit('1992')).thenNothing();
    given(joined('1992')).when(corroborate(fact)).thenStands(joined('1992'));
  });
  it('records nothing when it is repeated, and each other source beside it', () => {
    const history = given(joined('1992'), corroborated(fact), corroborated(fact, 'atlas'));
    history.when(corroborate(fact)).thenNothing();
    history.when(corroborate(fact, 'archive')).then(corroborated(fact, 'archive'));
  });
  it('is accepted after the minutes are approved', () =>
    givenMeeting(scheduled(), opened(), closed(), approved())
      .when(corroborate('meeting-cfm@1'))
      .then(corroborated('meeting-cfm@1')));
  it('can refer to an amendment, and not to what was retracted or is missing', () => {
    given(joined('1992'), disputed(fact))
      .when(corroborate(getFactReference(1)))
      .then(corroborated(getFactReference(1)));
    given(joined('1992'), retracted(fact)).when(corroborate(fact)).thenRefused('illegal-correction', 0);
    given(joined('1992'))
      .when(corroborate(getFactReference(3)))
      .thenRefused('unknown-reference', 0);
  });
});

describe('a corroborated fact', () => {
  const listSources = (...events: Parameters<typeof given>) =>
    getEffectiveHistory(toRecordedEvents(STREAM, events)).map(({ corroborations }) =>
      corroborations.map(({ data: { sources } }) => sources.map(({ source }) => source)),
    );
  it('lists its corroborations, oldest first, without those that were retracted', () => {
    expect(listSources(joined('1992'), corroborated(fact, 'a'), corroborated(fact, 'b'))).toEqual([
      [['a'], ['b']],
    ]);
    expect(
      listSources(
        joined('1992'),
        corroborated(fact, 'a'),
        corroborated(fact, 'b'),
        retracted(getFactReference(1)),
      ),
    ).toEqual([[['b']]]);
  });
  it('keeps those from before its correction', () =>
    expect(
      listSources(joined('1992'), corroborated(fact, 'a'), corrected(fact, membershipData('1993'))),
    ).toEqual([[['a']]]));
});
