import { parseBounds } from '../../src/dates/edtf.js';
import { getCertainty } from '../../src/dates/timeline.js';

const getCertaintyBetween = (day: string, start: string, end?: string) =>
  getCertainty(day, { start: parseBounds(start), end: end === undefined ? undefined : parseBounds(end) });

describe('a member on a day', () => {
  it.each([
    // joined 1992: possible in that year, certain from the latest day on which it can have begun
    ['1991-12-31', '1992', undefined, undefined],
    ['1992-01-01', '1992', undefined, 'possible'],
    ['1992-03-01', '1992', undefined, 'possible'],
    ['1992-12-31', '1992', undefined, 'certain'],
    ['1993-01-01', '1992', undefined, 'certain'],
    // half-open: on the day of joining, not on the day of leaving
    ['1992-05-15', '1992-05-15', '1999-04-02', 'certain'],
    ['1999-04-01', '1992-05-15', '1999-04-02', 'certain'],
    ['1999-04-02', '1992-05-15', '1999-04-02', undefined],
    ['1992-05-15', '1992-05-15', '1992-05-15', undefined],
    // left 1999: certain before that year, possible until the last day on which it can have ended
    ['1998-12-31', '1992', '1999', 'certain'],
    ['1999-01-01', '1992', '1999', 'possible'],
    ['1999-12-30', '1992', '1999', 'possible'],
    ['1999-12-31', '1992', '1999', undefined],
    // both in one year, each judged by its own bounds
    ['1992-05-14', '1992-05-15', '1992', undefined],
    ['1992-05-15', '1992-05-15', '1992', 'possible'],
    ['1992-12-31', '1992-05-15', '1992', undefined],
    // unbounded
    ['0000-01-01', '[..1992]', undefined, 'possible'],
    ['1992-12-31', '../1992', undefined, 'certain'],
    ['9999-12-31', '1992/', undefined, 'possible'],
    ['1991-12-31', '[1992..]', undefined, undefined],
    ['1993-01-01', '1992', '/1999', 'possible'],
    ['1999-12-31', '1992', '/1999', undefined],
    ['1998-12-31', '1992', '1999/', 'certain'],
    ['9999-12-31', '1992', '1999/', 'possible'],
  ])('on %s, joined %s, ended %s: %s', (day, start, end, expected) =>
    expect(getCertaintyBetween(day, start, end)).toBe(expected),
  );
});
