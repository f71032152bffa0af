// Errors as pages, for browsers: any other client gets the problem as it is.
import type { FastifyInstance } from 'fastify';
import { sendProblem } from '../http/problem.filter.js';
import { prefersPage } from '../http/representation.js';
import type { Reply, Request } from '../http/request.js';
import type { ProblemError } from '../problems/problem-error.js';
import { HTML_TYPE } from '../web/layout.js';
import { renderErrorPage, type ShownProblem } from '../web/problems/error-page.js';
import { addToVary } from './compression.js';

const PROBLEM_TYPE = /^application\/problem\+json\b/;

/** Add it before the compression, which sees the page. */
export function addProblemPages(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const type = reply.getHeader('content-type');
    if (typeof payload !== 'string' || typeof type !== 'string' || !PROBLEM_TYPE.test(type))
      done(null, payload);
    else done(null, toPreferredBody(request, reply, payload));
  });
}

/** Sends a problem that the router finds before any hook, as a page or as it is. */
export function sendRouterProblem(problem: ProblemError, request: Request, reply: Reply): void {
  if (!wantsPage(request, reply)) {
    void sendProblem(problem, request, reply);
    return;
  }
  const page = renderErrorPage(request, problem.toDocument() as ShownProblem, problem.retryAfterSeconds);
  void reply.code(problem.status).header('cache-control', 'no-store').type(HTML_TYPE).send(page);
}

/** The problem as a page, if the client prefers that. */
function toPreferredBody(request: Request, reply: Reply, problem: string): string {
  if (!wantsPage(request, reply)) return problem;
  const retryAfter = reply.getHeader('retry-after');
  void reply.type(HTML_TYPE);
  return renderErrorPage(
    request,
    JSON.parse(problem) as ShownProblem,
    retryAfter === undefined ? undefined : Number(retryAfter),
  );
}

/** Says in the answer that it depends on this. */
function wantsPage(request: Request, reply: Reply): boolean {
  addToVary(reply, 'Accept');
  return prefersPage(request);
}
