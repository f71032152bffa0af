import { type DateWithBounds, getAdjacentDay, isCalendarDay, parseBounds } from './edtf.js';

const RFC3339_PATTERN =
  /^(\d{4}-\d\d-\d\d)[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.(\d+))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

/** Whether a text is an instant with its offset (RFC 3339). */
export const isInstant = (text: string): boolean => isCalendarDay(RFC3339_PATTERN.exec(text)?.[1] ?? '');

const MINUTES_PER_DAY = 24 * 60;

/**
 * An RFC 3339 instant in UTC with milliseconds, further digits cut off; undefined if it is none, if it is a leap
 * second, which no such text can express, or if UTC has it outside the years 0000 to 9999.
 */
export function parseInstant(text: string): string | undefined {
  const [, day = '', hours, minutes, seconds = '', fraction = '', sign, offsetHours, offsetMinutes] =
    RFC3339_PATTERN.exec(text) ?? [];
  if (!isCalendarDay(day) || seconds === '60') return undefined;
  const offset = (Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0)) * (sign === '-' ? -1 : 1);
  const utc = Number(hours) * 60 + Number(minutes) - offset;
  const daysLater = Math.floor(utc / MINUTES_PER_DAY);
  const utcDay = daysLater === 0 ? day : getAdjacentDay(day, daysLater < 0 ? -1 : 1);
  if (utcDay === undefined) return undefined;
  const minuteOfDay = utc - daysLater * MINUTES_PER_DAY;
  const twoDigits = (count: number): string => String(count).padStart(2, '0');
  const time = `${twoDigits(Math.floor(minuteOfDay / 60))}:${twoDigits(minuteOfDay % 60)}:${seconds}`;
  return `${utcDay}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
}

/** An instant or an EDTF date as answers show it. An instant's day is that of its own offset. Throws RangeError. */
export function toInstantWithBounds(text: string): DateWithBounds {
  if (!isInstant(text)) return { edtf: text, ...parseBounds(text) };
  const day = text.slice(0, 10);
  return { edtf: text, earliest: day, latest: day };
}
