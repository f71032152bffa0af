import { hash } from 'node:crypto';
import { ProblemError } from '../problems/problem-error.js';
import { matchesStrongly, matchesWeakly, parseEntityTags } from './entity-tags.js';
import { getHeader, type Reply, type Request } from './request.js';

/** The request headers that an answer without a pinned address depends on. */
export const VARY = 'Accept, Accept-Language, Accept-Datetime, Authorization';

/** A strong ETag of these bytes (RFC 9110, section 8.8.3). */
export const createETag = (body: string): string => `"${hash('sha256', body, 'base64url').slice(0, 27)}"`;

/**
 * Whether a client that has the representation with this ETag need not be sent it again, by its If-None-Match. Throws
 * ProblemError if its If-Match does not hold (RFC 9110, section 13.2.2). A header that is no list of tags is ignored.
 */
export function isNotModified(request: Request, etag: string): boolean {
  const [ifMatch, ifNoneMatch] = ['if-match', 'if-none-match'].map((name) => {
    const value = getHeader(request, name);
    return value === undefined ? undefined : parseEntityTags(value);
  });
  if (ifMatch && !matchesStrongly(ifMatch, etag))
    throw new ProblemError(
      'precondition-failed',
      `If-Match does not name the present ETag, which is ${etag}.`,
    );
  return ifNoneMatch !== undefined && matchesWeakly(ifNoneMatch, etag);
}

export const JSON_TYPE = 'application/json; charset=utf-8';

/** Sends a body with its ETag, or 304 if the client has it. Rejects with ProblemError if its If-Match does not hold. */
export async function sendBody(
  request: Request,
  reply: Reply,
  type: string,
  body: string,
  etag: string,
): Promise<void> {
  reply.header('etag', etag);
  if (isNotModified(request, etag)) await reply.code(304).send();
  else await reply.type(type).send(body);
}
