// The ids by which a request is found again: in the log, in the answer, and in the events that it recorded.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { getHeader, type Request } from '../../http/request.js';

const ID_PATTERN = /^[\x21-\x7e]{1,128}$/;

/** `version-traceid-parentid-flags` (W3C Trace Context, section 3.2.2); ids of zeros are invalid. */
const TRACEPARENT_PATTERN =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/;

/** The id that a proxy gave to the request, or a new one. */
export function createRequestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && ID_PATTERN.test(given) ? given : randomUUID();
}

/** The id of what the request is a part of: the client's own, that of its trace, or the id of the request. */
export function getCorrelationId(request: Request): string {
  const given = getHeader(request, 'x-correlation-id');
  if (given !== undefined && ID_PATTERN.test(given)) return given;
  const [, traceId] = TRACEPARENT_PATTERN.exec(getHeader(request, 'traceparent') ?? '') ?? [];
  return traceId ?? request.id;
}
