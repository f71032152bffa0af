import { correct, corrected, retract, retracted } from '../../support/amendment-fixtures.js';
import {
  dissolve,
  dissolved,
  getFactName,
  given,
  registered,
  rename,
  renamed,
} from '../../support/organization-fixtures.js';

describe('dissolving an organization', () => {
  it('is recorded', () => given(registered()).when(dissolve('1991-12')).then(dissolved('1991-12')));
  it('twice is once', () =>
    given(registered(), dissolved('1991-12')).when(dissolve('1991-12')).thenNothing());
  it('happens only once', () =>
    given(registered(), dissolved('1991-12')).when(dissolve('1991-12-26')).thenRefused('already-dissolved'));
  it('happens only once, for whatever reason', () =>
    given(registered(), dissolved('1991'))
      .when(dissolve('1991', { reason: 'succeeded' }))
      .thenRefused('already-dissolved'));
  it('happens only once in a group', () =>
    given(registered()).when(dissolve('1991'), dissolve('1992')).thenRefused('already-dissolved'));
  it('needs an organization that is registered', () =>
    given().when(dissolve('1991')).thenRefused('unknown-reference'));

  it('another time is a correction', () =>
    given(registered(), dissolved('1991'))
      .when(correct(getFactName(1), { organization: 'csto', effective: '1991-12-26' }))
      .thenStands(registered(), dissolved('1991-12-26')));
  it('the old date sent after that is a second dissolution', () =>
    given(
      registered(),
      dissolved('1991'),
      corrected(getFactName(1), { organization: 'csto', effective: '1992' }),
    )
      .when(dissolve('1991'))
      .thenRefused('already-dissolved'));
  it('is possible again once the first was retracted', () =>
    given(registered(), dissolved('1991'), retracted(getFactName(1)))
      .when(dissolve('1991'))
      .then(dissolved('1991')));
  it('so the retraction cannot be taken back any more', () =>
    given(registered(), dissolved('1991'), retracted(getFactName(1)), dissolved('1992'))
      .when(retract(getFactName(2)))
      .thenRefused('illegal-correction'));
  it('closes nothing else: names of the time before may still be recorded', () =>
    given(registered(), dissolved('1991')).when(rename('OT', '1980')).then(renamed('OT', '1980')));
});
