import { parseBounds, type DateWithBounds, isCalendarDay } from './edtf.js';

const RFC3339_INSTANT =
  /^(\d{4}-\d\d-\d\d)[Tt](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Whether a text is an instant with its offset (RFC 3339). */
export const isInstant = (text: string): boolean => isCalendarDay(RFC3339_INSTANT.exec(text)?.[1] ?? '');

/** An instant or an EDTF date as answers show it. An instant's day is that of its own offset. Throws RangeError. */
export function toMomentWithBounds(text: string): DateWithBounds {
  if (!isInstant(text)) return { edtf: text, ...parseBounds(text) };
  const day = text.slice(0, 10);
  return { edtf: text, earliest: day, latest: day };
}
