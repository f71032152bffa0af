import * as fc from 'fast-check';
import { isInstant, parseInstant } from '../../src/dates/instant.js';

describe('parseInstant', () => {
  it.each([
    ['2011-05-31T10:00:00+03:00', '2011-05-31T07:00:00.000Z'],
    ['2011-05-31t10:00:00.1239z', '2011-05-31T10:00:00.123Z'],
    ['2012-02-29T23:30:00-01:00', '2012-03-01T00:30:00.000Z'],
    ['2011-01-01T00:30:00+01:00', '2010-12-31T23:30:00.000Z'],
    ['2011-12-31T23:59:59-23:59', '2012-01-01T23:58:59.000Z'],
  ])('converts %s to %s', (text, utc) => expect(parseInstant(text)).toBe(utc));

  it.each([
    '2011-05-31',
    '2011-05-31T10:00:00',
    '2011-05-31T10:00Z',
    '2011-02-29T10:00:00Z',
    '2011-05-31T24:00:00Z',
    '2011-05-31T23:59:60Z',
    '2011-05-31T10:00:00+24:00',
    '0000-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
  ])('rejects %s', (text) => expect(parseInstant(text)).toBeUndefined());

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
