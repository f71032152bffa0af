import type { ApiKeys } from './api-keys.js';
import type { Role } from './authorization.js';

/** Who sends a request. `name` is recorded in the metadata of events; both are null without a key. */
export type AuthenticatedPrincipal = { readonly name: string | null; readonly role: Role | null };

const ANONYMOUS: AuthenticatedPrincipal = { name: null, role: null };

/**
 * The principal of an Authorization header (RFC 6750); undefined if it is a bearer token that names no valid key. Another
 * scheme is not about the keys of this server, but may be that of a proxy in front of it: such a request has no key.
 */
export function authenticate(
  keys: ApiKeys,
  authorization: string | undefined,
): AuthenticatedPrincipal | undefined {
  if (authorization === undefined || !/^bearer(?: |$)/i.test(authorization)) return ANONYMOUS;
  const [, secret] = /^bearer +([\w.~+/=-]{1,512})$/i.exec(authorization) ?? [];
  const key = secret === undefined ? undefined : keys.find(secret);
  return key && { name: key.name, role: key.role };
}
