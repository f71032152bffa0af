// The representation of an answer: a known suffix of the address decides, then the header Accept; the default is JSON.
import type { IncomingMessage } from 'node:http';
import Negotiator from 'negotiator';
import { ProblemError } from '../problems/problem-error.js';
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
/** Suffixes that are always taken off an address, so that `x.ics.json` is the address of what is called `x.ics`. */
export type Suffix = 'json' | 'html' | 'csv' | 'ics' | 'md' | 'atom' | 'akn.xml' | 'popolo.json';

/** The longest suffix first. */
const SUFFIX_AT_END = /\.(popolo\.json|akn\.xml|json|html|csv|ics|md|atom)$/;
/** Addresses whose names end so themselves, or that have one representation. */
const WITHOUT_SUFFIX = /^\/(?:openapi\.json|(?:docs|problems|assets|metrics|checkpoint|tile)(?:[/.]|$))/;
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

/** By the request of Node, which there is before the address is routed. */
const suffixes = new WeakMap<IncomingMessage, Suffix>();

/** The target of a request without its suffix, which is remembered for `getSuffix`. */
export function takeSuffix(request: IncomingMessage, target: string): string {
  const [path = '', ...query] = target.split('?');
  const [end = '', suffix] = SUFFIX_AT_END.exec(path) ?? [];
  if (suffix === undefined || WITHOUT_SUFFIX.test(path)) return target;
  const rest = path.slice(0, -end.length);
  if (rest.endsWith('/')) return target;
  suffixes.set(request, suffix as Suffix);
  return [rest, ...query].join('?');
}

/** The suffix of the address that was requested; undefined if it has none. */
export const getSuffix = ({ raw }: Pick<Request, 'raw'>): Suffix | undefined => suffixes.get(raw);

/** The path with this suffix; without one, so that it is read as it is, although what it names may end like a suffix. */
export const addSuffix = (path: string, suffix?: Suffix): string =>
  suffix === undefined ? path + (SUFFIX_AT_END.test(path) ? '.json' : '') : `${path}.${suffix}`;

/** The path and the query as they were requested, with the suffix. */
export function getRequestedAddress(request: Request): string {
  const suffix = getSuffix(request);
  const [path = '', ...query] = request.url.split('?');
  return suffix === undefined ? request.url : [`${path}.${suffix}`, ...query].join('?');
}

/** What a route offers by suffix, in the configuration of the route; JSON without one. */
export type SuffixConfiguration = { readonly suffixes?: readonly Suffix[] };

/** Throws ProblemError if the address has a suffix that its route does not offer. */
export function assertSuffixOffered(request: Request): void {
  const suffix = getSuffix(request);
  if (suffix === undefined || request.is404) return;
  const { suffixes: offered = ['json'] } = request.routeOptions.config as SuffixConfiguration;
  if (!offered.includes(suffix) || request.method === 'POST')
    throw new ProblemError(
      'not-found',
      `There is no representation ".${suffix}" here, only ${offered.map((each) => `.${each}`).join(', ')}; what is called so itself has the address ${addSuffix(getRequestedAddress(request).split('?', 1)[0] ?? '')}.`,
    );
}
