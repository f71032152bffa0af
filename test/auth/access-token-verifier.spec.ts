// Access tokens of an issuer, which is a real one (oidc-provider) on this machine.
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createPublicKey } from 'node:crypto';
import type { JWK, JWTPayload } from 'jose';
import { CredentialWatcher } from '../../src/api/shared/credential-watcher.js';
import { AccessTokenVerifier } from '../../src/auth/access-token-verifier.js';
import { IssuerKeys } from '../../src/auth/issuer-keys.js';
import { Configuration } from '../../src/node/configuration.js';
import { openRawRequest } from '../api/support/raw-request.js';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import { waitUntil } from '../support/wait-until.js';
import { AUDIENCE, createSigningJwk, OidcIssuer } from './support/oidc-issuer.js';

let issuer: OidcIssuer;
let keys: readonly JWK[];
let book: TestServer;
beforeAll(async () => {
  // The issuer warns that it keeps everything in memory.
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  jest.spyOn(console, 'info').mockImplementation(() => undefined);
  keys = [await createSigningJwk('key-1'), await createSigningJwk('key-2', 'RS256')];
  issuer = await OidcIssuer.start(keys);
  book = await startTestServer({
    OIDC_ISSUER: issuer.address,
    OIDC_AUDIENCE: AUDIENCE,
    READ_ACCESS: 'authenticated',
  });
});
afterAll(async () => {
  await cleanUp();
  await issuer.stop();
});

let recorded = 0;
const record = (apiKey: string) =>
  book.sendCommand('register-source', { source: `token-${++recorded}`, title: 'A report' }, { apiKey });

describe('an access token of the issuer', () => {
  afterEach(() => {
    issuer.roles = ['recorder'];
  });

  it('records, and the event names issuer and subject', async () => {
    const answer = await record(await issuer.issueToken());
    expect(answer.status).toBe(201);
    const event = await book.get(answer.headers.get('location') ?? '', {
      authorization: `Bearer ${await issuer.issueToken()}`,
    });
    expect(event.json.metadata.actor).toBe(`${issuer.address}#clerk`);
  });

  it('is one of several keys and algorithms of the issuer', async () => {
    const token = await issuer.signToken({ header: { alg: 'RS256', kid: 'key-2' }, key: keys[1] as JWK });
    expect((await record(token)).status).toBe(201);
  });

  it.each<[roles: unknown, record: number, read: number, rebuild: number]>([
    [['reader'], 403, 200, 403],
    ['reader', 403, 200, 403],
    [['staff', 'recorder', 'reader'], 201, 200, 403],
    [['admin', 'reader'], 201, 200, 202],
    [['staff'], 403, 403, 403],
    [undefined, 403, 403, 403],
    [{ admin: true }, 403, 403, 403],
    [['Admin'], 403, 403, 403],
  ])('has the permissions of its roles: %j', async (roles, mayRecord, mayRead, mayRebuild) => {
    issuer.roles = roles;
    const token = await issuer.issueToken();
    const authorization = `Bearer ${token}`;
    const rebuild = await book.fetch('/projections/sources/rebuild', {
      method: 'POST',
      headers: { authorization },
    });
    expect([
      (await record(token)).status,
      (await book.get('/sources', { authorization })).status,
      rebuild.status,
    ]).toEqual([mayRecord, mayRead, mayRebuild]);
  });

  it('names the claim in which a role is missing', async () => {
    issuer.roles = ['staff'];
    const { json } = await record(await issuer.issueToken());
    expect([json.code, json.detail]).toEqual(['forbidden', expect.stringContaining('"roles"')]);
  });

  it('may have a subject that makes the command its own: a key of idempotency is of its sender', async () => {
    const headers = { 'idempotency-key': 'same' };
    const send = (apiKey: string, source: string) =>
      book.sendCommand('register-source', { source, title: 'A report' }, { apiKey, headers });
    const [one, other] = await Promise.all(
      ['anna', 'boris'].map((sub) => issuer.signToken({ claims: { sub } })),
    );
    expect((await send(one as string, 'of-anna')).status).toBe(201);
    expect((await send(other as string, 'of-boris')).status).toBe(201);
    expect((await send(one as string, 'of-anna')).headers.get('idempotency-replayed')).toBe('true');
  });

  it('is accepted beside API keys', async () => {
    expect((await record(book.getKey('recorder'))).status).toBe(201);
    expect((await record('mb_wrong')).json.code).toBe('unknown-key');
  });
});

describe('a token is refused', () => {
  const now = () => Math.floor(Date.now() / 1_000);
  const publicPem = () =>
    Buffer.from(
      createPublicKey({ key: keys[0] as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' }),
    );
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const withClaims = (claims: JWTPayload) => () => issuer.signToken({ claims });

  it.each<[why: string, create: () => Promise<string> | string, says: RegExp]>([
    ['it has expired', withClaims({ exp: now() - 60 }), /has expired/],
    ['it never expires', withClaims({ exp: undefined as never }), /"exp"/],
    ['it is not valid yet', withClaims({ nbf: now() + 600 }), /"nbf"/],
    ['it is for another audience', () => issuer.issueToken('https://other.example.org'), /audience/],
    ['it is for no audience', withClaims({ aud: undefined as never }), /audience/],
    ['another issuer is named', withClaims({ iss: 'https://evil.example.org' }), /issuer/],
    ['no issuer is named', withClaims({ iss: undefined as never }), /issuer/],
    ['the issuer is named with a slash more', () => issuer.signToken({ claims: { iss: `${issuer.address}/` } }), /issuer/], // prettier-ignore
    ['it has no subject', withClaims({ sub: undefined as never }), /"sub"/],
    ['its subject cannot be a name', withClaims({ sub: 'a\nb' }), /subject/],
    ['it is an ID token', () => issuer.signToken({ header: { typ: 'JWT' } }), /at\+jwt/],
    ['it has no type', () => issuer.signToken({ header: { typ: undefined } }), /at\+jwt/],
    [
      'another key signed it',
      async () => issuer.signToken({ key: await createSigningJwk('key-1') }),
      /signature/,
    ],
    [
      'it names a key that the issuer has not',
      () => issuer.signToken({ header: { kid: 'key-9' } }),
      /no key/,
    ],
    ['it brings its own key', async () => {
      const { d: _, ...jwk } = await createSigningJwk('mine');
      return issuer.signToken({ header: { kid: 'mine', jwk }, key: await createSigningJwk('mine') });
    }, /no key/], // prettier-ignore
    ['it is not signed', () => `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode({ iss: issuer.address, aud: AUDIENCE, sub: 'clerk', roles: 'admin', exp: now() + 60 })}.`, /algorithm/], // prettier-ignore
    ['the public key is used as a shared secret', () => issuer.signToken({ header: { alg: 'HS256' }, key: publicPem() }), /algorithm/], // prettier-ignore
    [
      'its signature is cut off',
      async () => (await issuer.signToken()).replace(/\.[^.]*$/, '.'),
      /signature|read/,
    ],
    ['its claims were altered', async () => {
      const [header, , signature] = (await issuer.signToken()).split('.');
      return [header, encode({ iss: issuer.address, aud: AUDIENCE, sub: 'clerk', roles: 'admin', exp: now() + 60 }), signature].join('.');
    }, /signature/], // prettier-ignore
    ['it is no JSON', () => 'abc.def.ghi', /cannot be read/],
  ])('if %s', async (_, create, expected) => {
    const answer = await record(await create());
    expect([answer.status, answer.json.code]).toEqual([401, 'invalid-token']);
    expect(answer.json.detail).toMatch(expected);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="minutebook", error="invalid_token"');
  });

  it('also where anybody may read', async () => {
    const open = await startTestServer({ OIDC_ISSUER: issuer.address, OIDC_AUDIENCE: AUDIENCE });
    const token = await issuer.signToken({ claims: { exp: now() - 60 } });
    expect((await open.get('/sources', { authorization: `Bearer ${token}` })).status).toBe(401);
  });

  it('as an unknown key if no issuer is configured', async () => {
    const closed = await startTestServer();
    const answer = await closed.sendCommand('register-source', {}, { apiKey: await issuer.issueToken() });
    expect([answer.status, answer.json.code]).toEqual([401, 'unknown-key']);
  });
});

describe('a token that expires while it is used', () => {
  /** Within the time by which clocks may differ, it is valid for a second or two. */
  const createShortToken = (roles: string) =>
    issuer.signToken({ claims: { roles, exp: Math.floor(Date.now() / 1_000) - 8 } });
  const checkKeys = () => book.server.app.get(CredentialWatcher).check();

  it('ends a live feed', async () => {
    const connection = await openRawRequest(
      book,
      'GET /events HTTP/1.1',
      'accept: text/event-stream',
      `authorization: Bearer ${await createShortToken('reader')}`,
    );
    await connection.received(/text\/event-stream/);
    let isClosed = false;
    void connection.closed.then(() => (isClosed = true));
    await waitUntil(() => {
      checkKeys();
      return isClosed;
    });
  });

  it('ends an import, whose last result says why', async () => {
    const connection = await openRawRequest(
      book,
      'POST /commands HTTP/1.1',
      'content-type: application/x-ndjson',
      'transfer-encoding: chunked',
      `authorization: Bearer ${await createShortToken('recorder')}`,
    );
    await connection.received(/^HTTP\/1\.1 200 /);
    await waitUntil(() => {
      checkKeys();
      return connection.text().includes('"status":401');
    });
    expect(connection.text()).toMatch(/"code":"invalid-token","detail":"The access token has expired\."/);
  });
});

describe('the keys of the issuer', () => {
  afterEach(() => issuer.ensureListening());
  const settings = () => ({ issuer: issuer.address, audience: AUDIENCE, roleClaim: 'roles' });

  it('may be replaced while the server runs', async () => {
    const tokens = new AccessTokenVerifier(settings(), new IssuerKeys(issuer.address, 0));
    const before = await issuer.issueToken();
    expect(await tokens.verify(before)).toMatchObject({ role: 'recorder' });
    await issuer.stop();
    issuer.keys = [await createSigningJwk('key-3'), await createSigningJwk('key-4', 'RS256')];
    await issuer.listen();
    expect(await tokens.verify(await issuer.issueToken())).toMatchObject({ role: 'recorder' });
    const withdrawn = await issuer.signToken({ header: { kid: 'key-1' }, key: keys[0] as JWK });
    await expect(tokens.verify(withdrawn)).rejects.toMatchObject({ code: 'invalid-token' });
    await issuer.stop();
    issuer.keys = keys;
  });

  it('are loaded once for many tokens, and not for tokens that cannot be verified with them', async () => {
    const requested: string[] = [];
    const { fetch } = globalThis;
    globalThis.fetch = (input, init) => {
      requested.push(String(input));
      return fetch(input, init);
    };
    try {
      const tokens = new AccessTokenVerifier(settings());
      const foreign = await issuer.signToken({ claims: { iss: 'https://evil.example.org' } });
      await expect(tokens.verify(foreign)).rejects.toMatchObject({ code: 'invalid-token' });
      expect(requested).toEqual([]);
      const many = await Promise.all(Array.from({ length: 20 }, (_, n) => issuer.signToken({ claims: { jti: `${n}` } }))); // prettier-ignore
      await Promise.all(many.map((token) => tokens.verify(token)));
      for (let n = 0; n < 20; n++)
        await expect(tokens.verify(await issuer.signToken({ header: { kid: `x${n}` } }))).rejects.toMatchObject({ code: 'invalid-token' }); // prettier-ignore
      expect(requested).toEqual([
        `${issuer.address}/.well-known/openid-configuration`,
        `${issuer.address}/jwks`,
      ]);
    } finally {
      globalThis.fetch = fetch;
    }
  });

  it('are not needed for the start, for API keys, and for what anybody may read', async () => {
    const token = await issuer.issueToken();
    await issuer.stop();
    const open = await startTestServer({ OIDC_ISSUER: issuer.address, OIDC_AUDIENCE: AUDIENCE });
    const source = { source: 's', title: 'A report' };
    const send = (apiKey: string) => open.sendCommand('register-source', source, { apiKey });
    const refused = await send(token);
    expect([refused.status, refused.json.code]).toEqual([503, 'issuer-unreachable']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await open.get('/sources', { authorization: `Bearer ${token}` })).status).toBe(200);
    expect((await open.get('/health/ready', { authorization: `Bearer ${token}` })).status).toBe(200);
    expect((await send(open.getKey('recorder'))).status).toBe(201);
    await issuer.listen();
    await waitUntil(async () => (await send(token)).status === 200);
  });

  it('must be described by the issuer itself', async () => {
    const { port } = new URL(issuer.address);
    const name = `http://localhost:${port}`; // the same server, which calls itself otherwise
    const tokens = new AccessTokenVerifier({ ...settings(), issuer: name });
    await expect(tokens.verify(await issuer.signToken({ claims: { iss: name } }))).rejects.toMatchObject({
      code: 'issuer-unreachable',
      message: expect.stringContaining('must be the same text') as unknown,
    });
  });
});

describe('the claim of the role', () => {
  it.each<[claim: string, claims: JWTPayload, role: string | null]>([
    ['role', { role: 'auditor' }, 'auditor'],
    ['realm_access.roles', { realm_access: { roles: ['x', 'admin'] } }, 'admin'],
    ['https://example.org/role', { 'https://example.org/role': ['reader'] }, 'reader'],
    ['realm_access.roles', { realm_access: ['admin'] }, null],
    ['constructor.name', {}, null],
  ])('%s is found in %j', async (roleClaim, claims, role) => {
    const tokens = new AccessTokenVerifier({ issuer: issuer.address, audience: AUDIENCE, roleClaim });
    expect(await tokens.verify(await issuer.signToken({ claims }))).toMatchObject({ role });
  });
});

describe('the settings', () => {
  const [OIDC_ISSUER, OIDC_AUDIENCE] = ['https://login.example.org/realms/a', AUDIENCE];

  it('have a role claim of RFC 9068 by default', () => {
    expect(new Configuration({ OIDC_ISSUER, OIDC_AUDIENCE }).oidc).toEqual({
      issuer: OIDC_ISSUER,
      audience: OIDC_AUDIENCE,
      roleClaim: 'roles',
    });
    expect(new Configuration({}).oidc).toBeUndefined();
  });

  it.each([
    [{ OIDC_ISSUER }, 'OIDC_AUDIENCE'],
    [{ OIDC_AUDIENCE }, 'OIDC_AUDIENCE'],
    [{ OIDC_ROLE_CLAIM: 'a role' }, 'OIDC_ROLE_CLAIM'],
    [{ OIDC_AUDIENCE, OIDC_ISSUER: 'http://login.example.org' }, 'OIDC_ISSUER'],
    [{ OIDC_AUDIENCE, OIDC_ISSUER: 'login.example.org' }, 'OIDC_ISSUER'],
    [{ OIDC_AUDIENCE, OIDC_ISSUER: 'https://login.example.org/?a' }, 'OIDC_ISSUER'],
    [{ OIDC_AUDIENCE, OIDC_ISSUER: 'https://a:b@login.example.org' }, 'OIDC_ISSUER'],
    [{ OIDC_AUDIENCE, OIDC_ISSUER: 'https://login.example.org#a' }, 'OIDC_ISSUER'],
  ])('%j are refused with a sentence that names the setting', (settings, name) => {
    expect(() => new Configuration(settings)).toThrow(new RegExp(`^${name} .*\\.$`));
  });
});

it('an API key cannot have the name of somebody whom an issuer authenticates', async () => {
  const { apiKeys } = book.server.node;
  await expect(apiKeys.add(`${issuer.address}#clerk`, 'reader')).rejects.toThrow(/is no address/);
});
