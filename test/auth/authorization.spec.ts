import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import { RequestMethod } from '@nestjs/common';
import { type Role, ROLES } from '../../src/auth/authorization.js';
import { SqliteKeyStore } from '../../src/auth/sqlite-key-store.js';
import { ApiKeys } from '../../src/auth/api-keys.js';
import { cstoCommands } from '../support/csto-commands.js';
import { itEmbedded } from '../support/embedded-or-cluster.js';
import { listRoutes } from '../support/server-routes.js';
import {
  cleanUp,
  startTestServer,
  createTemporaryDirectory,
  type TestServer,
} from '../support/test-server.js';

/** The cluster's behavior is tested in test/auth/kurrentdb-key-store.spec.ts. */
const REPLICATED_KEYS = 'a node has a copy of the keys, and they are changed in the cluster';

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(...cstoCommands);
});
afterAll(cleanUp);

const getPolicy = (reflector: Reflector, ...targets: Parameters<Reflector['getAllAndOverride']>[1]) =>
  reflector.getAllAndOverride<string | undefined>('policy', targets);

describe('every route', () => {
  it('has a policy', () => {
    const { app } = book.server;
    const reflector = app.get(Reflector);
    const found: string[] = [];
    for (const { controllers } of app.get(ModulesContainer).values())
      for (const { metatype, instance } of controllers.values()) {
        if (typeof metatype !== 'function') continue;
        const prototype = Object.getPrototypeOf(instance) as Record<string, () => unknown>;
        for (const name of new MetadataScanner().getAllMethodNames(prototype)) {
          const handler = prototype[name] as () => unknown;
          const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
          if (method === undefined) continue;
          const base = Reflect.getMetadata(PATH_METADATA, metatype) as string;
          const own = Reflect.getMetadata(PATH_METADATA, handler) as string;
          const path = `/${base}/${own}`.replace(/\/+/g, '/').replace(/(?<=.)\/$/, '');
          const policy = getPolicy(reflector, handler, metatype);
          expect([path, policy]).toEqual([
            path,
            expect.stringMatching(/^(open|read|record|audit|administer)$/),
          ]);
          // The hook that runs before a body is read knows the route only.
          expect([path, Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler)]).toEqual([
            path,
            expect.objectContaining({ policy }),
          ]);
          if (policy === 'open')
            expect(path).toMatch(
              /^\/($|assets|docs|favicon|health|openapi\.json|opensearch\.xml|problems|robots\.txt)/,
            );
          if (method !== RequestMethod.GET) expect(['record', 'audit', 'administer']).toContain(policy);
          found.push(`${RequestMethod[method]} ${path}`);
        }
      }
    // Every route of the router belongs to a controller, and is so protected by the guard.
    expect(found.sort()).toEqual(listRoutes(book.server.app));
  });

  it('without a policy is closed to every client', () => {
    const forgotten = (): void => undefined;
    expect(getPolicy(new Reflector(), forgotten)).toBeUndefined();
  });
});

describe('a role', () => {
  const source = { source: 'by-role', title: 'x' };
  const acts: Record<string, (as: string) => Promise<{ status: number }>> = {
    read: (as) => book.get('/organizations', { authorization: `Bearer ${as}` }),
    facts: (as) => book.get('/events', { authorization: `Bearer ${as}` }),
    record: (apiKey) => book.sendCommand('register-source', source, { apiKey }),
    group: (apiKey) => book.sendGroup([['register-source', source]], { apiKey }),
    lines: (apiKey) => book.sendLines([{ command: 'register-source', data: source }], '', { apiKey }),
    audit: (apiKey) => book.send('/audit/replays', '', { apiKey }),
    rebuild: (as) =>
      book.fetch('/projections/sources/rebuild', {
        method: 'POST',
        headers: { authorization: `Bearer ${as}` },
      }),
  };
  const may: Record<Role, string[]> = {
    reader: ['read', 'facts'],
    recorder: ['read', 'facts', 'record', 'group', 'lines'],
    auditor: ['read', 'facts', 'audit'],
    admin: Object.keys(acts),
  };

  it.each(ROLES)('%s permits exactly its policies', async (role) => {
    const allowed: string[] = [];
    for (const [act, run] of Object.entries(acts)) {
      const { status } = await run(book.getKey(role));
      if (status === 403) continue;
      expect([act, status < 300]).toEqual([act, true]);
      allowed.push(act);
    }
    expect(allowed).toEqual(may[role]);
  });

  it('is required for every change', async () => {
    for (const act of ['record', 'group', 'lines'] as const) {
      const { status } = (await acts[act]?.('')) ?? {};
      expect([act, status]).toEqual([act, 401]);
    }
    const rebuild = await book.fetch('/projections/sources/rebuild', { method: 'POST' });
    expect([rebuild.status, rebuild.json.code]).toEqual([401, 'unknown-key']);
    expect(rebuild.headers.get('www-authenticate')).toMatch(/^Bearer/);
    const forbidden = await book.sendCommand('register-source', source, { apiKey: book.getKey('reader') });
    expect(forbidden.json).toMatchObject({ status: 403, code: 'forbidden' });
  });

  it.each(['Bearer', 'Bearer ', 'Bearer x', `Bearer ${'x'.repeat(600)}`, "Bearer ' OR 1=1"])(
    'is refused to %j, even to read what is public',
    async (authorization) => {
      const answer = await book.get('/organizations', { authorization });
      expect([answer.status, answer.json.code]).toEqual([401, 'unknown-key']);
    },
  );
});

describe('a header Authorization that is for somebody else', () => {
  it.each(['Basic YWRtaW46', 'Digest username="x"', 'mb_x', 'Bearerx y', ''])(
    '%j is no key: what is public can be read, and nothing else',
    async (authorization) => {
      for (const path of ['/organizations', '/health/live', '/problems/not-found'])
        expect([path, (await book.get(path, { authorization })).status]).toEqual([path, 200]);
      const refused = await book.send(
        '/commands/register-source',
        JSON.stringify({ source: 'by-scheme', title: 'x' }),
        {
          apiKey: '',
          headers: { authorization },
        },
      );
      expect([refused.status, refused.json.code]).toEqual([401, 'unknown-key']);
      expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer/);
    },
  );

  it('does not open a closed book', async () => {
    const closed = await startTestServer({ READ_ACCESS: 'authenticated' });
    const answer = await closed.get('/organizations', { authorization: 'Basic YWRtaW46' });
    expect([answer.status, answer.json.code]).toEqual([401, 'unknown-key']);
    expect((await closed.get('/health/live', { authorization: 'Basic YWRtaW46' })).status).toBe(200);
  });

  it.each(['Bearer ', 'Bearer   ', 'bearer ', 'BEARER '])(
    'unlike %j, in any case and with any number of blanks',
    async (scheme) => {
      const authorization = `${scheme}${book.getKey('recorder')}`;
      expect((await book.get('/organizations', { authorization })).status).toBe(200);
      const recorded = await book.send(
        '/commands/register-source',
        JSON.stringify({ source: 'by-scheme', title: 'x' }),
        {
          apiKey: '',
          headers: { authorization },
        },
      );
      expect(recorded.status).toBeLessThanOrEqual(201);
    },
  );
});

describe('a key', () => {
  it('permits nothing once it is revoked', async () => {
    const secret = await book.server.node.apiKeys.add('temp', 'recorder');
    expect(
      (await book.sendCommand('register-source', { source: 'k', title: 'x' }, { apiKey: secret })).status,
    ).toBe(201);
    await book.server.node.apiKeys.revoke('temp');
    expect(
      (await book.sendCommand('register-source', { source: 'l', title: 'x' }, { apiKey: secret })).status,
    ).toBe(401);
    await expect(book.server.node.apiKeys.add('temp', 'admin')).rejects.toThrow(/not used twice/);
  });

  itEmbedded(REPLICATED_KEYS, 'added or revoked by another process is effective at once', async () => {
    const other = new ApiKeys(new SqliteKeyStore(join(book.directory, 'keys.db')));
    const secret = await other.add('from outside', 'recorder');
    const answer = await book.sendCommand(
      'register-source',
      { source: 'outside', title: 'x' },
      { apiKey: secret },
    );
    expect(answer.status).toBe(201);
    const event = await book.get(answer.headers.get('location') ?? '');
    expect(event.json.metadata.actor).toBe('from outside');
    await other.revoke('from outside');
    await other.close();
    expect((await book.get('/organizations', { authorization: `Bearer ${secret}` })).status).toBe(401);
  });

  it('is created by the first start only, in a file of its owner', async () => {
    const directory = createTemporaryDirectory();
    const first = await startTestServer({ directory });
    const file = join(directory, 'admin.key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const secret = first.getKey();
    expect(secret).toMatch(/^mb_[\w-]{43}$/);
    await first.close();
    const second = await startTestServer({ directory });
    expect(second.getKey()).toBe(secret);
    expect((await second.sendCommand('register-source', { source: 'a', title: 'x' })).status).toBe(201);
  });

  it('is stored as a hash only', async () => {
    const secrets = [
      ...ROLES.map((role) => book.getKey(role)),
      await book.server.node.apiKeys.add('kept', 'reader'),
    ];
    const files = readdirSync(book.directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'admin.key')
      .map(({ parentPath, name }) => join(parentPath, name));
    expect(files.length).toBeGreaterThan(4);
    for (const file of files) {
      const bytes = readFileSync(file);
      for (const secret of secrets) expect([file, bytes.includes(secret.slice(3))]).toEqual([file, false]);
    }
  });
});

describe('the rate limit', () => {
  it('is counted per principal', async () => {
    const limited = await startTestServer({ RATE_LIMIT: '5' });
    const ask = (as?: string) =>
      limited.get('/organizations', as === undefined ? {} : { authorization: `Bearer ${as}` });
    for (let n = 0; n < 5; n++) expect((await ask(limited.getKey())).status).toBe(200);
    const answer = await ask(limited.getKey());
    expect([answer.status, answer.json.code, answer.json.type]).toEqual([
      429,
      'rate-limited',
      '/problems/rate-limited',
    ]);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    // Another key is another principal; unknown keys are counted together by address.
    expect((await ask(limited.getKey('reader'))).status).toBe(200);
    for (let n = 0; n < 5; n++) expect((await ask(`made-up-${n}`)).status).toBe(401);
    expect((await ask('made-up-too')).status).toBe(429);
    expect((await ask()).status).toBe(429);
  });
});

describe('a request', () => {
  it('is authenticated once, although the rate limit and the access to its route both need its principal', async () => {
    const server = await startTestServer({ RATE_LIMIT: '1000' });
    const authenticate = jest.spyOn(server.server.node.authenticator, 'authenticate');
    expect((await server.sendCommand('register-source', { source: 'once', title: 'A report' })).status).toBe(
      201,
    );
    expect(authenticate).toHaveBeenCalledTimes(1);
  });
});
