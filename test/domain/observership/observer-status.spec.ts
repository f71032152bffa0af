import { correct, corrected, retract, retracted } from '../../support/amendment-fixtures.js';
import {
  end,
  ended,
  getFactReference,
  given,
  grant,
  granted,
  statusData,
} from '../../support/observership-fixtures.js';

describe('the grant of observer status', () => {
  const resolution = { grantedBy: 'un', instrument: { title: 'Resolution 59/50', symbol: 'A/RES/59/50' } };
  it('is recorded', () =>
    given().when(grant('2004-12-02', resolution)).then(granted('2004-12-02', resolution)));
  it('records nothing when it is repeated', () =>
    given(granted('2004-12-02')).when(grant('2004-12-02')).thenNothing());
  it('records nothing when it is repeated after the status has ended', () =>
    given(granted('2004'), ended('2010')).when(grant('2004')).thenNothing());
  it('is refused while the observer has a status', () => {
    given(granted('2004')).when(grant('2005')).thenRefused('already-observer');
    given(granted('2004')).when(grant('2003')).thenRefused('already-observer');
    given(granted('2004')).when(grant('2004', resolution)).thenRefused('already-observer');
  });
  it('is refused to an organization at itself and by itself', () => {
    given()
      .when(grant('2004', { observer: 'un-ga' }))
      .thenRefused('self-reference');
    given()
      .when(grant('2004', { grantedBy: 'csto' }))
      .thenRefused('self-reference');
    given()
      .when(grant('2004', { grantedBy: 'un-ga' }))
      .then(granted('2004', { grantedBy: 'un-ga' }));
  });
  it('with the very same imprecise date is recorded again once it has ended', () =>
    given(granted('2004'), ended('2004')).when(grant('2004')).then(granted('2004')));
  it('of another kind is refused while the observer has a status', () => {
    given(granted('2004'))
      .when(grant('2005', { kind: 'partner' }))
      .thenRefused('already-observer');
    given(granted('2004'))
      .when(end('2005'), grant('2005', { kind: 'partner' }))
      .then(ended('2005'), granted('2005', { kind: 'partner' }));
  });
  it('is recorded again after the status has ended, on the same day too', () => {
    given(granted('2004'), ended('2010')).when(grant('2012')).then(granted('2012'));
    given(granted('2004'), ended('2010-06-01')).when(grant('2010-06-01')).then(granted('2010-06-01'));
  });
});

describe('the end of observer status', () => {
  it('is recorded for an observer', () => given(granted('2004')).when(end('2010')).then(ended('2010')));
  it('records nothing when the end is repeated', () =>
    given(granted('2004'), ended('2010')).when(end('2010')).thenNothing());
  it('records nothing when it is repeated after the status was granted again', () =>
    given(granted('2004'), ended('2010'), granted('2012')).when(end('2010')).thenNothing());
  it('is refused if there is no observer at that time', () => {
    given().when(end('2010')).thenRefused('not-an-observer');
    given(granted('2004')).when(end('2003')).thenRefused('not-an-observer');
    given(granted('2004'), ended('2010')).when(end('2011')).thenRefused('not-an-observer');
  });
  it('is refused on the same date with another reason', () =>
    given(granted('2004'), ended('2010'))
      .when(end('2010', { reason: 'became-member' }))
      .thenRefused('not-an-observer'));
});

describe('observer status that is recorded late', () => {
  it('can be a whole earlier period in one group, in either order', () => {
    const known = given(granted('2012'));
    known.when(grant('2004')).thenRefused('already-observer');
    known.when(end('2010')).thenRefused('not-an-observer');
    known.when(end('2010'), grant('2004')).then(ended('2010'), granted('2004'));
  });
  it('is refused if later facts become illegal', () =>
    given(granted('2004'), ended('2010'), granted('2012')).when(end('2006')).thenRefused('not-an-observer'));
  it('with imprecise dates is accepted if any arrangement is legal', () => {
    given(granted('2004-12-02')).when(end('2004')).then(ended('2004'));
    given(granted('2011-41')).when(end('2011-12')).then(ended('2011-12'));
    given(granted('2011-41')).when(end('2011-06')).thenRefused('not-an-observer');
    given(granted('[..2004]')).when(end('0001')).then(ended('0001'));
  });
});

describe('the correction of observer status', () => {
  const history = given(granted('2004'), ended('2010'));
  it('is refused if the resulting timeline is illegal', () => {
    history.when(correct(getFactReference(0), statusData('2011'))).thenRefused('illegal-correction');
    history.when(correct(getFactReference(0), statusData('2005'))).thenStands(granted('2005'), ended('2010'));
    history.when(retract(getFactReference(0))).thenRefused('illegal-correction');
  });
  it('can retract the first fact, since no other stream refers to a relation', () => {
    given(granted('2004'))
      .when(retract(getFactReference(0)))
      .thenStands();
    history.when(retract(getFactReference(0)), retract(getFactReference(1))).thenStands();
  });
  it('lets a retracted fact be recorded again', () =>
    given(granted('2004'), retracted(getFactReference(0)))
      .when(grant('2004'))
      .then(granted('2004')));
  it('makes a repeated command be compared with the corrected data only', () => {
    const now = given(granted('2004'), corrected(getFactReference(0), statusData('2005')));
    now.when(grant('2004')).thenRefused('already-observer');
    now.when(grant('2005')).thenNothing();
  });
  it('is refused if the replacement belongs to another observer', () => {
    history
      .when(correct(getFactReference(0), statusData('2004', { observer: 'cis' })))
      .thenRefused('illegal-correction', 0);
    history
      .when(correct(getFactReference(0), statusData('2004', { observer: 'person:csto' })))
      .thenRefused('illegal-correction', 0);
  });
});
