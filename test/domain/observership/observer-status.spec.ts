import { correct, corrected, retract, retracted } from '../../support/amendment-fixtures.js';
import {
  end,
  ended,
  getFactName,
  given,
  grant,
  granted,
  statusData,
} from '../../support/observership-fixtures.js';

describe('granting observer status', () => {
  const resolution = { grantedBy: 'un', instrument: { title: 'Resolution 59/50', symbol: 'A/RES/59/50' } };
  it('is recorded', () =>
    given().when(grant('2004-12-02', resolution)).then(granted('2004-12-02', resolution)));
  it('twice is once', () => given(granted('2004-12-02')).when(grant('2004-12-02')).thenNothing());
  it('is quiet also when it ended since', () =>
    given(granted('2004'), ended('2010')).when(grant('2004')).thenNothing());
  it('happens once until it ends', () => {
    given(granted('2004')).when(grant('2005')).thenRefused('already-observer');
    given(granted('2004')).when(grant('2003')).thenRefused('already-observer');
    given(granted('2004')).when(grant('2004', resolution)).thenRefused('already-observer');
  });
  it('of another kind is a second status, too', () => {
    given(granted('2004'))
      .when(grant('2005', { kind: 'partner' }))
      .thenRefused('already-observer');
    given(granted('2004'))
      .when(end('2005'), grant('2005', { kind: 'partner' }))
      .then(ended('2005'), granted('2005', { kind: 'partner' }));
  });
  it('again is legal after it ended, on the same day too', () => {
    given(granted('2004'), ended('2010')).when(grant('2012')).then(granted('2012'));
    given(granted('2004'), ended('2010-06-01')).when(grant('2010-06-01')).then(granted('2010-06-01'));
  });
});

describe('ending observer status', () => {
  it('is recorded', () => given(granted('2004')).when(end('2010')).then(ended('2010')));
  it('twice is once', () => given(granted('2004'), ended('2010')).when(end('2010')).thenNothing());
  it('is quiet also when it was granted again since', () =>
    given(granted('2004'), ended('2010'), granted('2012')).when(end('2010')).thenNothing());
  it('needs an observer', () => {
    given().when(end('2010')).thenRefused('not-an-observer');
    given(granted('2004')).when(end('2003')).thenRefused('not-an-observer');
    given(granted('2004'), ended('2010')).when(end('2011')).thenRefused('not-an-observer');
  });
  it('for another reason ends what has ended', () =>
    given(granted('2004'), ended('2010'))
      .when(end('2010', { reason: 'became-member' }))
      .thenRefused('not-an-observer'));
});

describe('observer status entered late', () => {
  it('a whole earlier one comes as a group, in any order', () => {
    const known = given(granted('2012'));
    known.when(grant('2004')).thenRefused('already-observer');
    known.when(end('2010')).thenRefused('not-an-observer');
    known.when(end('2010'), grant('2004')).then(ended('2010'), granted('2004'));
  });
  it('must leave what comes after legal', () =>
    given(granted('2004'), ended('2010'), granted('2012')).when(end('2006')).thenRefused('not-an-observer'));
  it('with imprecise dates stands if any arrangement is legal', () => {
    given(granted('2004-12-02')).when(end('2004')).then(ended('2004'));
    given(granted('2011-41')).when(end('2011-12')).then(ended('2011-12'));
    given(granted('2011-41')).when(end('2011-06')).thenRefused('not-an-observer');
    given(granted('[..2004]')).when(end('0001')).then(ended('0001'));
  });
});

describe('correcting observer status', () => {
  const history = given(granted('2004'), ended('2010'));
  it('must leave a legal timeline', () => {
    history.when(correct(getFactName(0), statusData('2011'))).thenRefused('illegal-correction');
    history.when(correct(getFactName(0), statusData('2005'))).thenStands(granted('2005'), ended('2010'));
    history.when(retract(getFactName(0))).thenRefused('illegal-correction');
  });
  it('the first fact can be retracted, since nobody refers to a relation', () => {
    given(granted('2004'))
      .when(retract(getFactName(0)))
      .thenStands();
    history.when(retract(getFactName(0)), retract(getFactName(1))).thenStands();
  });
  it('what was retracted can be said again', () =>
    given(granted('2004'), retracted(getFactName(0)))
      .when(grant('2004'))
      .then(granted('2004')));
  it('what was corrected is not quiet any more, its new words are', () => {
    const now = given(granted('2004'), corrected(getFactName(0), statusData('2005')));
    now.when(grant('2004')).thenRefused('already-observer');
    now.when(grant('2005')).thenNothing();
  });
  it('into that of another observer is none', () => {
    history
      .when(correct(getFactName(0), statusData('2004', { observer: 'cis' })))
      .thenRefused('illegal-correction', 0);
    history
      .when(correct(getFactName(0), statusData('2004', { observer: 'person:csto' })))
      .thenRefused('illegal-correction', 0);
  });
});
