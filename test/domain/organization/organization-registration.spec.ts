import { correct, corrected, retract, retracted } from '../../support/amendment-fixtures.js';
import {
  organizationData,
  getFactReference,
  given,
  register,
  registered,
  rename,
  renamed,
} from '../../support/organization-fixtures.js';

const moved = { country: 'RU' };

describe('the registration of an organization', () => {
  it('is recorded', () => given().when(register(moved)).then(registered(moved)));
  it('records nothing when it is repeated', () =>
    given(registered(moved)).when(register(moved)).thenNothing());
  it('records nothing when it is repeated after a rename', () =>
    given(registered(), renamed('OT', '2010')).when(register()).thenNothing());
  it('is refused with id-taken if the id is taken', () =>
    given(registered()).when(register(moved)).thenRefused('id-taken'));
  it('can be in one group with a rename', () =>
    given().when(register(), rename('OT', '2010')).then(registered(), renamed('OT', '2010')));

  it('can be corrected', () =>
    given(registered(), renamed('OT', '2010'))
      .when(correct(getFactReference(0), organizationData(moved)))
      .thenStands(registered(moved), renamed('OT', '2010')));
  it('cannot be retracted, since other facts may refer to the organization', () =>
    given(registered())
      .when(retract(getFactReference(0)))
      .thenRefused('illegal-correction', 0));
  it('lets its correction be retracted', () =>
    given(registered(), corrected(getFactReference(0), organizationData(moved)))
      .when(retract(getFactReference(1)))
      .thenStands(registered()));
  it('cannot be retracted after its correction was retracted', () =>
    given(
      registered(),
      corrected(getFactReference(0), organizationData(moved)),
      retracted(getFactReference(1)),
    )
      .when(retract(getFactReference(0)))
      .thenRefused('illegal-correction'));
  it('is refused with id-taken if it repeats data that was corrected', () =>
    given(registered(), corrected(getFactReference(0), organizationData(moved)))
      .when(register())
      .thenRefused('id-taken'));
  it('records nothing if it repeats the corrected data', () =>
    given(registered(), corrected(getFactReference(0), organizationData(moved)))
      .when(register(moved))
      .thenNothing());
});
