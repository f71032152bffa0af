import * as fc from 'fast-check';
import { isCertainlyBefore, isInstant, parseInstant, toInstantWithBounds } from '../../src/dates/instant.js';

describe('parseInstant', () => {
  it.each([
    ['2011-05-31T10:00:00+03:00', '2011-05-31T07:00:00.000Z'],
    ['2011-05-31t10:00:00.1239z', '2011-05-31T10:00:00.123Z'],
    ['2012-02-29T23:30:00-01:00', '2012-03-01T00:30:00.000Z'],
    ['2011-01-01T00:30:00+01:00', '2010-12-31T23:30:00.000Z'],
    ['2011-12-31T23:59:59-23:59', '2012-01-01T23:58:59.000Z'],
    ['9999-12-31T23:59:59.9999Z', '9999-12-31T23:59:59.999Z'],
    ['0000-01-01T23:59:00+23:59', '0000-01-01T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['2012-06-30T23:59:60.25Z', '2012-07-01T00:00:00.250Z'],
    ['2017-01-01T02:59:60+03:00', '2017-01-01T00:00:00.000Z'],
    ['2015-06-30T16:59:60-07:00', '2015-07-01T00:00:00.000Z'],
  ])('converts %s to %s', (text, utc) => expect(parseInstant(text)).toBe(utc));

  it.each([
    '2011-05-31',
    '2011-05-31T10:00:00',
    '2011-05-31T10:00Z',
    '2011-02-29T10:00:00Z',
    '2011-05-31T24:00:00Z',
    '2011-05-31T23:59:60Z',
    '2011-05-31T14:53:60Z',
    '2016-12-31T23:58:60Z',
    '2016-12-31T23:59:60+01:00',
    '2016-12-31T23:59:61Z',
    '9999-12-31T23:59:60Z',
    '2011-05-31T10:60:00Z',
    '2011-05-31T10:00:00+10:60',
    '2011-05-31 10:00:00Z',
    '+012011-05-31T10:00:00Z',
    '12011-05-31T10:00:00Z',
    '2011-05-31T10:00:00+24:00',
    '0000-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
  ])('rejects %s', (text) => expect(parseInstant(text)).toBeUndefined());

  it('reads no instant that UTC has outside the years 0000 to 9999, whatever its offset', () => {
    const twoDigits = (count: number): string => String(count).padStart(2, '0');
    const ends = fc.constantFrom('0000-01-01', '0000-01-02', '9999-12-30', '9999-12-31');
    const times = fc.tuple(fc.nat(23), fc.nat(59), fc.nat(59)).map((parts) => parts.map(twoDigits).join(':'));
    const offsets = fc.tuple(fc.constantFrom('+', '-'), fc.nat(23), fc.nat(59));
    fc.assert(
      fc.property(ends, times, offsets, (day, time, [sign, hours, minutes]) => {
        const text = `${day}T${time}${sign}${twoDigits(hours)}:${twoDigits(minutes)}`;
        // Date.parse reads years beyond these; toISOString writes them with a sign and six digits.
        const utc = new Date(Date.parse(text)).toISOString();
        expect(parseInstant(text)).toBe(utc.length === '0000-01-01T00:00:00.000Z'.length ? utc : undefined);
        expect(isInstant(text)).toBe(parseInstant(text) !== undefined);
      }),
      { numRuns: 1_000 },
    );
  });

  it('agrees with Date.parse for every instant with an offset', () => {
    const twoDigits = (count: number): string => String(count).padStart(2, '0');
    const instants = fc.tuple(
      fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true }),
      fc.constantFrom('+', '-'),
      fc.nat(23),
      fc.nat(59),
    );
    fc.assert(
      fc.property(instants, ([date, sign, hours, minutes]) => {
        const text = date.toISOString().replace('Z', `${sign}${twoDigits(hours)}:${twoDigits(minutes)}`);
        expect(isInstant(text)).toBe(true);
        expect(parseInstant(text)).toBe(new Date(Date.parse(text)).toISOString());
      }),
    );
  });
});

it.each(['2011-05-31T14:53:60Z', '9999-12-31T23:59:59-01:00'])(
  'shows %s, which earlier releases recorded, on the day that it names',
  (text) => {
    const day = text.slice(0, 10);
    expect(toInstantWithBounds(text)).toEqual({ edtf: text, earliest: day, latest: day });
  },
);
describe('an instant or a date that is certainly before another', () => {
  it.each([
    ['2011-05-31T09:00:00Z', '2011-05-31T12:00:00+02:00'], // as instants, an hour later
    ['2011-05-31T23:30:00-05:00', '2011-06-01T05:00:00Z'],
    ['2011-05-31T09:00:00.0001Z', '2011-05-31T09:00:00.0002Z'],
    ['2011-05-31', '2011-06-01T00:30:00+03:00'], // by its own day, which in UTC is the same
    ['2011-05', '2011-06'],
    ['[..2011-05-31]', '2011-06-01'],
  ])('is %s before %s', (a, b) => {
    expect(isCertainlyBefore(a, b)).toBe(true);
    expect(isCertainlyBefore(b, a)).toBe(false);
  });
  it.each([
    ['2011-05-31T09:00:00Z', '2011-05-31T12:00:00+03:00'],
    ['2011-05-31T09:00:00.10Z', '2011-05-31T09:00:00.1Z'],
    ['2011-05-31', '2011-05-31T09:00:00Z'],
    ['2011', '2011-05-31'],
    ['[2011-05-01..]', '2011-06-01'],
  ])('is neither of %s and %s', (a, b) => {
    expect(isCertainlyBefore(a, b)).toBe(false);
    expect(isCertainlyBefore(b, a)).toBe(false);
  });
});
