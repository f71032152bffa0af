// Dates of facts: a subset of the Extended Date/Time Format (EDTF, ISO 8601-2:2019), read as the calendar days
// that it can mean. Accepted are days, months and years (0000 to 9999), parts of a year (21 to 41), the
// qualifiers `?` `~` `%` at the end of a date, one-of sets and intervals, open and unknown ends included.

/**
 * The first and the last calendar day (`YYYY-MM-DD`, proleptic Gregorian) that a date can mean, both included;
 * null where it is unbounded. Days compare as text, dates do not: `2011-41` (July to December) is not after
 * `2011-12`.
 */
export type DateBounds = { readonly earliest: string | null; readonly latest: string | null };

/** A date as answers show it: the string as given, and what follows from it. */
export type DateWithBounds = { readonly edtf: string } & DateBounds;

type ParsedEdtf = DateBounds & {
  readonly form: 'date' | 'set' | 'interval';
  /**
   * True of an interval from one day to another (`2011-12-20/2011-12-22`): something that lasts for these days.
   * Of all else, earliest and latest differ because the day is not known. A qualifier changes nothing about it.
   */
  readonly lastsForDays: boolean;
};

/** Why a text is not a date. `detail`: one sentence for a person, with the correction to make. */
export class InvalidDate {
  constructor(readonly detail: string) {}
}

/** What one date means: never unbounded. */
type DayRange = { readonly earliest: string; readonly latest: string };
const isSingleDay = (date: DayRange | null) => date !== null && date.earliest === date.latest;

// A crafted text may be as long as a request; a message about it must be short.
const quote = (text: string) => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
const createInvalidDate = (text: string, wrong: string, mend: string) =>
  new InvalidDate(`${quote(text)} ${wrong}: ${mend}.`);

/**
 * First and last month of the parts of a year; months above 12 lie in the next year. The standard leaves open when
 * seasons begin: these are meteorological, and northern where the number names no hemisphere.
 */
// prettier-ignore
const MONTHS_BY_YEAR_PART: Readonly<Record<string, readonly [first: number, last: number]>> = {
  21: [3, 5], 22: [6, 8], 23: [9, 11], 24: [12, 14], // spring, summer, autumn, winter
  25: [3, 5], 26: [6, 8], 27: [9, 11], 28: [12, 14], // the same, northern hemisphere
  29: [9, 11], 30: [12, 14], 31: [3, 5], 32: [6, 8], // the same, southern hemisphere
  33: [1, 3], 34: [4, 6], 35: [7, 9], 36: [10, 12], // quarters
  37: [1, 4], 38: [5, 8], 39: [9, 12], // quadrimesters
  40: [1, 6], 41: [7, 12], // semesters
};

const isLeapYear = (year: number) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const getDaysInMonth = (year: number, month: number) =>
  month === 2 ? (isLeapYear(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;

const pad = (digits: number, length: number) => String(digits).padStart(length, '0');

function toMonthRange(year: number, first: number, last: number): DayRange {
  const ends = last > 12 ? { year: year + 1, month: last - 12 } : { year, month: last };
  return {
    earliest: `${pad(year, 4)}-${pad(first, 2)}-01`,
    latest: `${pad(ends.year, 4)}-${pad(ends.month, 2)}-${getDaysInMonth(ends.year, ends.month)}`,
  };
}

const DATE_PATTERN = /^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?[?~%]?$/;

/** The form of every text that `parseEdtf` accepts, as a regular expression; that its days exist is left to the parser. */
export const EDTF_PATTERN = createEdtfPattern();

function createEdtfPattern(): string {
  const date = '[0-9]{4}(?:-[0-9]{2}){0,2}[?~%]?';
  const end = String.raw`(?:${date}|\.\.)?`;
  const set = String.raw`${date}(?:,${date})+|(?:${date})?\.\.(?:${date})?`;
  return String.raw`^(?:${date}|${end}/${end}|\[(?:${set})\])$`;
}

/** A day, a month, a part of a year or a year, qualified or not. */
function parseDate(text: string): DayRange | InvalidDate {
  const [, yyyy, mm, dd] = DATE_PATTERN.exec(text) ?? [];
  if (yyyy === undefined) return explainInvalidDate(text);
  const year = Number(yyyy);
  if (mm === undefined) return toMonthRange(year, 1, 12);
  const month = Number(mm);
  const isMonth = month >= 1 && month <= 12;
  if (dd === undefined) {
    const part = isMonth ? ([month, month] as const) : MONTHS_BY_YEAR_PART[mm];
    if (!part)
      return createInvalidDate(text, 'names no month', 'months are 01 to 12, parts of a year 21 to 41');
    if (year === 9999 && part[1] > 12)
      return createInvalidDate(
        text,
        'ends after the year 9999',
        'give a date that ends in a year of four digits',
      );
    return toMonthRange(year, ...part);
  }
  if (!isMonth)
    return createInvalidDate(text, 'names a day of no month', 'the months that have days are 01 to 12');
  const day = Number(dd);
  if (day < 1 || day > getDaysInMonth(year, month))
    return createInvalidDate(
      text,
      'is not in the calendar',
      `that month has the days 01 to ${getDaysInMonth(year, month)}`,
    );
  const only = `${yyyy}-${mm}-${dd}`;
  return { earliest: only, latest: only };
}

/** Most refused texts are valid EDTF or ISO 8601, so the message names the part that is not supported. */
function explainInvalidDate(text: string): InvalidDate {
  if (/\s/.test(text)) return createInvalidDate(text, 'contains blanks', 'write it without any');
  if (/[0-9]T[0-9]/.test(text))
    return createInvalidDate(text, 'contains a time', 'facts are dated by the day');
  if (text.startsWith('{'))
    return createInvalidDate(
      text,
      'means all of these dates',
      'record a fact for each, or write [a,b] for one of them',
    );
  if (/[0-9-]X|^X/.test(text))
    return createInvalidDate(
      text,
      'leaves digits open',
      'write the range that they leave, such as [2010..2019]',
    );
  if (/^[+-]|^Y|^[0-9]{5,}-/.test(text))
    return createInvalidDate(text, 'has no year of four digits', 'give 0000 to 9999');
  if (/[?~%][0-9-]/.test(text))
    return createInvalidDate(text, 'qualifies a part of the date', 'put ?, ~ or % at the end, for the whole');
  return createInvalidDate(
    text,
    'is not a date',
    'write YYYY, YYYY-MM or YYYY-MM-DD, or an EDTF set or interval of those',
  );
}

/** From one date to another; null stands for an end that is open or unknown. */
function parseRange(text: string, from: string | null, to: string | null) {
  if (from === null && to === null)
    return createInvalidDate(text, 'has no known end', 'give one date at least');
  const first = from === null ? null : parseDate(from);
  const last = to === null ? null : parseDate(to);
  if (first instanceof InvalidDate) return first;
  if (last instanceof InvalidDate) return last;
  if (first && last && first.earliest > last.latest)
    return createInvalidDate(text, 'ends before it begins', 'put the earlier date first');
  return {
    earliest: first?.earliest ?? null,
    latest: last?.latest ?? null,
    lastsForDays: isSingleDay(first) && isSingleDay(last),
  };
}

function parseInterval(text: string): ParsedEdtf | InvalidDate {
  const [from = '', to = '', ...more] = text.split('/');
  if (more.length > 0) return createInvalidDate(text, 'has more than two ends', 'write an interval as a/b');
  const end = (date: string) => (date === '' || date === '..' ? null : date);
  const range = parseRange(text, end(from), end(to));
  return range instanceof InvalidDate ? range : { ...range, form: 'interval' };
}

function parseSet(text: string): ParsedEdtf | InvalidDate {
  if (!text.endsWith(']'))
    return createInvalidDate(text, 'is a set without its end', 'write [a,b] or [a..b]');
  const content = text.slice(1, -1);
  if (content.includes('..')) {
    const [from = '', to = '', ...more] = content.split('..');
    if (more.length > 0 || content.includes(','))
      return createInvalidDate(
        text,
        'is more than one range',
        'write either dates, [a,b,c], or one range, [a..b]',
      );
    const range = parseRange(text, from || null, to || null);
    return range instanceof InvalidDate ? range : { ...range, form: 'set', lastsForDays: false };
  }
  const dates = content.split(',');
  if (dates.length < 2)
    return createInvalidDate(text, 'leaves no choice', 'a set has two dates or more, [a,b]');
  let [earliest, latest] = ['9999-12-31', '0000-01-01'];
  for (const date of dates.map(parseDate)) {
    if (date instanceof InvalidDate) return date;
    if (date.earliest < earliest) earliest = date.earliest;
    if (date.latest > latest) latest = date.latest;
  }
  return { earliest, latest, form: 'set', lastsForDays: false };
}

/** Any string at all: never throws. */
export function parseEdtf(text: string): ParsedEdtf | InvalidDate {
  if (text.startsWith('[')) return parseSet(text);
  if (text.includes('/')) return parseInterval(text);
  const date = parseDate(text);
  return date instanceof InvalidDate ? date : { ...date, form: 'date', lastsForDays: false };
}

// Handlers read the bounds of every event, and ledgers have few different dates. Emptied when full: it needs no
// order, and texts that only an attacker would send cannot grow it.
const CACHE_ENTRIES_MAX = 4096;
const CACHED_LENGTH_MAX = 64;
const boundsCache = new Map<string, DateBounds>();

/** The bounds of a text that `parseEdtf` accepts, as all recorded dates are; throws a RangeError for any other. */
export function parseBounds(text: string): DateBounds {
  const known = boundsCache.get(text);
  if (known) return known;
  const parsed = parseEdtf(text);
  if (parsed instanceof InvalidDate) throw new RangeError(parsed.detail);
  const { earliest, latest } = parsed;
  if (boundsCache.size >= CACHE_ENTRIES_MAX) boundsCache.clear();
  if (text.length <= CACHED_LENGTH_MAX) boundsCache.set(text, { earliest, latest });
  return { earliest, latest };
}

/** Throws a RangeError like `parseBounds`. */
export const toDateWithBounds = (text: string): DateWithBounds => ({ edtf: text, ...parseBounds(text) });

/** When, in a sentence: `on 2009-09-01`, `in 2009`, `in 2011-41`. */
export const formatDatePhrase = (text: string): string =>
  `${/^\d{4}-\d\d-\d\d/.test(text) && !text.includes('/') ? 'on' : 'in'} ${text}`;

/** Whether it is an unqualified `YYYY-MM-DD` that the calendar has. */
export const isCalendarDay = (text: string): boolean => {
  const date = parseDate(text);
  return !(date instanceof InvalidDate) && date.earliest === text;
};

/** The day before or after a calendar day; undefined outside the years 0000 to 9999. */
export function getAdjacentDay(day: string, step: -1 | 1): string | undefined {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const isInMonth = date + step >= 1 && date + step <= getDaysInMonth(year, month);
  if (isInMonth) return `${day.slice(0, 8)}${pad(date + step, 2)}`;
  const months = year * 12 + month - 1 + step;
  if (months < 0 || months >= 10_000 * 12) return undefined;
  const adjacent = toMonthRange(Math.floor(months / 12), (months % 12) + 1, (months % 12) + 1);
  return step < 0 ? adjacent.latest : adjacent.earliest;
}

const compareDays = (a: string | null, b: string | null, unbounded: -1 | 1) =>
  a === b ? 0 : a === null ? unbounded : b === null ? -unbounded : a < b ? -1 : 1;

/** For sorting `earliest` days: null before all others. */
export const compareEarliestDays = (a: string | null, b: string | null): number => compareDays(a, b, -1);

/** For sorting `latest` days: null after all others. */
export const compareLatestDays = (a: string | null, b: string | null): number => compareDays(a, b, 1);

/** By earliest day, then by latest day: the order in which imprecise dates are listed and tried. */
export const compareBounds = (a: DateBounds, b: DateBounds): number =>
  compareEarliestDays(a.earliest, b.earliest) || compareLatestDays(a.latest, b.latest);

/** Whether every day that `a` can mean is before every day that `b` can mean. */
export const isWhollyBefore = (a: DateBounds, b: DateBounds): boolean =>
  a.latest !== null && b.earliest !== null && a.latest < b.earliest;
