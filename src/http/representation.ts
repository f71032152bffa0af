// Which representation a request gets: a known suffix of the address decides, then the Accept header, then the default.
import { getHeader, type Request } from './request.js';

/** The media types that Accept selects. JSON is the default, and needs no selection. */
const MEDIA_TYPES = {
  ndjson: 'application/x-ndjson',
  'event-stream': 'text/event-stream',
} as const;

type Selectable = keyof typeof MEDIA_TYPES;

/** The first of the offered representations that Accept names, else JSON. Event streams are for GET alone. */
export function chooseRepresentation<R extends Selectable>(
  request: Request,
  offered: readonly R[],
): R | 'json' {
  const accept = getHeader(request, 'accept') ?? '';
  return (
    offered.find(
      (each) => accept.includes(MEDIA_TYPES[each]) && (each !== 'event-stream' || request.method === 'GET'),
    ) ?? 'json'
  );
}

/** Splits one known suffix off the last segment of a path. */
export function splitSuffix<S extends string>(
  segment: string,
  known: readonly S[],
): { readonly name: string; readonly suffix: S | undefined } {
  const suffix = known.find((each) => segment.endsWith(each));
  return { name: suffix === undefined ? segment : segment.slice(0, -suffix.length), suffix };
}
