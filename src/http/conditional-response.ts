import { hash } from 'node:crypto';
import Negotiator from 'negotiator';
import { ProblemError } from '../problems/problem-error.js';
import {
  addCodingToETag,
  CONTENT_CODINGS,
  matchesStrongly,
  matchesWeakly,
  parseEntityTags,
} from './entity-tags.js';
import { getHeader, type Reply, type Request } from './request.js';

/** The request headers that an answer without a pinned address depends on. */
export const VARY = 'Accept, Accept-Language, Accept-Datetime, Authorization';

/** A strong ETag of these bytes (RFC 9110, section 8.8.3). */
export const createETag = (body: string): string => `"${hash('sha256', body, 'base64url').slice(0, 27)}"`;

/**
 * The ETag, if the client need not be sent what has it, by its If-None-Match: as it is, or in a content coding that it
 * accepts. Throws ProblemError if its If-Match does not hold (RFC 9110, section 13.2.2). A header that is no list of tags
 * is ignored.
 */
export function findNotModifiedETag(request: Request, etag: string): string | undefined {
  const [ifMatch, ifNoneMatch] = ['if-match', 'if-none-match'].map((name) => {
    const value = getHeader(request, name);
    return value === undefined ? undefined : parseEntityTags(value);
  });
  if (!ifMatch && !ifNoneMatch) return undefined;
  const variants = listVariants(request, etag);
  if (ifMatch && !variants.some((variant) => matchesStrongly(ifMatch, variant)))
    throw new ProblemError(
      'precondition-failed',
      `If-Match does not name the present ETag, which is ${etag}.`,
    );
  return ifNoneMatch && variants.find((variant) => matchesWeakly(ifNoneMatch, variant));
}

/** The ETags that the same answer has for this client, that of the coding which it prefers first. */
function listVariants({ headers }: Request, etag: string): readonly string[] {
  const { 'accept-encoding': accepted } = headers;
  if (accepted === undefined) return [etag];
  const codings = new Negotiator({ headers: { 'accept-encoding': String(accepted) } }).encodings([
    ...CONTENT_CODINGS,
  ]);
  return [...codings.map((coding) => addCodingToETag(etag, coding)), etag];
}

export const JSON_TYPE = 'application/json; charset=utf-8';

/** Sends a body with its ETag, or 304 if the client has it. Rejects with ProblemError if its If-Match does not hold. */
export async function sendWithETag(
  request: Request,
  reply: Reply,
  type: string,
  body: string,
  etag: string,
): Promise<void> {
  const unchanged = findNotModifiedETag(request, etag);
  if (unchanged !== undefined) await reply.code(304).header('etag', unchanged).send();
  else await reply.header('etag', etag).type(type).send(body);
}
