import { assertIdempotencyKey } from '../../commands/parse-command-envelope.js';
import type { CommandSender } from '../../commands/command-recorder.js';
import { type EntityTags, matchesStrongly, matchesWeakly, parseEntityTags } from '../../http/entity-tags.js';
import { getHeader, type Request } from '../../http/request.js';
import { ProblemError } from '../../problems/problem-error.js';
import { getCorrelationId } from '../shared/request-id.js';

/** The sender of a request with commands, and its conditions. Throws ProblemError. */
export function parseCommandSender(request: Request): CommandSender {
  const idempotencyKey = getHeader(request, 'idempotency-key');
  if (idempotencyKey !== undefined) assertIdempotencyKey(idempotencyKey);
  const isExpectedRevision = parseRevisionCondition(request);
  return {
    actor: request.principal.name ?? '',
    correlationId: getCorrelationId(request),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(isExpectedRevision && { isExpectedRevision }),
  };
}

/** Throws ProblemError if a request with several commands, each of its own stream, has a condition for one stream. */
export function assertNoRevisionCondition(request: Request): void {
  if (parseRevisionCondition(request))
    throw new ProblemError(
      'invalid-value',
      'If-Match and If-None-Match are about one stream: send the commands one by one, or as a group.',
    );
}

/** Whether a stream of this revision (-1: none) satisfies the request; undefined if it has no condition. Throws ProblemError. */
function parseRevisionCondition(request: Request): ((revision: number) => boolean) | undefined {
  const ifMatch = parseCondition(request, 'If-Match');
  const ifNoneMatch = parseCondition(request, 'If-None-Match');
  if (!ifMatch && !ifNoneMatch) return undefined;
  return (revision) => {
    const etag = revision < 0 ? undefined : `"${revision}"`;
    return (!ifMatch || matchesStrongly(ifMatch, etag)) && !(ifNoneMatch && matchesWeakly(ifNoneMatch, etag));
  };
}

function parseCondition(request: Request, name: string): EntityTags | undefined {
  const value = getHeader(request, name.toLowerCase());
  if (value === undefined) return undefined;
  const tags = parseEntityTags(value);
  if (!tags)
    throw new ProblemError(
      'invalid-value',
      `${name} must be *, or revisions in quotes such as "3", as in the ETag of an earlier answer.`,
    );
  return tags;
}
