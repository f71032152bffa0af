import { correct, corrected, disputed, dispute, retract } from '../../support/amendment-fixtures.js';
import { sourceData, getFactName, given, register, registered } from '../../support/source-fixtures.js';

const dated = { published: '2002-10-07', language: 'ru' };

describe('registering a source', () => {
  it('enters it', () => given().when(register(dated)).then(registered(dated)));
  it('twice is once', () => given(registered(dated)).when(register(dated)).thenNothing());
  it('twice in one group is once', () => given().when(register(), register()).then(registered()));
  it('does not take an id that is taken', () =>
    given(registered()).when(register(dated)).thenRefused('id-taken', 0));
  it('does not take it within a group either', () =>
    given().when(register(), register(dated)).thenRefused('id-taken', 1));

  it('is corrected by its full words', () =>
    given(registered())
      .when(correct(getFactName(0), sourceData(dated)))
      .then(corrected(getFactName(0), sourceData(dated))));
  it('in its new words is quiet', () =>
    given(registered(), corrected(getFactName(0), sourceData(dated)))
      .when(register(dated))
      .thenNothing());
  it('in words that were corrected takes a taken id', () =>
    given(registered(), corrected(getFactName(0), sourceData(dated)))
      .when(register())
      .thenRefused('id-taken'));
  it('is never taken back, since facts may rest on it', () =>
    given(registered())
      .when(retract(getFactName(0)))
      .thenRefused('illegal-correction'));
  it('under another id is no correction', () =>
    given(registered())
      .when(correct(getFactName(0), sourceData({ source: 'statute' })))
      .thenRefused('illegal-correction'));
  it('can be disputed', () =>
    given(registered())
      .when(dispute(getFactName(0), 'a forgery'))
      .then(disputed(getFactName(0), 'a forgery')));
});
