// Dates as people write them: an EDTF date, or an instant, as words. The inverse of no parser; every date that
// `parseEdtf` accepts has words.
import { type DateLanguage, dateLanguages, type DatePhrase, type InterfaceLanguage } from './languages.js';

const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?([?~%]?)$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** A date of EDTF, or an instant of RFC 3339, in the language. Other texts are returned as they are. */
export function formatDate(edtf: string, language: InterfaceLanguage): string {
  const words = dateLanguages[language];
  if (edtf.includes('T')) return formatInstant(edtf, language);
  if (edtf.startsWith('[')) return formatSet(edtf.slice(1, -1), words);
  if (edtf.includes('/')) return formatInterval(edtf, words);
  return toPhrase(edtf, words).text;
}

/** Day, hour and minute in UTC. */
export function formatInstant(instant: string, language: InterfaceLanguage): string {
  const { locale } = dateLanguages[language];
  const format = new Intl.DateTimeFormat(locale, {
    ...{ day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' },
    timeZone: 'UTC',
  });
  return `${format.format(new Date(instant))} UTC`;
}

/** A calendar day in the language. */
export const formatDay = (day: string, language: InterfaceLanguage): string =>
  formatCalendarDate(day, dateLanguages[language]);

type Fields = Pick<Intl.DateTimeFormatOptions, 'day' | 'month' | 'year'>;
const DAY_FIELDS: Fields = { day: 'numeric', month: 'long', year: 'numeric' };
const DAY_OF_YEAR_FIELDS: Fields = { day: 'numeric', month: 'long' };
const MONTH_FIELDS: Fields = { month: 'long', year: 'numeric' };

const formatters = new Map<string, Intl.DateTimeFormat>();
function getFormatter(locale: string, fields: Fields): Intl.DateTimeFormat {
  const key = `${locale} ${Object.keys(fields).join(' ')}`;
  const known = formatters.get(key) ?? new Intl.DateTimeFormat(locale, { ...fields, timeZone: 'UTC' });
  formatters.set(key, known);
  return known;
}

const toDate = (day: string): Date => new Date(`${day}T00:00:00Z`);
const formatYear = (year: string): string => String(Number(year));

/** The year is written as it stands, since Intl counts years of an era. */
const formatCalendarDate = (day: string, { locale }: DateLanguage, fields = DAY_FIELDS): string =>
  getFormatter(locale, fields)
    .formatToParts(toDate(day))
    .map(({ type, value }) => (type === 'year' ? formatYear(day.slice(0, 4)) : value))
    .join('');

function toPhrase(edtf: string, words: DateLanguage): DatePhrase {
  const [, year, part, day, qualifier] = DATE.exec(edtf) ?? [];
  if (year === undefined) return { text: edtf, isDay: false };
  const isDay = day !== undefined;
  const text = isDay
    ? formatCalendarDate(`${year}-${part ?? ''}-${day}`, words)
    : part === undefined
      ? formatYear(year)
      : formatPartOfYear(year, Number(part), words);
  if (qualifier === '~') return { text: words.approximate(text), isDay };
  if (qualifier === '?') return { text: words.uncertain(text), isDay };
  if (qualifier === '%') return { text: words.approximateAndUncertain(text), isDay };
  return { text, isDay };
}

/** ISO 8601-2, 4.8: 21 to 32 are seasons, 33 to 36 quarters, 37 to 39 quadrimesters, 40 and 41 semesters. */
function formatPartOfYear(yyyy: string, part: number, words: DateLanguage): string {
  const year = formatYear(yyyy);
  if (part <= 12)
    return formatCalendarDate(`${yyyy}-${String(part).padStart(2, '0')}-01`, words, MONTH_FIELDS);
  if (part >= 40) return words.inYear(words.halves[part - 40] ?? '', year);
  if (part >= 37) return words.inYear(words.thirds[part - 37] ?? '', year);
  if (part >= 33) return words.inYear(words.quarters[part - 33] ?? '', year);
  const season = (part - 21) % 4;
  const isWinterOfTwoYears = season === 3 && part < 29;
  const years = isWinterOfTwoYears ? `${year}/${formatYear(String(Number(yyyy) + 1))}` : year;
  const text = words.inYear(words.seasons[season] ?? '', years);
  if (part <= 24) return text;
  return `${text} (${words.hemispheres[part <= 28 ? 0 : 1]})`;
}

/** One of these dates, or one in this range. */
function formatSet(content: string, words: DateLanguage): string {
  const [from = '', to] = content.split('..');
  if (to === undefined) return formatChoice(content.split(','), words);
  if (from === '') return words.onOrBefore(toPhrase(to, words));
  if (to === '') return words.onOrAfter(toPhrase(from, words));
  return words.between(toPhrase(from, words), toPhrase(to, words));
}

/** Days of one year name it once. */
function formatChoice(dates: readonly string[], words: DateLanguage): string {
  const isYearCommon = dates.every((date) => DAY.test(date) && date.slice(0, 4) === dates[0]?.slice(0, 4));
  const texts = dates.map((date, index) =>
    isYearCommon && index < dates.length - 1
      ? formatCalendarDate(date, words, DAY_OF_YEAR_FIELDS)
      : toPhrase(date, words).text,
  );
  return new Intl.ListFormat(words.locale, { type: 'disjunction' }).format(texts);
}

function formatInterval(edtf: string, words: DateLanguage): string {
  const [from = '', to = ''] = edtf.split('/');
  const isKnown = (end: string) => end !== '' && end !== '..';
  if (!isKnown(to))
    return (to === '' ? words.fromWithUnknownEnd : words.fromStillGoingOn)(toPhrase(from, words));
  if (!isKnown(from))
    return (from === '' ? words.untilWithUnknownStart : words.untilWithOpenStart)(toPhrase(to, words));
  if (DAY.test(from) && DAY.test(to) && from >= '1000')
    return getFormatter(words.locale, DAY_FIELDS).formatRange(toDate(from), toDate(to));
  return `${toPhrase(from, words).text} – ${toPhrase(to, words).text}`;
}
