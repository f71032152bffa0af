import edtf from 'edtf';
import * as fc from 'fast-check';
import { EDTF_PATTERN, parseBounds, InvalidDate, isCalendarDay, parseEdtf } from '../../src/dates/edtf.js';

const paddedNumbers = (least: number, greatest: number, length: number) =>
  fc.integer({ min: least, max: greatest }).map((number) => String(number).padStart(length, '0'));
const year = paddedNumbers(0, 9998, 4);
const month = paddedNumbers(1, 12, 2);
const date = fc.oneof(
  year,
  fc.tuple(year, month).map((parts) => parts.join('-')),
  fc.tuple(year, paddedNumbers(21, 41, 2)).map((parts) => parts.join('-')),
  fc.tuple(year, month, paddedNumbers(1, 28, 2)).map((parts) => parts.join('-')),
);
const qualified = fc.tuple(date, fc.constantFrom('', '?', '~', '%')).map((parts) => parts.join(''));
const list = fc.array(qualified, { minLength: 2, maxLength: 5 }).map((dates) => `[${dates.join(',')}]`);
const range = fc.tuple(fc.option(qualified), fc.option(qualified)).filter(([from, to]) => !!(from ?? to));
const interval = fc
  .tuple(range, fc.constantFrom('', '..'))
  .map(([[from, to], open]) => `${from ?? open}/${to ?? open}`);
const oneOfRange = range.map(([from, to]) => `[${from ?? ''}..${to ?? ''}]`);
const wellFormed = fc.oneof(qualified, list, interval, oneOfRange);

/** The bounds according to the package, reduced from instants to days; undefined if it cannot parse the text. */
const parseWithEdtfPackage = (text: string) => {
  const day = (time: number | null) =>
    time === null || Math.abs(time) === Infinity ? null : new Date(time).toISOString().slice(0, 10);
  try {
    const { min, max } = edtf(text, { level: 3 });
    return { earliest: day(min), latest: day(max) };
  } catch {
    return undefined;
  }
};

// The package treats seasons as quarters and gives the first two quadrimesters five months.
const isAgreedOn = (text: string) => !/-(2[1-9]|3[0-2]|37|38)/.test(text);
const isReversed = (text: string) => parseEdtf(text) instanceof InvalidDate;

describe('an accepted date', () => {
  it('begins before it ends, on calendar days', () => {
    fc.assert(
      fc.property(wellFormed, (text) => {
        fc.pre(!isReversed(text));
        const { earliest, latest } = parseBounds(text);
        expect(earliest ?? latest).not.toBeNull();
        for (const day of [earliest, latest]) if (day !== null) expect(isCalendarDay(day)).toBe(true);
        if (earliest !== null && latest !== null) expect(earliest <= latest).toBe(true);
      }),
    );
  });

  it('has the published form, and what has another form is rejected', () => {
    const form = new RegExp(EDTF_PATTERN, 'u');
    const similar = fc.string({ unit: fc.constantFrom(...'0123459-/[],.?~%'), maxLength: 24 });
    fc.assert(fc.property(wellFormed, (text) => form.test(text)));
    fc.assert(
      fc.property(fc.oneof(similar, wellFormed), (text) => {
        if (!form.test(text)) expect(parseEdtf(text)).toBeInstanceOf(InvalidDate);
      }),
      { numRuns: 2_000 },
    );
  });

  it('has the same bounds after many other dates were parsed', () => {
    const text = '[1993-09-09,1993-12-09]';
    const first = parseBounds(text);
    for (let year = 0; year < 9999; year++) parseBounds(String(year).padStart(4, '0'));
    expect(parseBounds(text)).toEqual(first);
  });

  it('is rejected only if it ends before it begins', () => {
    fc.assert(
      fc.property(wellFormed, (text) => {
        const parsed = parseEdtf(text);
        if (parsed instanceof InvalidDate) expect(parsed.detail).toMatch(/ends before it begins/);
      }),
    );
  });
});

describe('bounds agree with those of the package edtf', () => {
  /** Compares a hundred texts that the package can parse. */
  const expectAgreement = (texts: fc.Arbitrary<string>) =>
    fc.assert(
      fc.property(texts, (text) => {
        fc.pre(isAgreedOn(text) && !isReversed(text));
        const reference = parseWithEdtfPackage(text);
        fc.pre(reference !== undefined);
        expect(parseBounds(text)).toEqual(reference);
      }),
    );
  const isOrdered = ([one = '', other = '']: readonly string[]) => one.slice(0, 4) < other.slice(0, 4);

  it('for dates', () => expectAgreement(qualified));
  it('for quarters, the last quadrimester and semesters', () => {
    for (const part of [33, 34, 35, 36, 39, 40, 41]) expectAgreement(fc.constant(`2011-${part}`));
  });
  it('for intervals with an open or unknown end', () =>
    expectAgreement(interval.filter((text) => /^\.{0,2}\/|\/\.{0,2}$/.test(text))));
  it('for closed intervals between two years', () =>
    expectAgreement(
      fc
        .tuple(qualified, qualified)
        .filter(isOrdered)
        .map(([from, to]) => `${from}/${to}`),
    ));
  it('for lists in order', () =>
    expectAgreement(
      fc
        .tuple(qualified, qualified)
        .filter(isOrdered)
        .map((dates) => `[${dates.join(',')}]`),
    ));
  it('for sets with an open end', () =>
    expectAgreement(qualified.chain((date) => fc.constantFrom(`[${date}..]`, `[..${date}]`))));
});

describe('any string', () => {
  const piece = fc.oneof(fc.constantFrom('[', ']', '{', '..', '/', ',', '-', '?', 'X', 'T', ' '), qualified);
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece).map((pieces) => pieces.join('')),
  );

  it('is parsed as a date or rejected with a sentence that gives the reason', () => {
    fc.assert(
      fc.property(text, (text) => {
        const parsed = parseEdtf(text);
        if (parsed instanceof InvalidDate) expect(parsed.detail).toMatch(/^".*" .+: .+\.$/);
        else expect(parsed).toMatchObject(parseBounds(text));
      }),
    );
  });
});
