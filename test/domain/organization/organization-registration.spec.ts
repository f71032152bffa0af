import { correct, corrected, retract, retracted } from '../../support/amendment-fixtures.js';
import {
  organizationData,
  getFactName,
  given,
  register,
  registered,
  rename,
  renamed,
} from '../../support/organization-fixtures.js';

const moved = { country: 'RU' };

describe('registering an organization', () => {
  it('enters it', () => given().when(register(moved)).then(registered(moved)));
  it('twice is once', () => given(registered(moved)).when(register(moved)).thenNothing());
  it('twice is once, also after it was renamed', () =>
    given(registered(), renamed('OT', '2010')).when(register()).thenNothing());
  it('does not take an id that is taken', () =>
    given(registered()).when(register(moved)).thenRefused('id-taken'));
  it('and renaming it can be one group', () =>
    given().when(register(), rename('OT', '2010')).then(registered(), renamed('OT', '2010')));

  it('can be corrected', () =>
    given(registered(), renamed('OT', '2010'))
      .when(correct(getFactName(0), organizationData(moved)))
      .thenStands(registered(moved), renamed('OT', '2010')));
  it('cannot be retracted, since others may refer to it', () =>
    given(registered())
      .when(retract(getFactName(0)))
      .thenRefused('illegal-correction', 0));
  it('once corrected, the correction can be retracted', () =>
    given(registered(), corrected(getFactName(0), organizationData(moved)))
      .when(retract(getFactName(1)))
      .thenStands(registered()));
  it('once corrected, the registration itself still cannot', () =>
    given(registered(), corrected(getFactName(0), organizationData(moved)), retracted(getFactName(1)))
      .when(retract(getFactName(0)))
      .thenRefused('illegal-correction'));
  it('in words that a correction replaced takes a taken id', () =>
    given(registered(), corrected(getFactName(0), organizationData(moved)))
      .when(register())
      .thenRefused('id-taken'));
  it('in the words of its correction is quiet', () =>
    given(registered(), corrected(getFactName(0), organizationData(moved)))
      .when(register(moved))
      .thenNothing());
});
