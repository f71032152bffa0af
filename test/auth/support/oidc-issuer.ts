// A real OpenID Connect issuer on this machine, and tokens that are signed with its keys or that pretend to be.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import Provider from 'oidc-provider';

export const AUDIENCE = 'https://book.example.org';
const TOKEN_LIFETIME_SECONDS = 600;

export async function createSigningJwk(kid: string, algorithm = 'ES256'): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg: algorithm, use: 'sig' };
}

type TokenOptions = {
  readonly header?: { readonly [name: string]: unknown };
  readonly claims?: JWTPayload;
  /** Signs instead of the issuer's key. */
  readonly key?: JWK | Uint8Array;
};

/** The issuer can be stopped, and started again at the same address with other keys. */
export class OidcIssuer {
  #server: Server | undefined;
  #port = 0;
  /** The roles in the tokens that it issues. */
  roles: unknown = ['recorder'];

  private constructor(public keys: readonly JWK[]) {}

  static async start(keys: readonly JWK[]): Promise<OidcIssuer> {
    const issuer = new OidcIssuer(keys);
    await issuer.listen();
    return issuer;
  }

  get address(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async listen(): Promise<void> {
    const server = createServer();
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    const handle = this.#createProvider().callback();
    server.on('request', (request, response) => void handle(request, response));
    this.#server = server;
  }

  /** For a test that fails while the issuer is stopped. */
  async ensureListening(): Promise<void> {
    if (!this.#server) await this.listen();
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    if (this.#server) await new Promise((resolve) => this.#server?.close(resolve));
    this.#server = undefined;
  }

  /** A token that the issuer issues to a client. */
  async issueToken(audience = AUDIENCE): Promise<string> {
    const body = new URLSearchParams({ grant_type: 'client_credentials', resource: audience });
    const authorization = `Basic ${Buffer.from('clerk:secret').toString('base64')}`;
    const response = await fetch(`${this.address}/token`, {
      method: 'POST',
      body,
      headers: { authorization },
    });
    const { access_token: token } = (await response.json()) as { access_token: string };
    return token;
  }

  /** A token that is not issued, but signed here: by default it is one that the issuer could have issued. */
  async signToken({
    header = {},
    claims = {},
    key = this.keys[0] as JWK,
  }: TokenOptions = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    const payload = {
      iss: this.address,
      aud: AUDIENCE,
      sub: 'clerk',
      roles: 'recorder',
      iat: now,
      exp: now + TOKEN_LIFETIME_SECONDS,
      ...claims,
    };
    const { alg = 'ES256', kid = 'none' } = this.keys[0] ?? {};
    return new SignJWT(payload)
      .setProtectedHeader({ alg, kid, typ: 'at+jwt', ...header })
      .sign(key instanceof Uint8Array ? key : await importJWK(key));
  }

  #createProvider(): Provider {
    const provider = new Provider(this.address, {
      jwks: { keys: [...this.keys] },
      clients: [
        {
          client_id: 'clerk',
          client_secret: 'secret',
          grant_types: ['client_credentials'],
          redirect_uris: [],
          response_types: [],
        },
      ],
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: (_, audience) => ({
            scope: '',
            audience,
            accessTokenTTL: TOKEN_LIFETIME_SECONDS,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: this.keys[0]?.alg as 'ES256' } },
          }),
        },
      },
      extraTokenClaims: () => ({ roles: this.roles }),
    });
    provider.on('server_error', (_, error) => console.error(error));
    return provider;
  }
}
