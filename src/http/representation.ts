// The representation of an answer: a known suffix of the address decides, then the header Accept; the default is JSON.
import Negotiator from 'negotiator';
import { getHeader, type Request } from './request.js';

/** The media types that Accept selects. Their text is UTF-8, which a client may name. */
const MEDIA_TYPES = {
  json: 'application/json; charset=utf-8',
  html: 'text/html; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  'event-stream': 'text/event-stream; charset=utf-8',
} as const;

/** What a suffix selects is named like the suffix. */
type BySuffix = 'tlog-proof';
type ByAccept = Exclude<keyof typeof MEDIA_TYPES, 'json'>;

/**
 * One of the representations that are offered beside JSON, or JSON, by the header Accept (RFC 9110, section 12.5.1). Of
 * what it prefers equally, it is the first that it names, and JSON where it names none. Where it allows nothing of what
 * is offered, it is JSON. Event streams are for GET alone.
 */
export function selectByAccept<R extends ByAccept>(request: Request, offered: readonly R[]): R | 'json' {
  const accept = getHeader(request, 'accept');
  if (accept === undefined) return 'json';
  const selectable = offered.filter((each) => each !== 'event-stream' || request.method === 'GET');
  const names = new Map(
    (['json', ...selectable] as const).map((each) => [MEDIA_TYPES[each] as string, each]),
  );
  const [preferred = ''] = new Negotiator({ headers: { accept } }).mediaTypes([...names.keys()]);
  return names.get(preferred) ?? 'json';
}

/**
 * One of the representations that are offered beside JSON, or JSON, by the suffix of the last segment of a path. `name`
 * is the segment without it.
 */
export function selectBySuffix<R extends BySuffix>(
  segment: string,
  offered: readonly R[],
): { readonly representation: R | 'json'; readonly name: string } {
  const representation = offered.find((each) => segment.endsWith(`.${each}`));
  if (representation === undefined) return { representation: 'json', name: segment };
  return { representation, name: segment.slice(0, -`.${representation}`.length) };
}
