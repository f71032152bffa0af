import { retract } from '../../support/amendment-fixtures.js';
import {
  getFactName,
  given,
  register,
  registered,
  rename,
  renamed,
} from '../../support/organization-fixtures.js';

describe('renaming an organization', () => {
  it('gives it a name from a date on', () =>
    given(registered()).when(rename('OT', '2010-12')).then(renamed('OT', '2010-12')));
  it('twice is once', () =>
    given(registered(), renamed('OT', '2010')).when(rename('OT', '2010')).thenNothing());
  it('is quiet however many names came since', () =>
    given(registered(), renamed('OT', '2010'), renamed('ODKB', '2012'))
      .when(rename('OT', '2010'))
      .thenNothing());
  it('back to an earlier name is another fact', () =>
    given(registered(), renamed('OT', '2010'), renamed('ODKB', '2012'))
      .when(rename('OT', '2014'))
      .then(renamed('OT', '2014')));
  it('may be recorded late, for a time between other names', () =>
    given(registered(), renamed('ODKB', '2012')).when(rename('OT', '2010')).then(renamed('OT', '2010')));
  it('needs an organization that is registered', () =>
    given().when(rename('OT', '2010')).thenRefused('unknown-reference', 0));
  it('needs it before, in a group too', () =>
    given().when(rename('OT', '2010'), register()).thenRefused('unknown-reference', 0));
  it('can be retracted', () =>
    given(registered(), renamed('OT', '2010'))
      .when(retract(getFactName(1)))
      .thenStands(registered()));
});
