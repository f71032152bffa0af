// Who may do what: for requests with a body decided before any of it is read, and for all of them by the guard of the route.
import type { FastifyInstance } from 'fastify';
import type { ApiKeys } from '../../auth/api-keys.js';
import { authenticate, type AuthenticatedPrincipal } from '../../auth/authenticate.js';
import { isAllowed, type Policy } from '../../auth/authorization.js';
import type { Request } from '../../http/request.js';
import type { Configuration } from '../../node/configuration.js';
import { ProblemError } from '../../problems/problem-error.js';
import { createUnknownKeyProblem } from './key-checks.js';
import './principal.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of the route; undefined for an address that is none. */
    policy?: Policy;
  }
}

/** Methods whose requests have no body that is read. */
const BODILESS_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Authenticates every request, and refuses those with a body that the principal may not send, before any of it is read:
 * what is sent without a key costs nothing, whatever its address.
 */
export function addAccessHook(
  fastify: FastifyInstance,
  apiKeys: ApiKeys,
  configuration: Configuration,
): void {
  fastify.addHook('onRequest', (request: Request, _reply, done) => {
    try {
      const { policy } = request.routeOptions.config;
      const isKeyNeeded = policy !== undefined && !isPublic(policy, configuration);
      if (isKeyNeeded && request.headers.authorization !== undefined) apiKeys.assertTrusted(policy);
      const principal = authenticate(apiKeys, request.headers.authorization);
      if (!principal) throw createUnknownKeyProblem();
      request.principal = principal;
      if (!BODILESS_METHODS.has(request.method)) assertMaySend(request, configuration);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
}

function assertMaySend({ principal, routeOptions }: Request, configuration: Configuration): void {
  const { policy } = routeOptions.config;
  if (policy !== undefined) assertAllowed(principal, policy, configuration);
  else if (principal.role === null) throw createKeyRequiredProblem();
}

const isPublic = (policy: Policy, { publicReads }: Configuration): boolean =>
  policy === 'open' || (policy === 'read' && publicReads);

/** Throws ProblemError. */
export function assertAllowed(
  { role }: AuthenticatedPrincipal,
  policy: Policy,
  configuration: Configuration,
): void {
  if (isPublic(policy, configuration)) return;
  if (role === null) throw createKeyRequiredProblem();
  if (!isAllowed(role, policy))
    throw new ProblemError('forbidden', `The role of this key is "${role}", which may not ${policy}.`);
}

const createKeyRequiredProblem = (): ProblemError =>
  new ProblemError('unknown-key', 'This needs an API key: send "Authorization: Bearer <key>".');
