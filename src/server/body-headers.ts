import type { IncomingHttpHeaders } from 'node:http';
import { ProblemError } from '../problems/problem-error.js';

/** Why a body with these headers is refused, whatever it contains; null if it is not. */
export function findBodyHeadersProblem(headers: IncomingHttpHeaders): ProblemError | null {
  const coding = headers['content-encoding'];
  if (coding !== undefined && coding.trim().toLowerCase() !== 'identity')
    return new ProblemError(
      'unsupported-media-type',
      `The body is encoded as "${coding}": send it without a content encoding.`,
    );
  const [, charset] = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(headers['content-type'] ?? '') ?? [];
  if (charset !== undefined && !/^utf-?8$/i.test(charset))
    return new ProblemError(
      'invalid-json',
      `The body is declared as "${charset}", but JSON is always encoded as UTF-8.`,
    );
  return null;
}
