import type { FastifyReply, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Counts one more command of the request; undefined without a limit. Rejects with ProblemError if there are too many. */
    readonly countCommand?: () => Promise<void>;
  }
}

export type Request = FastifyRequest;
export type Reply = FastifyReply;

/** Whether the connection is closed, so that nobody reads the answer. */
export const hasClientGone = (request: Request): boolean => request.raw.socket.destroyed;

/** The value of a header that may come at most once. */
export const getHeader = (request: Request, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
};
