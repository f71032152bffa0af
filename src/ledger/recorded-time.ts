import { CLOCK_SKEW_MAX_MS } from './timeouts.js';

/** Why nothing may be recorded after an entry of this time ('' for none) at `now`; undefined if it may. */
export function findClockFault(last: string, now: number): string | undefined {
  const clock = new Date(now).toISOString();
  if (!isRecordedTime(clock))
    return `This machine's clock is at ${clock}, which no entry can express: correct the clock.`;
  return last !== '' && Date.parse(last) > now + CLOCK_SKEW_MAX_MS
    ? `The last entry was recorded at ${last}, but this machine's clock is at ${clock}: correct the clock.`
    : undefined;
}

/**
 * The recorded time of an append after `last`; undefined if the requested time is before that, after both that and the
 * clock, or not in the form of entries: its export could not be read. While `last` is later than the clock, as after a
 * clock that was ahead, entries have the time of `last`.
 */
export function assignRecordedAt(
  last: string,
  now: number,
  requested: string | undefined,
): string | undefined {
  const clock = new Date(now).toISOString();
  if (requested === undefined) return getLaterTime(clock, last);
  return !isRecordedTime(requested) || requested < last || requested > getLaterTime(clock, last)
    ? undefined
    : requested;
}

/** The later of two recorded times. With it no entry is recorded before the one before it, whatever the clock does. */
export const getLaterTime = (one: string, other: string): string => (one > other ? one : other);

const RECORDED_TIME_PATTERN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Whether a text is a time in the one form in which entries hold it: UTC with milliseconds, so that texts sort by time. */
export const isRecordedTime = (text: string): boolean =>
  RECORDED_TIME_PATTERN.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  new Date(text).toISOString() === text;

/** Milliseconds since a recorded time; 0 if it is in the future. */
export const getAgeMs = (recordedAt: string, now: number): number =>
  Math.max(0, now - Date.parse(recordedAt));
