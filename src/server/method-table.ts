// Requests that no route takes, although their address exists: another method, OPTIONS, or a slash at the end.
import type { FastifyInstance, RouteOptions } from 'fastify';
import { ACCEPT_POST, getAcceptedBodyTypes } from '../http/accepted-body-types.js';
import { formatPublicPath } from '../http/public-address.js';
import type { Reply, Request } from '../http/request.js';
import { ProblemError } from '../problems/problem-error.js';

type Address = { readonly pattern: RegExp; readonly methods: Set<string> };

/** The methods of every address, as routes are added to the server. */
class MethodTable {
  /** By the path of the route, with its parameters. */
  readonly #addresses = new Map<string, Address>();

  add({ url, method }: Pick<RouteOptions, 'url' | 'method'>): void {
    const address = this.#addresses.get(url) ?? { pattern: createPattern(url), methods: new Set() };
    this.#addresses.set(url, address);
    for (const each of [method].flat()) address.methods.add(each);
  }

  /** The methods of this path in alphabetical order; none if nothing is there. */
  find(path: string): readonly string[] {
    const found = [...this.#addresses.values()].filter(({ pattern }) => pattern.test(path));
    return [...new Set(found.flatMap(({ methods }) => [...methods]))].sort();
  }
}

const createPattern = (url: string): RegExp => {
  const source = url
    .replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll(/:\w+/g, '[^/]+');
  return new RegExp(`^${source}$`);
};

/**
 * Answers OPTIONS with 204 and `Allow`, another method that an address does not have with 405 (RFC 9110, sections 9.3.7
 * and 15.5.6), and sends an address with slashes at its end to the one without (308). Add it before any route.
 */
export function addMethodTable(fastify: FastifyInstance): void {
  const table = new MethodTable();
  fastify.addHook('onRoute', (route) => {
    // The route of CORS, which takes OPTIONS of any address, whether or not it exists.
    if (route.method !== 'OPTIONS') table.add(route);
  });
  fastify.addHook('onRequest', (request: Request, reply: Reply, done) => {
    // As nearly all requests are.
    if (!request.is404 && request.method !== 'OPTIONS' && !SLASH_AT_END.test(request.url)) done();
    else
      try {
        if (answerUntaken(table, request, reply) === undefined) done();
      } catch (error) {
        done(error as Error);
      }
  });
}

/** Slashes at the end of a path that is more than them. */
const SLASH_AT_END = /^[^?]*[^/?]\/+(?:\?|$)/;

/** Undefined if the request goes on. Throws ProblemError. */
function answerUntaken(table: MethodTable, request: Request, reply: Reply): Reply | undefined {
  const isOptions = request.method === 'OPTIONS';
  const [path = '', ...query] = request.url.split('?');
  const methods = table.find(path);
  if (methods.length === 0 && SLASH_AT_END.test(path)) {
    const trimmed = path.replace(/\/+$/, '');
    if (table.find(trimmed).length > 0)
      return reply.redirect(formatPublicPath(request, [trimmed, ...query].join('?')), 308);
  }
  if (methods.length > 0 && (request.is404 || isOptions)) return answerMethods(request, reply, methods);
  if (isOptions) throw new ProblemError('not-found', `Cannot OPTIONS ${request.url}.`);
  return undefined;
}

const formatAllow = (methods: readonly string[]): string => [...methods, 'OPTIONS'].join(', ');

function answerMethods(request: Request, reply: Reply, methods: readonly string[]): Reply {
  void reply.header('allow', formatAllow(methods));
  if (methods.includes('POST')) void reply.header(ACCEPT_POST, getAcceptedBodyTypes(request));
  if (request.method === 'OPTIONS') return reply.code(204).send();
  throw new ProblemError(
    'method-not-allowed',
    `This address has no ${request.method}, only ${formatAllow(methods)}.`,
  );
}
