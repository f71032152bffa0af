// RFC 7089 (Memento), pattern 1.1: a resource is its own timegate and redirects to the memento, which is the permalink. A
// memento is the state as of an entry; its datetime is when that entry was recorded.
import type { Ledger } from '../../ledger/ledger.js';
import { parseInstant } from '../../dates/instant.js';
import { removeParameters } from './permalinks.js';
import { ProblemError } from '../../problems/problem-error.js';
import { addOrigin, formatPublicPath } from '../../http/public-address.js';
import { addSuffix, type Suffix } from '../../http/representation.js';
import { getHeader, type Request } from '../../http/request.js';

export const TIMEMAP_PREFIX = '/timemap';
export const LINK_FORMAT = 'application/link-format';

/** The parameters that make an address a memento. */
const MEMENTO_PARAMETERS = ['asOf', 'v', 'cursor'] as const;

/** An instant as an HTTP date, truncated to the second. */
export const formatHttpDate = (instant: string): string => new Date(instant).toUTCString();

/**
 * The last instant of the second that Accept-Datetime names, so that a Memento-Datetime which is sent back gives the
 * same memento. Undefined without the header. Throws ProblemError unless it is an RFC 1123 date.
 */
export function parseAcceptDatetime(request: Request): string | undefined {
  const text = getHeader(request, 'accept-datetime');
  if (text === undefined) return undefined;
  const second = parseHttpDate(text);
  if (second === undefined)
    throw new ProblemError(
      'invalid-datetime',
      '"Accept-Datetime" must be a date of RFC 1123 in GMT such as Tue, 31 May 2011 12:00:00 GMT.',
    );
  return second.replace('.000Z', '.999Z');
}

const HTTP_DATE_PATTERN = /^([A-Z][a-z]{2}, )(\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) GMT$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The instant of an RFC 1123 date as parseInstant returns it; undefined if it is none, or not on that weekday. */
function parseHttpDate(text: string): string | undefined {
  const [, weekday = '', day = '', month = '', year = '', time = ''] = HTTP_DATE_PATTERN.exec(text) ?? [];
  const date = `${year}-${String(MONTHS.indexOf(month) + 1).padStart(2, '0')}-${day}`;
  const instant = parseInstant(`${date}T${time}Z`);
  return instant !== undefined && new Date(date).toUTCString().startsWith(weekday) ? instant : undefined;
}

/** Undefined for entry 0, which was not recorded at any time. */
export function findMementoDatetime(ledger: Ledger, entry: number): string | undefined {
  const recordedAt = ledger.findByNumber(entry)?.recordedAt;
  return recordedAt && formatHttpDate(recordedAt);
}

/** The target of a timemap whose path is one encoded segment, as clients of the OpenAPI document write it, in plain spelling. */
export function decodeTimemapTarget(target: string): string {
  if (!target.startsWith(`${TIMEMAP_PREFIX}/`)) return target;
  const [path = '', ...query] = target.split('?');
  const [, segment = ''] = path.split(`${TIMEMAP_PREFIX}/`);
  const named = segment.replaceAll(/%2F/gi, '/').replace(/^\//, '');
  return [`${TIMEMAP_PREFIX}/${named}`, ...query].join('?');
}

/** The original resource of a memento. Day and languages stay as they were given. */
export function getOriginalAddress(url: string, suffix?: Suffix): string {
  const [path = '', ...query] = removeParameters(url, MEMENTO_PARAMETERS).split('?');
  return [addSuffix(path, suffix), ...query].join('?').replace(/[<>"]/g, encodeURIComponent);
}

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

/** The links of every answer of a read model, as a header value. */
export function formatMementoLinks(request: Request, suffix?: Suffix): string {
  const format = (path: string): string => addOrigin(request, formatPublicPath(request, path));
  const timemap = TIMEMAP_PREFIX + getOriginalAddress(request.url);
  return [
    formatLink(format(getOriginalAddress(request.url, suffix)), 'original timegate'),
    formatLink(format(timemap), 'timemap', { type: LINK_FORMAT }),
  ].join(', ');
}
