// What is wrong with the head of a request, whatever its address.
import type { IncomingMessage } from 'node:http';
import { ProblemError } from '../problems/problem-error.js';
import { parseRequestTarget } from '../http/request-target.js';

/** Fields that may come once, and of which Node would silently take the first (RFC 9110, section 5.3). */
const SINGLETON_FIELDS: readonly string[] = ['authorization', 'content-type', 'host'];

/** `uri-host [ ":" port ]` (RFC 9110, section 7.2); empty if the target has no authority. */
const HOST_PATTERN = /^(?:\[[0-9a-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[0-9a-f]{2})*)(?::\d*)?$/i;

/** Why a request with this head is refused; `target` is as it was sent. Null if it is not. */
export function findRequestHeadProblem(
  { headers, rawHeaders, httpVersion }: IncomingMessage,
  target: string,
): ProblemError | null {
  // Node's parser takes HTTP/0.9 and HTTP/2.0 for it.
  if (!/^1\.[01]$/.test(httpVersion))
    return new ProblemError(
      'malformed-request',
      `This is a request of HTTP/${httpVersion}, not of HTTP/1.1.`,
    );
  if (headers.host === undefined && httpVersion !== '1.0')
    return new ProblemError('invalid-header', 'The header "Host" is missing, which HTTP/1.1 requires.');
  const repeated = SINGLETON_FIELDS.find((name) => countFields(rawHeaders, name) > 1);
  if (repeated !== undefined)
    return new ProblemError('invalid-header', `The header "${repeated}" comes more than once.`);
  if (headers.host !== undefined && !HOST_PATTERN.test(headers.host))
    return new ProblemError('invalid-header', 'The header "Host" is not a host with an optional port.');
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && coding.trim().toLowerCase() !== 'chunked')
    return new ProblemError(
      'unsupported-transfer-coding',
      `The body is transferred as "${coding}", but only "chunked" is supported.`,
    );
  const { fault } = parseRequestTarget(target);
  return fault === undefined ? null : new ProblemError('invalid-address', `The address ${fault}.`);
}

/** `rawHeaders` holds names and values in turn. */
function countFields(rawHeaders: readonly string[], name: string): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.length === name.length && rawHeaders[index]?.toLowerCase() === name) count++;
  return count;
}
