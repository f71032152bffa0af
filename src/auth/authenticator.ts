import { AccessTokenVerifier } from './access-token-verifier.js';
import type { UnavailableError } from '../ledger/sequencer.js';
import type { ApiKeys } from './api-keys.js';
import type { Policy, Role } from './authorization.js';

/** Who sends a request. `name` is recorded in the metadata of events. */
export type AuthenticatedPrincipal = {
  /** The name of the API key, or issuer and subject of an access token; null without either. */
  readonly name: string | null;
  /** Null without either, and for an access token without a role of this server. */
  readonly role: Role | null;
  /** When it ends by itself; undefined for an API key, which ends when it is revoked. */
  readonly expiresAtMs?: number;
};

export const ANONYMOUS: AuthenticatedPrincipal = { name: null, role: null };

/** Authenticates requests by API keys and, if an issuer is configured, by its access tokens. */
export class Authenticator {
  constructor(
    private readonly apiKeys: ApiKeys,
    private readonly accessTokens?: AccessTokenVerifier,
  ) {}

  /**
   * The principal of an Authorization header (RFC 6750); undefined if it is a bearer credential that names no valid key.
   * Another scheme is not about this server, but may be about a proxy in front of it: such a request has no key. Rejects
   * with InvalidTokenError or IssuerUnreachableError.
   */
  async authenticate(authorization: string | undefined): Promise<AuthenticatedPrincipal | undefined> {
    if (authorization === undefined || !/^bearer(?: |$)/i.test(authorization)) return ANONYMOUS;
    const token = this.#findToken(authorization);
    return token === undefined ? this.#findKey(authorization) : token.accessTokens.verify(token.credential);
  }

  /** Throws UnavailableError unless the credential of this header may be trusted now for what has this policy. */
  assertTrusted(authorization: string, policy: Policy): void {
    if (this.#findToken(authorization) === undefined) this.apiKeys.assertTrusted(policy);
  }

  /** Why the credential of a principal may not be trusted any more for what has this policy; undefined if it may. */
  findTrustFault({ expiresAtMs }: AuthenticatedPrincipal, policy: Policy): UnavailableError | undefined {
    return expiresAtMs === undefined ? this.apiKeys.findTrustFault(policy) : undefined;
  }

  /** Whether a principal that this header authenticated before is still valid. */
  isStillValid({ name, expiresAtMs }: AuthenticatedPrincipal, authorization: string | undefined): boolean {
    if (expiresAtMs !== undefined) return Date.now() < expiresAtMs;
    return name === null || this.#findKey(authorization ?? '') !== undefined;
  }

  #findKey(authorization: string): AuthenticatedPrincipal | undefined {
    const credential = parseCredential(authorization, 512);
    const key = credential === undefined ? undefined : this.apiKeys.find(credential);
    return key && { name: key.name, role: key.role };
  }

  #findToken(authorization: string) {
    const { accessTokens } = this;
    const credential = accessTokens && parseCredential(authorization, 8_192);
    return credential !== undefined && accessTokens && AccessTokenVerifier.isToken(credential)
      ? { accessTokens, credential }
      : undefined;
  }
}

/** The credential of a bearer header, if it has this many characters at most. */
function parseCredential(authorization: string, lengthMax: number): string | undefined {
  const [, credential] = /^bearer +([\w.~+/=-]+)$/i.exec(authorization) ?? [];
  return credential !== undefined && credential.length <= lengthMax ? credential : undefined;
}
