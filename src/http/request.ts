import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../api/shared/access.guard.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is asking, as the access guard established it. */
    principal: Principal;
  }
}

export type Request = FastifyRequest;
export type Reply = FastifyReply;

/** The value of a header that may come at most once. */
export const getHeader = (request: Request, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
};
