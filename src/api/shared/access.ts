// Who may do what: for requests with a body decided before any of it is read, and for all of them by the guard of the route.
import type { FastifyInstance } from 'fastify';
import { InvalidTokenError } from '../../auth/access-token-verifier.js';
import { ANONYMOUS, type AuthenticatedPrincipal, type Authenticator } from '../../auth/authenticator.js';
import { isAllowed, isPublic, type Policy } from '../../auth/authorization.js';
import { IssuerUnreachableError } from '../../auth/issuer-keys.js';
import type { Request } from '../../http/request.js';
import type { Configuration } from '../../node/configuration.js';
import { ProblemError } from '../../problems/problem-error.js';
import { createUnknownKeyProblem } from './credential-watcher.js';
import './principal.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of the route; undefined for an address that is none. */
    policy?: Policy;
  }
}

const authentications = new WeakMap<Request, ReturnType<Authenticator['authenticate']>>();

/** The principal of a request. Each hook that needs it gets the same: a key is hashed and a token verified once. */
export function authenticateOnce(
  request: Request,
  authenticator: Authenticator,
): ReturnType<Authenticator['authenticate']> {
  const known = authentications.get(request) ?? authenticator.authenticate(request.headers.authorization);
  authentications.set(request, known);
  return known;
}

/** Methods whose requests have no body that is read. */
const BODILESS_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Authenticates every request, and refuses those with a body that the principal may not send, before any of it is read:
 * what is sent without a key costs nothing, whatever its address. `countRefusedKey` rejects with ProblemError if an
 * address sends too many keys that are not valid; a valid one is accepted in any case, since others share the address.
 */
export function addAccessHook(
  fastify: FastifyInstance,
  authenticator: Authenticator,
  configuration: Configuration,
  countRefusedKey: (request: Request) => Promise<void>,
): void {
  fastify.addHook('onRequest', async (request: Request) => {
    const { authorization } = request.headers;
    const { policy } = request.routeOptions.config;
    const isKeyNeeded = policy !== undefined && !isPublic(policy, configuration);
    if (isKeyNeeded && authorization !== undefined) authenticator.assertTrusted(authorization, policy);
    const principal = await authenticateOnce(request, authenticator).catch(async (error: unknown) => {
      if (error instanceof InvalidTokenError) await countRefusedKey(request);
      // What anybody may read is not refused because an issuer does not answer.
      if (error instanceof IssuerUnreachableError && policy !== undefined && !isKeyNeeded) return ANONYMOUS;
      throw error;
    });
    if (!principal) {
      await countRefusedKey(request);
      throw createUnknownKeyProblem();
    }
    request.principal = principal;
    if (!BODILESS_METHODS.has(request.method)) assertMaySend(request, configuration);
  });
}

function assertMaySend({ principal, routeOptions }: Request, configuration: Configuration): void {
  const { policy } = routeOptions.config;
  if (policy !== undefined) assertAllowed(principal, policy, configuration);
  else if (principal.name === null) throw createKeyRequiredProblem();
}

/** Throws ProblemError. */
export function assertAllowed(
  { name, role }: AuthenticatedPrincipal,
  policy: Policy,
  configuration: Configuration,
): void {
  if (isPublic(policy, configuration)) return;
  if (name === null) throw createKeyRequiredProblem();
  if (role === null)
    throw new ProblemError(
      'forbidden',
      `The claim "${configuration.oidc?.roleClaim}" of the access token names no role of this server, such as "reader".`,
    );
  if (!isAllowed(role, policy))
    throw new ProblemError('forbidden', `The role of this key is "${role}", which may not ${policy}.`);
}

const createKeyRequiredProblem = (): ProblemError =>
  new ProblemError('unknown-key', 'This needs an API key: send "Authorization: Bearer <key>".');
