import { parseBounds, InvalidDate, parseEdtf } from '../../src/dates/edtf.js';

describe('the error for text that is not a date', () => {
  it.each([
    ['', 'is not a date'],
    ['soon', 'is not a date'],
    ['11-12-20', 'is not a date'],
    ['2011-2', 'is not a date'],
    ['2011-12-20?~', 'is not a date'],
    ['20111220', 'is not a date'],
    ['٢٠١١', 'is not a date'],
    [' 2011', 'contains blanks'],
    ['2011\n', 'contains blanks'],
    ['2011-12-20T10:00:00Z', 'contains a time'],
    // not in the calendar
    ['2011-00', 'names no month'],
    ['2011-13', 'names no month'],
    ['2011-20', 'names no month'],
    ['2011-42', 'names no month'],
    ['2011-21-05', 'names a day of no month'],
    ['2011-02-29', 'is not in the calendar'],
    ['1900-02-29', 'is not in the calendar'],
    ['2011-04-31', 'is not in the calendar'],
    ['2011-04-00', 'is not in the calendar'],
    // beyond four digits
    ['-0044-03-15', 'has no year of four digits'],
    ['+2011', 'has no year of four digits'],
    ['Y12011', 'has no year of four digits'],
    ['12011-01', 'has no year of four digits'],
    ['9999-24', 'ends after the year 9999'],
    // valid EDTF that is not supported
    ['201X', 'leaves digits open'],
    ['2011-XX', 'leaves digits open'],
    ['?2011-12', 'qualifies a part'],
    ['2011?-12', 'qualifies a part'],
    ['2011-?12-20', 'qualifies a part'],
    ['{2011,2012}', 'means all of these'],
    ['{2011..2012}', 'means all of these'],
    // sets
    ['[', 'is a set without its end'],
    ['[2011,2012', 'is a set without its end'],
    ['[2011,2012]/2013', 'is a set without its end'],
    ['[]', 'leaves no choice'],
    ['[2011]', 'leaves no choice'],
    ['[2011,]', 'is not a date'],
    ['[2011, 2012]', 'contains blanks'],
    ['[2011,2012..]', 'is more than one range'],
    ['[2011..2012..2013]', 'is more than one range'],
    ['[..]', 'has no known end'],
    ['[2012..2011]', 'ends before it begins'],
    ['[2011/2012,2013]', 'is not a date'],
    // intervals
    ['/', 'has no known end'],
    ['../..', 'has no known end'],
    ['/..', 'has no known end'],
    ['../', 'has no known end'],
    ['2012/2011', 'ends before it begins'],
    ['2011-12-22/2011-12-20', 'ends before it begins'],
    ['2011-41/2011-40', 'ends before it begins'],
    ['2011/2012/2013', 'has more than two ends'],
    ['2011/[2012,2013]', 'is not a date'],
    ['2011-12-20/22', 'is not a date'],
  ])('for %j states that it %s', (text, problem) => {
    const error = parseEdtf(text);
    expect(error).toBeInstanceOf(InvalidDate);
    expect((error as InvalidDate).detail).toMatch(new RegExp(`^".*" ${problem}.*: .+\\.$`));
    expect(() => parseBounds(text)).toThrow(RangeError);
  });

  it('shortens a long text', () =>
    expect((parseEdtf('2011'.repeat(100_000)) as InvalidDate).detail.length).toBeLessThan(200));
});
