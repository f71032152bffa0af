// How often a client may send requests, commands among many, and keys that are not valid.
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { authenticateOnce } from '../api/shared/access.js';
import { getClientAddress } from '../api/shared/client-address.js';
import type { Authenticator } from '../auth/authenticator.js';
import type { Request } from '../http/request.js';
import { ProblemError } from '../problems/problem-error.js';

const TIME_WINDOW = '1 minute';
/** How many keys and tokens that are not valid one address may send in a minute. */
const REFUSED_KEYS_MAX = 100;

type RateLimitSettings = {
  /** Requests per principal and minute; 0 for no limit. */
  readonly max: number;
  readonly authenticator: Authenticator;
};

/** Rejects with ProblemError if the client has sent too many. */
type CountRequest = (request: Request) => Promise<void>;

/**
 * Counts requests per principal, or per address without one. Returns what counts a refused key: there is a limit for
 * those in any case, so that nobody fills the log.
 */
export async function addRateLimits(
  fastify: FastifyInstance,
  { max, authenticator }: RateLimitSettings,
): Promise<{ readonly countRefusedKey: CountRequest }> {
  await fastify.register(rateLimit, {
    global: false, // it would count after the hooks of all requests
    max,
    timeWindow: TIME_WINDOW,
    // A proxy and a supervisor must not take a busy server for a dead one, and the page that explains a limit has a style.
    allowList: ({ url }) => url.startsWith('/health/') || url.startsWith('/assets/'),
    // A key name contains no control character and an address no tab, so no client can use up the share of another.
    keyGenerator: async (request) => {
      const principal = await authenticateOnce(request, authenticator).catch(() => undefined);
      return principal?.name == null ? getClientAddress(request) : `key\t${principal.name}`;
    },
  });
  if (max > 0) {
    fastify.addHook('onRequest', fastify.rateLimit());
    const countCommand = createCount(fastify.createRateLimit(), 'commands and requests');
    fastify.decorateRequest('countCommand', function (this: Request) {
      return countCommand(this);
    });
  }
  const refused = { max: REFUSED_KEYS_MAX, keyGenerator: getClientAddress };
  return { countRefusedKey: createCount(fastify.createRateLimit(refused), 'keys that are not valid') };
}

const createCount =
  (count: ReturnType<FastifyInstance['createRateLimit']>, what: string): CountRequest =>
  async (request) => {
    const result = await count(request);
    if (!result.isAllowed && result.isExceeded)
      throw new ProblemError(
        'rate-limited',
        `More than ${result.max} ${what} were sent in a minute.`,
        {},
        result.ttlInSeconds,
      );
  };
