import { createRemoteJWKSet, errors, type JWTVerifyGetKey, type RemoteJWKSet } from 'jose';
import { ApplicationError } from '../errors/application-error.js';
import { getErrorMessage } from '../errors/get-error-message.js';
import {
  ISSUER_KEYS_COOLDOWN_MS,
  ISSUER_KEYS_MAX_AGE_MS,
  ISSUER_METADATA_MAX_AGE_MS,
  ISSUER_RETRY_DELAY_MS,
  ISSUER_RETRY_SECONDS,
  ISSUER_TIMEOUT_MS,
} from './timeouts.js';

/** The issuer of access tokens does not answer, or not as an issuer does. */
export class IssuerUnreachableError extends ApplicationError {
  readonly code = 'issuer-unreachable';
  override readonly retryAfterSeconds = ISSUER_RETRY_SECONDS;
}

type Failure = { readonly error: IssuerUnreachableError; readonly untilMs: number };

/**
 * The public keys of an issuer, found by OpenID Connect Discovery 1.0 and cached. They are loaded with the first token, so
 * a server starts without its issuer. A token that names an unknown key makes them be loaded again: the issuer may have
 * replaced its keys.
 */
export class IssuerKeys {
  #found: { readonly keys: RemoteJWKSet; readonly untilMs: number } | undefined;
  #finding: Promise<RemoteJWKSet> | undefined;
  #failure: Failure | undefined;

  constructor(
    private readonly issuer: string,
    private readonly cooldownMs = ISSUER_KEYS_COOLDOWN_MS,
  ) {}

  /** The key that a token names. Rejects with IssuerUnreachableError, or with a JOSEError if the issuer has no such key. */
  readonly getKey: JWTVerifyGetKey = async (header, token) => {
    if (this.#failure && Date.now() < this.#failure.untilMs) throw this.#failure.error;
    try {
      const keys = await this.#findKeys();
      const key = await keys(header, token);
      this.#failure = undefined;
      return key;
    } catch (error) {
      if (isAboutToken(error)) throw error;
      const unreachable = this.#explainFailure(error);
      this.#failure = { error: unreachable, untilMs: Date.now() + ISSUER_RETRY_DELAY_MS };
      throw unreachable;
    }
  };

  /** The keys at the address that the issuer's metadata name; all requests wait for the same answer. */
  #findKeys(): Promise<RemoteJWKSet> {
    if (this.#found && Date.now() < this.#found.untilMs) return Promise.resolve(this.#found.keys);
    this.#finding ??= this.#discoverKeys().finally(() => (this.#finding = undefined));
    return this.#finding;
  }

  async #discoverKeys(): Promise<RemoteJWKSet> {
    const address = `${this.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const signal = AbortSignal.timeout(ISSUER_TIMEOUT_MS);
    const response = await fetch(address, { redirect: 'error', signal });
    if (!response.ok) throw new Error(`${address} answers with status ${response.status}`);
    const { issuer, jwks_uri: location } = (await response.json()) as Record<string, unknown>;
    if (issuer !== this.issuer)
      throw new Error(`${address} describes the issuer ${JSON.stringify(issuer)}, and must be the same text`);
    const url = typeof location === 'string' ? URL.parse(location) : null;
    if (!url || !isSecureAddress(url)) throw new Error(`${address} has no jwks_uri with https`);
    const keys = createRemoteJWKSet(url, {
      timeoutDuration: ISSUER_TIMEOUT_MS,
      cooldownDuration: this.cooldownMs,
      cacheMaxAge: ISSUER_KEYS_MAX_AGE_MS,
    });
    this.#found = { keys, untilMs: Date.now() + ISSUER_METADATA_MAX_AGE_MS };
    return keys;
  }

  #explainFailure(error: unknown): IssuerUnreachableError {
    const { cause } = error as { readonly cause?: unknown };
    const reason = getErrorMessage(cause ?? error).replace(/\.$/, '');
    return new IssuerUnreachableError(
      `The access token cannot be verified now, since the keys of ${this.issuer} cannot be loaded (${reason}).`,
    );
  }
}

const isAboutToken = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;

/** Whether nobody on the way can replace what comes from an address: https, or this machine itself. */
export const isSecureAddress = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname));
