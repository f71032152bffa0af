import { hash } from 'node:crypto';
import { getHeader, type Reply, type Request } from './request.js';

/** The request headers that an answer without a pinned address depends on. */
export const VARY = 'Accept, Accept-Language, Accept-Datetime, Authorization';

/** A strong ETag of these bytes (RFC 9110, section 8.8.3). */
export const createETag = (body: string): string => `"${hash('sha256', body, 'base64url').slice(0, 27)}"`;

/** Whether an If-None-Match header names this ETag. */
export const matchesETag = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch !== undefined &&
  (ifNoneMatch.trim() === '*' ||
    ifNoneMatch.split(',').some((one) => one.trim().replace(/^W\//, '') === etag));

export const JSON_TYPE = 'application/json; charset=utf-8';

/** Sends a body with its ETag, or 304 if the client has it. */
export async function sendBody(
  request: Request,
  reply: Reply,
  type: string,
  body: string,
  etag: string,
): Promise<void> {
  reply.header('etag', etag);
  if (matchesETag(getHeader(request, 'if-none-match'), etag)) await reply.code(304).send();
  else await reply.type(type).send(body);
}
