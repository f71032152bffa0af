// The representation of an answer: a known suffix of the address decides, then the header Accept, then the route's default.
import type { IncomingMessage } from 'node:http';
import Negotiator from 'negotiator';
import { ProblemError } from '../problems/problem-error.js';
import { getHeader, type Request } from './request.js';

/** The media types of representations, with the parameters that a client may name. */
const MEDIA_TYPES = {
  json: 'application/json; charset=utf-8',
  html: 'text/html; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
  'event-stream': 'text/event-stream; charset=utf-8',
  'link-format': 'application/link-format',
  'tlog-proof': 'text/plain; charset=utf-8',
  problem: 'application/problem+json; charset=utf-8',
} as const;
export type Representation = Exclude<keyof typeof MEDIA_TYPES, 'problem'>;

/** Suffixes that are always taken off an address, so that `x.ics.json` is the address of what is called `x.ics`. */
export type Suffix = 'json' | 'html' | 'csv' | 'ics' | 'md' | 'atom' | 'akn.xml' | 'popolo.json';

/** The longest suffix first. */
const SUFFIX_AT_END = /\.(popolo\.json|akn\.xml|html|json|atom|csv|ics|md)$/;
/** Receipts have a suffix of their own (C2SP tlog-proof). */
const RECEIPT_SUFFIX_AT_END = /^\/proofs\/inclusion\/[^/]+\.(tlog-proof)$/;
/** Addresses whose names end so themselves. */
const WITHOUT_SUFFIX = /^\/(?:openapi\.json|(?:assets|metrics|checkpoint|tile)(?:[/.]|$))/;
/** What is taken off the address of a timemap belongs to that of the resource. */
const OF_ANOTHER_ADDRESS = /^\/timemap\//;

/** What a route offers, in the configuration of the route. */
export type RepresentationConfiguration = {
  /** The first one is the default; JSON alone if there are none. */
  readonly representations?: readonly Representation[];
  /** Whether Accept is ignored, as RFC 9110 permits: for clients that cannot choose, such as probes. */
  readonly ignoresAccept?: boolean;
};

/** What a request says about the representation that it wants. */
type Preference = {
  readonly method: string;
  readonly accept: string | undefined;
  readonly suffix: string | undefined;
};

/**
 * Decides which of the offered representations an answer has. A suffix decides alone. By Accept (RFC 9110, section 12.5.1)
 * it is the one with the highest weight; of equal ones the one that is named most specifically, then the one that Accept
 * names first, then the one that is offered first. A header that accepts nothing at all is as good as none. Event streams
 * are for GET alone. Throws ProblemError if nothing fits.
 */
function selectRepresentation(
  { representations: offered = ['json'], ignoresAccept = false }: RepresentationConfiguration,
  { method, accept, suffix }: Preference,
): Representation {
  const [first = 'json'] = offered;
  if (suffix !== undefined) {
    const selected = offered.find((each) => each === suffix);
    if (selected === undefined) throw createUnofferedSuffixProblem(suffix, offered);
    return selected;
  }
  if (ignoresAccept || acceptsAnything(accept)) return first;
  const selected = negotiate(accept ?? '', offered);
  if (selected === undefined) throw createNotAcceptableProblem(offered);
  return selected === 'event-stream' && method !== 'GET' ? first : selected;
}

/** Whether a client prefers a page to a problem: by the suffix of the address, else by Accept. Neither is an error here. */
export function prefersPage(request: Request): boolean {
  const suffix = getSuffix(request);
  if (suffix !== undefined) return suffix === 'html';
  const accept = getHeader(request, 'accept');
  return !acceptsAnything(accept) && negotiate(accept ?? '', ['problem', 'json', 'html']) === 'html';
}

/** As most clients do that are not browsers. */
const acceptsAnything = (accept: string | undefined): boolean =>
  accept === undefined ||
  accept === '*/*' ||
  new Negotiator({ headers: { accept } }).mediaTypes().length === 0;

function negotiate<R extends keyof typeof MEDIA_TYPES>(accept: string, offered: readonly R[]): R | undefined {
  const names = new Map(offered.map((each) => [MEDIA_TYPES[each] as string, each]));
  const [preferred = ''] = new Negotiator({ headers: { accept } }).mediaTypes([...names.keys()]);
  return names.get(preferred);
}

const listMediaTypes = (offered: readonly Representation[]): string =>
  offered.map((each) => MEDIA_TYPES[each].split(';', 1)[0]).join(', ');

const createNotAcceptableProblem = (offered: readonly Representation[]): ProblemError =>
  new ProblemError('not-acceptable', `There is only ${listMediaTypes(offered)} here.`);

/** A page is what every address has one day; another suffix is part of an address that does not exist. */
const createUnofferedSuffixProblem = (suffix: string, offered: readonly Representation[]): ProblemError =>
  suffix === 'html'
    ? new ProblemError('not-acceptable', `There is no page here, only ${listMediaTypes(offered)}.`)
    : new ProblemError(
        'not-found',
        `There is no representation ".${suffix}" here, only ${listMediaTypes(offered)}.`,
      );

/** By the request of Node, which there is before the address is routed. */
const suffixes = new WeakMap<IncomingMessage, string>();
const representations = new WeakMap<IncomingMessage, Representation>();

/** The target of a request without its suffix, which is remembered. */
export function takeSuffix(request: IncomingMessage, target: string): string {
  const [path = '', ...query] = target.split('?');
  const [, suffix] = SUFFIX_AT_END.exec(path) ?? RECEIPT_SUFFIX_AT_END.exec(path) ?? [];
  if (suffix === undefined || WITHOUT_SUFFIX.test(path)) return target;
  const rest = path.slice(0, -`.${suffix}`.length);
  if (rest.endsWith('/')) return target;
  if (!OF_ANOTHER_ADDRESS.test(path)) suffixes.set(request, suffix);
  return [rest, ...query].join('?');
}

const getSuffix = ({ raw }: Pick<Request, 'raw'>): string | undefined => suffixes.get(raw);

/** Selects the representation of the answer to a request. Throws ProblemError if its route does not offer what it wants. */
export function chooseRepresentation(request: Request): void {
  const { method, raw } = request;
  if (request.is404 || (method !== 'GET' && method !== 'HEAD' && getSuffix(request) === undefined)) return;
  if (method === 'POST')
    throw new ProblemError('not-found', 'What is sent has no representations: leave the suffix out.');
  const preference = { method, accept: getHeader(request, 'accept'), suffix: getSuffix(request) };
  representations.set(
    raw,
    selectRepresentation(request.routeOptions.config as RepresentationConfiguration, preference),
  );
}

/** The representation that the answer to a GET has. */
export const getRepresentation = ({ raw }: Pick<Request, 'raw'>): Representation =>
  representations.get(raw) ?? 'json';

/** The path with this suffix; without one, so that it is read as it is, although what it names may end like a suffix. */
export const addSuffix = (path: string, suffix?: Suffix): string =>
  suffix === undefined ? path + (SUFFIX_AT_END.test(path) ? '.json' : '') : `${path}.${suffix}`;

/** The path and the query as they were requested, with the suffix. */
export function getRequestedAddress(request: Request): string {
  const suffix = getSuffix(request);
  const [path = '', ...query] = request.url.split('?');
  return suffix === undefined ? request.url : [`${path}.${suffix}`, ...query].join('?');
}
