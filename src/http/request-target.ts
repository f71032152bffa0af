// The target of a request (RFC 9112, section 3.2) in one spelling, so that answers name one address however it was sent.

/** A target in its one spelling, and why it is no valid one. `url` never begins with an authority, whatever was sent. */
type RequestTarget = { readonly url: string; readonly fault?: string };

/** Targets that are in their one spelling already, as nearly all are: no dot segment, and nothing to encode or decode. */
const CANONICAL_PATTERN =
  /^(?:\/(?!\.\.?(?:[/?]|$))[\w.~:-]+)+(?:\?[\w-]+=[\w.~*:,+-]*(?:&[\w-]+=[\w.~*:,+-]*)*)?$/;

/** Origin form or absolute form: the path, and the query without its question mark. */
const TARGET_PATTERN = /^(?:https?:\/\/[^/?#]+(?=[/?#]|$))?((?:\/[^?#]*)?)(?:\?([^#]*))?$/i;

/** Node passes each byte of a target as one character. */
const NOT_ASCII_PATTERN = /[\x80-\xff]/;

const MALFORMED_PERCENT_ENCODING = 'has a percent sign that does not begin two hexadecimal digits of UTF-8';

/**
 * Reads a target in origin form or absolute form, the scheme and authority of which are dropped: no answer may name a
 * host that the client chose. Normalizes the path as RFC 3986, section 6.2.2 does, and writes the query as forms do.
 */
export function parseRequestTarget(target: string): RequestTarget {
  if (CANONICAL_PATTERN.test(target)) return { url: target };
  const [, path, query = ''] = TARGET_PATTERN.exec(target) ?? [];
  if (path === undefined || (path === '' && !/^https?:/i.test(target)))
    return { url: '/', fault: explainFault(target) };
  const sent = path === '' ? '/' : path;
  const url = normalizePath(sent);
  if (url === undefined) return { url: normalizeMalformedPath(sent), fault: MALFORMED_PERCENT_ENCODING };
  if (NOT_ASCII_PATTERN.test(target))
    return { url, fault: 'is not ASCII: percent-encode the UTF-8 of its characters' };
  const parameters = parseQuery(query);
  if (!parameters) return { url, fault: MALFORMED_PERCENT_ENCODING };
  return { url: parameters.size === 0 ? url : `${url}?${formatQuery(parameters)}` };
}

const explainFault = (target: string): string =>
  target.includes('#')
    ? 'has a fragment, which is for the client alone: leave it out, or encode "#" as %23'
    : 'is neither a path that begins with "/" nor an http or https address';

/** Undefined if a percent sign does not begin UTF-8. */
function normalizePath(path: string): string | undefined {
  const segments: string[] = [];
  const parts = path.slice(1).split('/').map(normalizeSegment);
  for (const [index, segment] of parts.entries()) {
    if (segment === undefined) return undefined;
    if (segment === '..') segments.pop();
    if (segment !== '.' && segment !== '..') segments.push(segment);
    else if (index === parts.length - 1) segments.push('');
  }
  return hideAuthority(`/${segments.join('/')}`);
}

/** A path that begins with "//" would name a host if it is read as a reference (RFC 3986, section 4.2). */
const hideAuthority = (path: string): string => (path.startsWith('//') ? `/.${path}` : path);

/** A reference that RFC 3986 permits, for the problem whose instance it is: its percent signs stand for themselves. */
const normalizeMalformedPath = (path: string): string => normalizePath(path.replaceAll('%', '%25')) ?? '/';

/** Only what is no `pchar` (RFC 3986, section 3.3) is percent-encoded. */
const normalizeSegment = (segment: string): string | undefined => {
  const decoded = decodePercent(segment);
  return decoded === undefined
    ? undefined
    : encodeURIComponent(decoded).replaceAll(/%(?:24|26|2B|2C|3A|3B|3D|40)/g, decodeURIComponent);
};

/** The parameters in their order, without empty ones; undefined if a percent sign does not begin UTF-8. */
function parseQuery(query: string): URLSearchParams | undefined {
  const parameters = new URLSearchParams();
  for (const part of query.split('&').filter((each) => each !== '')) {
    const [name, ...values] = part.split('=').map((each) => decodePercent(each.replaceAll('+', ' ')));
    if (name === undefined || values.includes(undefined)) return undefined;
    parameters.append(name, values.join('='));
  }
  return parameters;
}

/** A query as all addresses in answers have it: as forms write it, but for `,`, `:` and `~`, which need no encoding. */
export const formatQuery = (parameters: URLSearchParams): string =>
  parameters.toString().replaceAll(/%(?:2C|3A|7E)/g, decodeURIComponent);

function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
