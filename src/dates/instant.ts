import { type DateWithBounds, getAdjacentDay, isCalendarDay, isWhollyBefore, parseBounds } from './edtf.js';

export const RFC3339_PATTERN =
  /^(\d{4}-\d\d-\d\d)[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.(\d+))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

/** Whether a text is an instant with its offset (RFC 3339) that `parseInstant` can express. */
export const isInstant = (text: string): boolean => parseInstant(text) !== undefined;

const MINUTES_PER_DAY = 24 * 60;

/**
 * An RFC 3339 instant in UTC with milliseconds, further digits cut off, so that texts sort by time. A leap second is
 * read as the second after it, since UTC with milliseconds cannot express it. Undefined if the text is no instant, if
 * no leap second can be there (RFC 3339, section 5.7), or if UTC has it outside the years 0000 to 9999.
 */
export function parseInstant(text: string): string | undefined {
  const [, day = '', hours, minutes, seconds = '', fraction = '', sign, offsetHours, offsetMinutes] =
    RFC3339_PATTERN.exec(text) ?? [];
  if (!isCalendarDay(day)) return undefined;
  const offset = (Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0)) * (sign === '-' ? -1 : 1);
  const utc = normalizeMinute(day, Number(hours) * 60 + Number(minutes) - offset);
  const start = seconds === '60' ? findSecondAfterLeapSecond(utc) : utc;
  if (start === undefined) return undefined;
  const second = seconds === '60' ? '00' : seconds;
  return `${formatMinute(start)}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
}

/** A minute of a day in UTC. */
type UtcMinute = { readonly day: string; readonly minuteOfDay: number };

/** The minute that is this many minutes after the start of a day, at most a day away; undefined outside 0000 to 9999. */
function normalizeMinute(day: string, minutes: number): UtcMinute | undefined {
  const daysLater = Math.floor(minutes / MINUTES_PER_DAY);
  const utcDay = daysLater === 0 ? day : getAdjacentDay(day, daysLater < 0 ? -1 : 1);
  return utcDay === undefined
    ? undefined
    : { day: utcDay, minuteOfDay: minutes - daysLater * MINUTES_PER_DAY };
}

/** The minute that follows a leap second at the end of this one; undefined if none can be there. */
function findSecondAfterLeapSecond(minute: UtcMinute | undefined): UtcMinute | undefined {
  if (!minute || minute.minuteOfDay !== MINUTES_PER_DAY - 1 || !/-(?:06-30|12-31)$/.test(minute.day))
    return undefined;
  return normalizeMinute(minute.day, MINUTES_PER_DAY);
}

function formatMinute({ day, minuteOfDay }: UtcMinute): string {
  const twoDigits = (count: number): string => String(count).padStart(2, '0');
  return `${day}T${twoDigits(Math.floor(minuteOfDay / 60))}:${twoDigits(minuteOfDay % 60)}`;
}

/**
 * An instant or an EDTF date as answers show it. An instant's day is that of its own offset. Reads every text that was
 * ever recorded, so also leap seconds where none can be, which earlier releases accepted. Throws RangeError.
 */
export function toInstantWithBounds(text: string): DateWithBounds {
  const day = RFC3339_PATTERN.exec(text)?.[1];
  if (day === undefined || !isCalendarDay(day)) return { edtf: text, ...parseBounds(text) };
  return { edtf: text, earliest: day, latest: day };
}

/** An instant as text that compares in the order of time, with all digits of its fraction; undefined if it is none. */
function toComparableInstant(text: string): string | undefined {
  const utc = parseInstant(text);
  const fraction = RFC3339_PATTERN.exec(text)?.[5] ?? '';
  let digits = fraction.length;
  while (fraction[digits - 1] === '0') digits--;
  return utc && `${utc.slice(0, 19)}.${fraction.slice(0, digits)}`;
}

/**
 * Whether one instant or EDTF date is before another whatever they mean: two instants are compared as such, anything else
 * by days, an instant's day being that of its own offset. Throws RangeError where `toInstantWithBounds` does.
 */
export function isCertainlyBefore(a: string, b: string): boolean {
  const [first, second] = [toComparableInstant(a), toComparableInstant(b)];
  if (first !== undefined && second !== undefined) return first < second;
  return isWhollyBefore(toInstantWithBounds(a), toInstantWithBounds(b));
}
