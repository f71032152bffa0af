import { correct, corrected, retract, retracted } from '../../support/amendment-fixtures.js';
import {
  dissolve,
  dissolved,
  getFactReference,
  given,
  registered,
  rename,
  renamed,
} from '../../support/organization-fixtures.js';

describe('the dissolution of an organization', () => {
  it('is recorded', () => given(registered()).when(dissolve('1991-12')).then(dissolved('1991-12')));
  it('records nothing when it is repeated', () =>
    given(registered(), dissolved('1991-12')).when(dissolve('1991-12')).thenNothing());
  it('is refused if the organization is dissolved already', () =>
    given(registered(), dissolved('1991-12')).when(dissolve('1991-12-26')).thenRefused('already-dissolved'));
  it('is refused on the same date with another reason', () =>
    given(registered(), dissolved('1991'))
      .when(dissolve('1991', { reason: 'succeeded' }))
      .thenRefused('already-dissolved'));
  it('is refused a second time within one group', () =>
    given(registered()).when(dissolve('1991'), dissolve('1992')).thenRefused('already-dissolved'));
  it('is refused if the organization is not registered', () =>
    given().when(dissolve('1991')).thenRefused('unknown-reference'));

  it('is refused certainly before the founding', () => {
    const founded = given(registered({ founded: '1992-05' }));
    founded.when(dissolve('1991')).thenRefused('ends-before-it-begins');
    founded.when(dissolve('1992-04-30')).thenRefused('ends-before-it-begins');
    founded.when(dissolve('1992')).then(dissolved('1992'));
    founded.when(dissolve('1992-05-01')).then(dissolved('1992-05-01'));
    given(registered({ founded: '1992/' }))
      .when(dissolve('1991'))
      .thenRefused('ends-before-it-begins');
    given(registered({ founded: '[..1992]' }))
      .when(dissolve('1991'))
      .then(dissolved('1991'));
  });
  it('cannot come before the founding by a correction, unless it did so before', () => {
    const history = given(registered({ founded: '1992' }), dissolved('2002'));
    const foundedIn = (founded: string) => registered({ founded }).data;
    history.when(correct(getFactReference(0), foundedIn('2003'))).thenRefused('illegal-correction');
    history
      .when(correct(getFactReference(1), { organization: 'csto', effective: '1991' }))
      .thenRefused('illegal-correction');
    history
      .when(correct(getFactReference(0), foundedIn('2002')))
      .thenStands(registered({ founded: '2002' }), dissolved('2002'));
    given(registered({ founded: '1992' }), dissolved('1990'))
      .when(correct(getFactReference(0), foundedIn('1991')))
      .thenStands(registered({ founded: '1991' }), dissolved('1990'));
  });

  it('can be corrected to another date', () =>
    given(registered(), dissolved('1991'))
      .when(correct(getFactReference(1), { organization: 'csto', effective: '1991-12-26' }))
      .thenStands(registered(), dissolved('1991-12-26')));
  it('with the date from before the correction is refused as a second dissolution', () =>
    given(
      registered(),
      dissolved('1991'),
      corrected(getFactReference(1), { organization: 'csto', effective: '1992' }),
    )
      .when(dissolve('1991'))
      .thenRefused('already-dissolved'));
  it('is recorded again after the first one was retracted', () =>
    given(registered(), dissolved('1991'), retracted(getFactReference(1)))
      .when(dissolve('1991'))
      .then(dissolved('1991')));
  it('cannot take effect again once another dissolution is recorded', () =>
    given(registered(), dissolved('1991'), retracted(getFactReference(1)), dissolved('1992'))
      .when(retract(getFactReference(2)))
      .thenRefused('illegal-correction'));
  it('does not prevent a rename at an earlier date', () =>
    given(registered(), dissolved('1991')).when(rename('OT', '1980')).then(renamed('OT', '1980')));
});
