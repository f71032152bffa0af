// RFC 7089 (Memento), pattern 1.2: the address of a resource is its own timegate; it answers itself, and names the
// memento's address, the pinned one, in Content-Location. A memento is what the book said as of an entry; its
// datetime is when that entry was recorded.
import type { Ledger } from '../../ledger/ledger.js';
import { removeParameters } from './permalinks.js';
import { ProblemError } from '../../problems/problem-error.js';
import { getHeader, type Request } from '../../http/request.js';

export const TIMEMAP_PREFIX = '/timemap';
export const LINK_FORMAT = 'application/link-format';

/** What makes an address one of the past. */
const MEMENTO_PARAMETERS = ['asOf', 'v', 'cursor'] as const;

/** An instant as HTTP writes it, to the second before. */
export const formatHttpDate = (instant: string): string => new Date(instant).toUTCString();

/**
 * The last instant that Accept-Datetime means: it names a whole second, so that a Memento-Datetime that is sent
 * back gives the same memento. Undefined if the header is not there. Throws ProblemError unless it is an RFC 1123 date.
 */
export function parseAcceptDatetime(request: Request): string | undefined {
  const text = getHeader(request, 'accept-datetime');
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time) || new Date(time).toUTCString() !== text)
    throw new ProblemError(
      'invalid-datetime',
      '"Accept-Datetime" must be a date of RFC 1123 in GMT such as Tue, 31 May 2011 12:00:00 GMT.',
    );
  return new Date(time + 999).toISOString();
}

/** Undefined for entry 0: before the first entry nothing was said, and at no time. */
export function getMementoDatetime(ledger: Ledger, entry: number): string | undefined {
  const recordedAt = ledger.findByNumber(entry)?.recordedAt;
  return recordedAt && formatHttpDate(recordedAt);
}

/** The address of the present for one of the past: day and languages stay as they were given. */
export const getOriginalAddress = (url: string): string =>
  removeParameters(url, MEMENTO_PARAMETERS).replace(/[<>"]/g, encodeURIComponent);

/** One link of a header (RFC 8288) or of a link-format document (RFC 6690). */
export const formatLink = (
  address: string,
  relation: string,
  more: { readonly [name: string]: string } = {},
): string =>
  [
    `<${address}>`,
    ...Object.entries({ rel: relation, ...more }).map(([name, value]) => `${name}="${value}"`),
  ].join('; ');

/** What every answer links to, in the form of the header. */
export function formatMementoLinks(url: string): string {
  const original = getOriginalAddress(url);
  return `${formatLink(original, 'original timegate')}, ${formatLink(TIMEMAP_PREFIX + original, 'timemap', { type: LINK_FORMAT })}`;
}
