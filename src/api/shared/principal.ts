import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { AuthenticatedPrincipal } from '../../auth/authenticator.js';
import { hasClientGone, type Request } from '../../http/request.js';
import { getClientAddress } from './client-address.js';
import type { ReaderQueueClient } from '../../read-models/reading/reader-queue.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the access hook before the body is read. */
    principal: AuthenticatedPrincipal;
  }
}

/**
 * Whom limits count: the key, or the address without one. A key name contains no control character and an address no
 * tab, so no client can use up the share of another.
 */
export const getClientId = (request: Request): string =>
  request.principal.name === null ? getClientAddress(request) : `key\t${request.principal.name}`;

/** The client of a request, for the queue of the reader threads. */
export const identifyQueueClient = (request: Request): ReaderQueueClient => ({
  id: getClientId(request),
  isGone: () => hasClientGone(request),
});

/** Injects the principal that sent the request. */
export const Principal = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<Request>().principal,
);
