// RFC 7089 (Memento), pattern 1.2: the address of a resource is its own timegate; it answers itself, and names the
// memento's address, the pinned one, in Content-Location. A memento is what the book said as of an entry; its
// datetime is when that entry was recorded.
import type { Ledger } from '../../ledger/ledger.js';
import { without } from './permalinks.js';
import { HttpProblem } from '../../problems/problems.js';
import { header, type Request } from '../../http/request.js';

export const TIMEMAP = '/timemap';
export const LINK_FORMAT = 'application/link-format';

/** What makes an address one of the past. */
const OF_A_MEMENTO = ['asOf', 'v', 'cursor'] as const;

/** An instant as HTTP writes it, to the second before. */
export const httpDate = (instant: string): string => new Date(instant).toUTCString();

/**
 * The last instant that Accept-Datetime means: it names a whole second, so that a Memento-Datetime that is sent
 * back gives the same memento. Undefined if the header is not there. Throws HttpProblem unless it is an RFC 1123 date.
 */
export function acceptedInstantOf(request: Request): string | undefined {
  const text = header(request, 'accept-datetime');
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time) || new Date(time).toUTCString() !== text)
    throw new HttpProblem(
      'invalid-datetime',
      '"Accept-Datetime" must be a date of RFC 1123 in GMT such as Tue, 31 May 2011 12:00:00 GMT.',
    );
  return new Date(time + 999).toISOString();
}

/** Undefined for entry 0: before the first entry nothing was said, and at no time. */
export function mementoDatetimeOf(ledger: Ledger, entry: number): string | undefined {
  const recordedAt = ledger.byEntry(entry)?.recordedAt;
  return recordedAt && httpDate(recordedAt);
}

/** The address of the present for one of the past: day and languages stay as they were given. */
export const originalOf = (url: string): string =>
  without(url, OF_A_MEMENTO).replace(/[<>"]/g, encodeURIComponent);

/** One link of a header (RFC 8288) or of a link-format document (RFC 6690). */
export const linkTo = (
  address: string,
  relation: string,
  more: { readonly [name: string]: string } = {},
): string =>
  [
    `<${address}>`,
    ...Object.entries({ rel: relation, ...more }).map(([name, value]) => `${name}="${value}"`),
  ].join('; ');

/** What every answer links to, in the form of the header. */
export function linksOf(url: string): string {
  const original = originalOf(url);
  return `${linkTo(original, 'original timegate')}, ${linkTo(TIMEMAP + original, 'timemap', { type: LINK_FORMAT })}`;
}
