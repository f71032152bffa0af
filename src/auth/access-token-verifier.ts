// Access tokens of an OpenID Connect issuer: JWTs of RFC 9068, verified with the precautions of RFC 8725.
import { hash } from 'node:crypto';
import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';
import { ApplicationError } from '../errors/application-error.js';
import { isObject } from '../json/is-object.js';
import { type Role, ROLES } from './authorization.js';
import { IssuerKeys, IssuerUnreachableError } from './issuer-keys.js';
import { TOKEN_CLOCK_SKEW_SECONDS, VERIFIED_TOKEN_MAX_AGE_MS } from './timeouts.js';

export type OidcSettings = {
  /** Exactly as in the claim `iss` of its tokens. */
  readonly issuer: string;
  /** What the claim `aud` of a token for this server must contain. */
  readonly audience: string;
  /** The claim with the role, a text or a list of texts; dots lead into objects, as in `realm_access.roles`. */
  readonly roleClaim: string;
};

/** The token is not valid here. The message says why. */
export class InvalidTokenError extends ApplicationError {
  readonly code = 'invalid-token';
}

/** Who an access token is about. */
type TokenPrincipal = {
  /** Issuer and subject: `<issuer>#<subject>`. An issuer has no fragment, so both can be told apart. */
  readonly name: string;
  /** Null if the token has no role of this server. */
  readonly role: Role | null;
  readonly expiresAtMs: number;
};

/**
 * Signatures that need the private key of the issuer. Those with a shared secret are not among them, or the public key
 * could be used as the secret.
 */
const ALGORITHMS = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');
/** The media type of an access token; an ID token, which is about a sign-in elsewhere, has another one. */
const TOKEN_TYPE = 'at+jwt';
const SUBJECT_PATTERN = /^[\x21-\x7e]{1,255}$/;
const VERIFIED_TOKENS_MAX = 10_000;

const MILLISECONDS_PER_SECOND = 1_000;

export class AccessTokenVerifier {
  readonly #keys: IssuerKeys;
  /** By the hash of the token: what was verified a moment ago need not be verified again. */
  readonly #verified = new LRUCache<string, TokenPrincipal>({
    max: VERIFIED_TOKENS_MAX,
    ttl: VERIFIED_TOKEN_MAX_AGE_MS,
  });

  constructor(
    private readonly settings: OidcSettings,
    keys = new IssuerKeys(settings.issuer),
  ) {
    this.#keys = keys;
  }

  /** Whether a bearer credential has the form of a JWT, which no API key has. */
  static isToken(credential: string): boolean {
    return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(credential);
  }

  /** Rejects with InvalidTokenError, or with IssuerUnreachableError if the keys are not known and cannot be loaded. */
  async verify(token: string): Promise<TokenPrincipal> {
    const id = hash('sha256', token);
    const known = this.#verified.get(id);
    if (known && Date.now() < known.expiresAtMs) return known;
    const principal = this.#toPrincipal(await this.#verifySignature(token));
    this.#verified.set(id, principal);
    return principal;
  }

  async #verifySignature(token: string): Promise<JWTPayload> {
    const { issuer, audience } = this.settings;
    try {
      // Before a key is looked for: the issuer is not asked for the keys of others.
      if (decodeJwt(token).iss !== issuer)
        throw new InvalidTokenError(`The access token is not one of the issuer ${issuer}.`);
      const { payload } = await jwtVerify(token, this.#keys.getKey, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        typ: TOKEN_TYPE,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: TOKEN_CLOCK_SKEW_SECONDS,
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) throw new InvalidTokenError(this.#explainRefusal(error));
      throw error instanceof InvalidTokenError || error instanceof IssuerUnreachableError
        ? error
        : new InvalidTokenError('The access token cannot be read.');
    }
  }

  #explainRefusal(error: errors.JOSEError): string {
    const { audience } = this.settings;
    if (error instanceof errors.JWTExpired) return 'The access token has expired.';
    if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported)
      return `The access token is signed with an algorithm that is not accepted: use one of ${ALGORITHMS.join(', ')}.`;
    if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
      return 'The access token names no key of its issuer.';
    if (error instanceof errors.JWSSignatureVerificationFailed)
      return 'The signature of the access token does not match.';
    if (!(error instanceof errors.JWTClaimValidationFailed)) return 'The access token cannot be read.';
    if (error.claim === 'aud') return `The access token is not for the audience ${audience}.`;
    if (error.claim === 'typ')
      return `This is no access token: its header must have the type ${TOKEN_TYPE} (RFC 9068).`;
    return `The claim "${error.claim}" of the access token is missing or not acceptable now.`;
  }

  #toPrincipal(payload: JWTPayload): TokenPrincipal {
    const { issuer, roleClaim } = this.settings;
    const { sub = '', exp = 0 } = payload;
    if (!SUBJECT_PATTERN.test(sub))
      throw new InvalidTokenError(
        'The subject of the access token must be 1 to 255 visible ASCII characters.',
      );
    return {
      name: `${issuer}#${sub}`,
      role: findRole(readClaim(payload, roleClaim)),
      expiresAtMs: (exp + TOKEN_CLOCK_SKEW_SECONDS) * MILLISECONDS_PER_SECOND,
    };
  }
}

/** A claim by its name, which may contain dots, or else by the names on the way to it. */
function readClaim(payload: JWTPayload, name: string): unknown {
  if (Object.hasOwn(payload, name)) return payload[name];
  let value: unknown = payload;
  for (const step of name.split('.'))
    value = isObject(value) && Object.hasOwn(value, step) ? (value as JWTPayload)[step] : undefined;
  return value;
}

/** The last one in the list of roles that a text or a list of texts names; null if it names none of them. */
function findRole(claim: unknown): Role | null {
  const names: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return ROLES.findLast((role) => names.includes(role)) ?? null;
}
