import { correct, corrected, disputed, dispute, retract } from '../../support/amendment-fixtures.js';
import { sourceData, getFactReference, given, register, registered } from '../../support/source-fixtures.js';

const dated = { published: '2002-10-07', language: 'ru' };

describe('the registration of a source', () => {
  it('is recorded', () => given().when(register(dated)).then(registered(dated)));
  it('records nothing when it is repeated', () =>
    given(registered(dated)).when(register(dated)).thenNothing());
  it('is recorded once when it is repeated within a group', () =>
    given().when(register(), register()).then(registered()));
  it('is refused with id-taken if the id is taken', () =>
    given(registered()).when(register(dated)).thenRefused('id-taken', 0));
  it('is refused with id-taken within a group as well', () =>
    given().when(register(), register(dated)).thenRefused('id-taken', 1));

  it('is corrected by its complete data', () =>
    given(registered())
      .when(correct(getFactReference(0), sourceData(dated)))
      .then(corrected(getFactReference(0), sourceData(dated))));
  it('records nothing if it repeats the corrected data', () =>
    given(registered(), corrected(getFactReference(0), sourceData(dated)))
      .when(register(dated))
      .thenNothing());
  it('is refused with id-taken if it repeats data that was corrected', () =>
    given(registered(), corrected(getFactReference(0), sourceData(dated)))
      .when(register())
      .thenRefused('id-taken'));
  it('cannot be retracted, since facts may cite the source', () =>
    given(registered())
      .when(retract(getFactReference(0)))
      .thenRefused('illegal-correction'));
  it('cannot be corrected to another id', () =>
    given(registered())
      .when(correct(getFactReference(0), sourceData({ source: 'statute' })))
      .thenRefused('illegal-correction'));
  it('can be disputed', () =>
    given(registered())
      .when(dispute(getFactReference(0), 'a forgery'))
      .then(disputed(getFactReference(0), 'a forgery')));
});
