import type { ApiKeys } from './api-keys.js';
import type { Role } from './authorization.js';

/** Who sends a request. `name` is recorded in the metadata of events; both are null without a key. */
export type AuthenticatedPrincipal = { readonly name: string | null; readonly role: Role | null };

const ANONYMOUS: AuthenticatedPrincipal = { name: null, role: null };

/** The principal of an Authorization header (RFC 6750); undefined if it names no valid key. */
export function authenticate(
  keys: ApiKeys,
  authorization: string | undefined,
): AuthenticatedPrincipal | undefined {
  if (authorization === undefined) return ANONYMOUS;
  const [, secret] = /^Bearer ([\w.~+/=-]{1,512})$/i.exec(authorization) ?? [];
  const key = secret === undefined ? undefined : keys.find(secret);
  return key && { name: key.name, role: key.role };
}
