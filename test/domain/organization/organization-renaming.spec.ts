import { retract, retracted } from '../../support/amendment-fixtures.js';
import {
  getFactReference,
  given,
  register,
  registered,
  rename,
  renamed,
} from '../../support/organization-fixtures.js';

describe('the renaming of an organization', () => {
  it('records a name with its effective date', () =>
    given(registered()).when(rename('OT', '2010-12')).then(renamed('OT', '2010-12')));
  it('records nothing when it is repeated', () =>
    given(registered(), renamed('OT', '2010')).when(rename('OT', '2010')).thenNothing());
  it('records nothing when it is repeated after other names', () =>
    given(registered(), renamed('OT', '2010'), renamed('ODKB', '2012'))
      .when(rename('OT', '2010'))
      .thenNothing());
  it('back to an earlier name is recorded as another fact', () =>
    given(registered(), renamed('OT', '2010'), renamed('ODKB', '2012'))
      .when(rename('OT', '2014'))
      .then(renamed('OT', '2014')));
  it('to an earlier name of the same day is recorded, since the later one of the two holds', () => {
    const renamings = [registered(), renamed('OT', '2010'), renamed('ODKB', '2010')] as const;
    given(...renamings)
      .when(rename('OT', '2010'))
      .then(renamed('OT', '2010'));
    given(...renamings)
      .when(rename('ODKB', '2010'))
      .thenNothing();
    given(...renamings, renamed('OT', '2010'))
      .when(rename('OT', '2010'))
      .thenNothing();
    given(...renamings, retracted(getFactReference(2)))
      .when(rename('OT', '2010'))
      .thenNothing();
  });
  it('can be recorded late, for a time between other names', () =>
    given(registered(), renamed('ODKB', '2012')).when(rename('OT', '2010')).then(renamed('OT', '2010')));
  it('is refused if the organization is not registered', () =>
    given().when(rename('OT', '2010')).thenRefused('unknown-reference', 0));
  it('is refused in a group if the registration comes after it', () =>
    given().when(rename('OT', '2010'), register()).thenRefused('unknown-reference', 0));
  it('can be retracted', () =>
    given(registered(), renamed('OT', '2010'))
      .when(retract(getFactReference(1)))
      .thenStands(registered()));
});
