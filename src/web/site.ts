import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { formatPublicPath } from '../http/public-address.js';
import type { Request } from '../http/request.js';

/** Where the pages of an answer are, as its client reaches them. */
type Site = {
  /** The reference to a path of this server. */
  readonly toPublicPath: (path: string) => string;
  /** Scheme, host and base path of the server, for commands that are pasted into a shell. */
  readonly baseUrl: string;
};

/** Without PUBLIC_URL the server knows only the port of this machine that the request arrived at. */
export const createSite = (request: Request): Site => {
  const { basePath, origin = `http://127.0.0.1:${request.socket.localPort ?? 3000}` } =
    request.server.publicAddress;
  return { toPublicPath: (path) => formatPublicPath(request, path), baseUrl: origin + basePath };
};

export const SiteContext = createContext<Site | undefined>(undefined);

/** The site of the page that is being rendered. Throws outside of a page. */
export function useSite(): Site {
  const site = useContext(SiteContext);
  if (!site) throw new Error('A component that has links is rendered outside of a page.');
  return site;
}
