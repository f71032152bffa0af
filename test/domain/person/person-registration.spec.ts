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
  getFactName,
  given,
  personData,
  register,
  registered,
} from '../../support/person-fixtures.js';

const known = { names: { ru: 'Джейн Доу' }, identifiers: { orcid: '0000-0002-1825-0097' } };

describe('registering a person', () => {
  it('enters somebody', () => given().when(register(known)).then(registered(known)));
  it('twice is once', () => given(registered(known)).when(register(known)).thenNothing());
  it('twice in one group is once', () => given().when(register(), register()).then(registered()));
  it('is quiet whatever came since', () =>
    given(registered(), assumed('2010')).when(register()).thenNothing());
  it('does not take an id that is taken', () =>
    given(registered()).when(register(known)).thenRefused('id-taken', 0));
  it('with another note takes a taken id', () =>
    given(registered())
      .when(register({ note: 'read twice' }))
      .thenRefused('id-taken'));
  it('can be one group with the offices', () =>
    given().when(register(), assume('2010')).then(registered(), assumed('2010')));

  it('can be corrected', () =>
    given(registered(), assumed('2010'))
      .when(correct(getFactName(0), personData(known)))
      .thenStands(registered(known), assumed('2010')));
  it('in words that were corrected takes a taken id', () =>
    given(registered(), corrected(getFactName(0), personData(known)))
      .when(register())
      .thenRefused('id-taken'));
  it('in its new words is quiet', () =>
    given(registered(), corrected(getFactName(0), personData(known)))
      .when(register(known))
      .thenNothing());
  it('is never taken back, since others may refer to the person', () => {
    given(registered())
      .when(retract(getFactName(0)))
      .thenRefused('illegal-correction', 0);
    given(registered(), corrected(getFactName(0), personData(known)), retracted(getFactName(1)))
      .when(retract(getFactName(0)))
      .thenRefused('illegal-correction', 0);
  });
  it('as somebody else is no correction', () =>
    given(registered())
      .when(correct(getFactName(0), personData({ person: 'john-doe' })))
      .thenRefused('illegal-correction', 0));
  it('can be disputed', () =>
    given(registered())
      .when(dispute(getFactName(0), 'nobody of that name'))
      .then(disputed(getFactName(0), 'nobody of that name')));
});
