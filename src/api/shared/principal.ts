import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { AuthenticatedPrincipal } from '../../auth/authenticate.js';
import type { Request } from '../../http/request.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the access guard before any handler runs. */
    principal: AuthenticatedPrincipal;
  }
}

/** Injects the principal that sent the request. */
export const Principal = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<Request>().principal,
);
