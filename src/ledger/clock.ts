/** How far the head's time may be ahead of this machine's clock, in milliseconds. */
const CLOCK_SKEW_MAX_MS = 5_000;

/** Why nothing may be recorded after an entry of this time ('' for none), if the clock says `now`. */
export const findClockFault = (last: string, now: number): string | undefined =>
  last !== '' && Date.parse(last) > now + CLOCK_SKEW_MAX_MS
    ? `The last entry was recorded at ${last}, but this machine's clock says ${new Date(now).toISOString()}: set the clock right.`
    : undefined;

/** The time of what is recorded after `last`; undefined if `asked` lies before that or in the future. */
export function assignRecordedAt(last: string, now: number, asked: string | undefined): string | undefined {
  const clock = new Date(now).toISOString();
  if (asked === undefined) return getLaterTime(clock, last);
  return asked < last || asked > clock ? undefined : asked;
}

/** The later of two times, so that none ever decreases. */
export const getLaterTime = (one: string, other: string): string => (one > other ? one : other);
