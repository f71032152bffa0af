import {
  correct,
  corrected,
  dispute,
  disputed,
  retract,
  retracted,
} from '../../support/amendment-fixtures.js';
import {
  assume,
  assumed,
  getFactReference,
  given,
  personData,
  register,
  registered,
} from '../../support/person-fixtures.js';

const known = { names: { ru: 'Джейн Доу' }, identifiers: { orcid: '0000-0002-1825-0097' } };

describe('the registration of a person', () => {
  it('is recorded', () => given().when(register(known)).then(registered(known)));
  it('records nothing when it is repeated', () =>
    given(registered(known)).when(register(known)).thenNothing());
  it('is recorded once when it is repeated within a group', () =>
    given().when(register(), register()).then(registered()));
  it('records nothing when it is repeated after other facts', () =>
    given(registered(), assumed('2010')).when(register()).thenNothing());
  it('is refused with id-taken if the id is taken', () =>
    given(registered()).when(register(known)).thenRefused('id-taken', 0));
  it('is refused with id-taken if only the note differs', () =>
    given(registered())
      .when(register({ note: 'read twice' }))
      .thenRefused('id-taken'));
  it('can be in one group with offices', () =>
    given().when(register(), assume('2010')).then(registered(), assumed('2010')));

  it('can be corrected', () =>
    given(registered(), assumed('2010'))
      .when(correct(getFactReference(0), personData(known)))
      .thenStands(registered(known), assumed('2010')));
  it('is refused with id-taken if it repeats data that was corrected', () =>
    given(registered(), corrected(getFactReference(0), personData(known)))
      .when(register())
      .thenRefused('id-taken'));
  it('records nothing if it repeats the corrected data', () =>
    given(registered(), corrected(getFactReference(0), personData(known)))
      .when(register(known))
      .thenNothing());
  it('cannot be retracted, since other facts may refer to the person', () => {
    given(registered())
      .when(retract(getFactReference(0)))
      .thenRefused('illegal-correction', 0);
    given(registered(), corrected(getFactReference(0), personData(known)), retracted(getFactReference(1)))
      .when(retract(getFactReference(0)))
      .thenRefused('illegal-correction', 0);
  });
  it('cannot be corrected to another person', () =>
    given(registered())
      .when(correct(getFactReference(0), personData({ person: 'john-doe' })))
      .thenRefused('illegal-correction', 0));
  it('can be disputed', () =>
    given(registered())
      .when(dispute(getFactReference(0), 'nobody of that name'))
      .then(disputed(getFactReference(0), 'nobody of that name')));
});
