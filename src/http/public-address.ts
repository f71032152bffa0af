// Addresses in answers, as clients reach this server: a proxy may serve it under a path, and under a name.
import type { Request } from './request.js';

type PublicAddress = {
  /** The path before all addresses, such as `/minutebook`; empty for none. */
  readonly basePath: string;
  /** Scheme and host, such as `https://example.org`; undefined if they are not known. */
  readonly origin: string | undefined;
};

declare module 'fastify' {
  interface FastifyInstance {
    readonly publicAddress: PublicAddress;
  }
}

/** A path of this server as a reference that holds wherever the server is reached. */
export const formatPublicPath = ({ server }: Pick<Request, 'server'>, path: string): string =>
  server.publicAddress.basePath + path;

/** A public path with scheme and host, if they are known: for clients that do not resolve references. */
export const addOrigin = ({ server }: Pick<Request, 'server'>, publicPath: string): string =>
  (server.publicAddress.origin ?? '') + publicPath;

/** The path of a request without that of the server. A proxy may have removed it already. */
export function removeBasePath(url: string, basePath: string): string {
  const rest = url.startsWith(basePath) ? url.slice(basePath.length) : url;
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : url;
}
