import { randomUUID } from 'node:crypto';
import { assertIdempotencyKey } from '../../commands/command-envelope.js';
import type { CommandSender } from '../../commands/command-recorder.js';
import { getHeader, type Request } from '../../http/request.js';
import { ProblemError } from '../../problems/problem-error.js';

/** The sender of a request with commands, and its conditions. Throws ProblemError. */
export function parseSender(request: Request): CommandSender {
  const idempotencyKey = getHeader(request, 'idempotency-key');
  if (idempotencyKey !== undefined) assertIdempotencyKey(idempotencyKey);
  const ifMatch = getHeader(request, 'if-match');
  const [, revision] = /^\s*"(\d{1,15})"\s*$/.exec(ifMatch ?? '') ?? [];
  if (ifMatch !== undefined && revision === undefined)
    throw new ProblemError(
      'invalid-value',
      'If-Match must be one revision in quotes, as the ETag of an earlier answer.',
    );
  return {
    actor: request.principal.name ?? '',
    correlationId: getCorrelationId(request),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(revision !== undefined && { ifRevision: Number(revision) }),
  };
}

/** The client's own correlation id, or a new one. */
function getCorrelationId(request: Request): string {
  const given = getHeader(request, 'x-correlation-id');
  return given !== undefined && /^[\x21-\x7e]{1,128}$/.test(given) ? given : randomUUID();
}
