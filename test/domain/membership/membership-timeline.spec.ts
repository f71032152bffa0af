import { correct } from '../../support/amendment-fixtures.js';
import {
  admit,
  end,
  ended,
  getFactReference,
  given,
  joined,
  membershipData,
  resume,
  resumed,
  suspend,
  suspended,
} from '../../support/membership-fixtures.js';

describe('facts that are recorded late', () => {
  it('can lie between facts that are recorded already', () => {
    given(joined('1992'), ended('1999')).when(suspend('1994')).then(suspended('1994'));
    given(joined('1992'), suspended('1994'), ended('1999')).when(resume('1996')).then(resumed('1996'));
    given(joined('1992'), ended('2012'))
      .when(suspend('2009'), resume('2010'))
      .then(suspended('2009'), resumed('2010'));
  });
  it('are checked against the whole timeline: later facts must remain legal', () => {
    given(joined('1992'), suspended('1994'), resumed('1996')).when(end('1995')).thenRefused('not-a-member');
    given(joined('1992'), suspended('1996')).when(suspend('1994')).thenRefused('already-suspended');
    given(joined('1992'), ended('1999'), joined('2006')).when(end('2003')).thenRefused('not-a-member');
  });
  it('can be a whole earlier membership, but neither half of it alone', () => {
    const known = given(joined('2006-08-16'));
    known.when(admit('1992')).thenRefused('already-member');
    known.when(end('1999')).thenRefused('not-a-member');
    known.when(admit('1992'), end('1999')).then(joined('1992'), ended('1999'));
    known.when(end('1999'), admit('1992')).then(ended('1999'), joined('1992'));
  });
  it('can be a whole suspension', () =>
    given(joined('1992'), ended('1999'))
      .when(resume('1996'), suspend('1994'))
      .then(resumed('1996'), suspended('1994')));
});

describe('facts with imprecise dates', () => {
  it('are accepted if any arrangement of them is legal', () => {
    given(joined('1992-05-15')).when(end('1992')).then(ended('1992'));
    given(joined('1992')).when(end('1992-05-15')).then(ended('1992-05-15'));
    given(joined('1992')).when(end('1992')).then(ended('1992'));
    given(joined('1992'), ended('1992'), joined('1992-03')).when(end('1992-02')).then(ended('1992-02'));
  });
  it('are refused if no arrangement is legal', () => {
    given(joined('1992-05-15')).when(end('1991')).thenRefused('not-a-member');
    given(joined('2011-41')).when(end('2011-06')).thenRefused('not-a-member');
    given(joined('1992'), ended('1992')).when(end('1992-05-15')).thenRefused('not-a-member');
    given(joined('1992')).when(admit('1992')).thenNothing();
    given(joined('1992')).when(admit('1992-05')).thenRefused('already-member');
  });
  it('are compared by the days they can mean, not as text', () => {
    // As text 2011-41 comes after 2011-12, and 1993-24 (a winter) would end within 1993.
    given(joined('2011-41')).when(end('2011-12')).then(ended('2011-12'));
    given(joined('2011-12-31')).when(end('2011-41')).then(ended('2011-41'));
    given(joined('1994-02-27')).when(end('1993-24')).then(ended('1993-24'));
    given(joined('[1993-09-09,1993-12-09]')).when(end('1993-10')).then(ended('1993-10'));
    given(joined('[1993-09-09,1993-12-09]')).when(end('1993-09-08')).thenRefused('not-a-member');
  });
  it('may be unbounded', () => {
    given(joined('[..1992]')).when(end('0001')).then(ended('0001'));
    given(joined('1992/')).when(end('1992')).then(ended('1992'));
    given(joined('1992')).when(end('[..1991]')).thenRefused('not-a-member');
    given(joined('1992')).when(end('1991/..')).then(ended('1991/..'));
  });
  it('may leave a suspension of zero days', () =>
    given(joined('1992'), suspended('1994-05-01')).when(resume('1994-05-01')).then(resumed('1994-05-01')));
  it('have only one arrangement if their dates are exact, in any order of recording', () => {
    given(joined('1992-05-16')).when(end('1992-05-15')).thenRefused('not-a-member');
    given().when(end('1992-05-16'), admit('1992-05-15')).then(ended('1992-05-16'), joined('1992-05-15'));
  });
  it('are refused with the code of the first rule that the sorted facts break', () => {
    given(joined('1992'), suspended('1994'))
      .when(resume('1993'), suspend('1995'))
      .thenRefused('not-suspended');
    given(joined('1993')).when(end('1992'), admit('1994')).thenRefused('not-a-member');
  });
  it('are checked with their corrected data', () => {
    given(joined('1993'), ended('1999'))
      .when(correct(getFactReference(0), membershipData('2000')))
      .thenRefused('illegal-correction');
    given(joined('1993'), ended('1999'))
      .when(correct(getFactReference(0), membershipData('1999')))
      .thenStands(joined('1999'), ended('1999'));
  });
  it('are refused with too-imprecise if too many orders are possible', () => {
    const many = Array.from({ length: 60 }, (_, index) => {
      const day = `[${1000 + index}..${3000 - index}]`;
      return [admit, suspend, end, resume, resume, admit][index % 6]?.(day) ?? admit(day);
    });
    given()
      .when(...many)
      .thenRefused('too-imprecise');
  });
});
