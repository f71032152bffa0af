import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { aggregates } from '../../../src/domain/aggregates.js';
import { problems } from '../../../src/problems/problems.js';
import { cstoCommands } from '../../support/csto-commands.js';
import { listRoutes } from '../../support/server-routes.js';
import { cleanUp, startTestServer, type TestServer } from '../../support/test-server.js';

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(...cstoCommands);
});
afterAll(cleanUp);

/* eslint-disable @typescript-eslint/no-explicit-any -- the document is inspected without types */
describe('the OpenAPI document', () => {
  let document: any;
  beforeAll(async () => {
    document = (await book.get('/openapi.json')).json;
  });
  const operations = (): [path: string, method: string, operation: any][] =>
    Object.entries<any>(document.paths).flatMap(([path, methods]) =>
      Object.entries<any>(methods).map(([method, operation]): [string, string, any] => [
        path,
        method,
        operation,
      ]),
    );

  it('has every route of the server, and no other', () => {
    const documented = operations().map(([path, method]) => {
      // OpenAPI has no parameter of several segments: the wildcard of the router is described as {path}.
      const route = path
        .replaceAll(/\{(\w+)\}/g, ':$1')
        .replace(/:path$/, '*')
        .replace(/\.csv$/, '');
      const command = /^\/commands\/([\w-]+)$/.exec(route)?.[1];
      if (command !== undefined) expect(book.server.node.commandHandler.commands.has(command)).toBe(true);
      return `${method.toUpperCase()} ${command === undefined ? route : '/commands/:name'}`;
    });
    // One path for all timemaps.
    const routes = listRoutes(book.server.app).map((route) =>
      route.replace(/^GET \/timemap\/.*/, 'GET /timemap/*'),
    );
    expect([...new Set(documented)].sort()).toEqual([...new Set(routes)].sort());
    for (const name of book.server.node.commandHandler.commands.keys())
      expect(document.paths[`/commands/${name}`]).toHaveProperty('post');
  });

  it('is valid OpenAPI 3.1', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
    const allowed = new Set('get put post delete options head patch trace'.split(' '));
    const ids = new Set<string>();
    for (const [path, method, operation] of operations()) {
      const where = `${method} ${path}`;
      expect([where, path.startsWith('/'), allowed.has(method)]).toEqual([where, true, true]);
      const parameters = (operation.parameters ?? []) as any[];
      const names = parameters.map((each) => `${each.in as string} ${each.name as string}`);
      expect([where, new Set(names).size]).toEqual([where, names.length]);
      expect(names.filter((name) => name.startsWith('path ')).sort()).toEqual(
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => `path ${name as string}`).sort(),
      );
      for (const parameter of parameters) {
        expect(['path', 'query', 'header', 'cookie']).toContain(parameter.in);
        expect(parameter.schema).toEqual(expect.any(Object));
        if (parameter.in === 'path') expect(parameter.required).toBe(true);
      }
      expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
      for (const [status, given] of Object.entries<any>(operation.responses)) {
        const response = given.$ref
          ? document.components.responses[(given.$ref as string).split('/').at(-1) ?? '']
          : given;
        expect(status).toMatch(/^[1-5](\d\d|XX)$|^default$/);
        expect([where, typeof response.description]).toEqual([where, 'string']);
        for (const media of Object.values<any>(response.content ?? {})) expect(media.schema).toBeDefined();
      }
      if (operation.operationId !== undefined) {
        expect(ids.has(operation.operationId as string)).toBe(false);
        ids.add(operation.operationId as string);
      }
      if (operation.requestBody) expect(Object.keys(operation.requestBody.content)).not.toEqual([]);
      for (const requirement of operation.security ?? [])
        for (const scheme of Object.keys(requirement as object))
          expect(document.components.securitySchemes).toHaveProperty(scheme);
    }
  });

  it('declares every tag, and none that no operation has', () => {
    const used = new Set(operations().flatMap(([, , { tags }]) => tags as string[]));
    const declared = (document.tags as { name: string }[]).map(({ name }) => name);
    expect([...used].sort()).toEqual(declared.toSorted());
  });

  it('has Accept-Language wherever there is "lang"', () => {
    const names = (operation: any): string[] =>
      ((operation.parameters ?? []) as any[]).map(({ name }) => name as string);
    for (const [path, , operation] of operations())
      expect([path, names(operation).includes('Accept-Language')]).toEqual([
        path,
        names(operation).includes('lang'),
      ]);
  });

  it('has the responses of every operation that depend on the request line and the headers', () => {
    for (const [path, method, { responses }] of operations())
      expect([method, path, Object.keys(responses as object)]).toEqual([
        method,
        path,
        expect.arrayContaining(['308', '400', '405', '408', '414', '417', '429', '431', '500', '501', '503']),
      ]);
  });

  it('has a type for every value that is one of several', () => {
    const findUntyped = (value: any, at: string): string[] =>
      typeof value !== 'object' || value === null
        ? []
        : [
            ...(('enum' in value || 'const' in value) && typeof value.type !== 'string' ? [at] : []),
            ...Object.entries(value as object).flatMap(([key, member]) =>
              findUntyped(member, `${at}/${key}`),
            ),
          ];
    expect(findUntyped(document.components.headers, '')).toEqual([]);
    for (const [path, , { parameters }] of operations()) expect(findUntyped(parameters, path)).toEqual([]);
    for (const [name, schema] of Object.entries(document.components.schemas))
      if (name !== 'JsonSchema') expect(findUntyped(schema, name)).toEqual([]); // its keywords have these names
  });

  it('has no dangling references, and only valid types', () => {
    const types = new Set(['string', 'integer', 'number', 'boolean', 'object', 'array', 'null']);
    const walk = (value: any, at: string): void => {
      if (typeof value !== 'object' || value === null) return;
      if (typeof value.$ref === 'string') {
        const target = (value.$ref as string)
          .slice(2)
          .split('/')
          .reduce((from: any, key) => from?.[key], document);
        expect([at, target]).toEqual([at, expect.any(Object)]);
      }
      if (at.endsWith('/schema') || at.includes('/schemas/'))
        for (const type of [value.type].flat())
          if (typeof type === 'string') expect([at, types.has(type)]).toEqual([at, true]);
      for (const [key, member] of Object.entries(value as object)) walk(member, `${at}/${key}`);
    };
    walk(document, '');
  });

  it('lists the fields and filters that the server accepts', async () => {
    for (const [path, method, operation] of operations()) {
      if (method !== 'get' || !/^\/(organizations|sources|events|streams)/.test(path)) continue;
      const at = path.replace(/\{organization\}/, 'csto').replace(/\{source\}/, 'treaty').replace('{stream}', 'source-treaty'); // prettier-ignore
      if (at.includes('{')) continue;
      for (const { name, in: where, schema } of operation.parameters as any[]) {
        if (where !== 'query' || name === 'cursor') continue;
        const value = schema.enum?.[0] ?? (name === 'on' ? '2011-01-01' : schema.type === 'string' ? 'x' : 1);
        const { text } = await book.get(`${at}?${name as string}=${value as string}`);
        expect([at, name, text.includes('unknown-parameter')]).toEqual([at, name, false]);
      }
    }
  });
});

const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

describe('an HTML page', () => {
  it.each([
    '/docs',
    '/docs/admit-member',
    '/docs/membership',
    '/docs/commands',
    '/docs/events',
    '/problems',
    '/problems/already-member',
  ])('%s needs no script and allows none', async (path) => {
    const { status, headers, text } = await book.get(path, BROWSER);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toMatch(/^<!doctype html>/);
    expect(text).not.toMatch(/<script|style=|\son\w+=|javascript:/i);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe/);
    expect(headers.get('referrer-policy')).toBe('same-origin');
    for (const [, to] of text.matchAll(/(?:href|src)="(\/[^"]*)"/g)) {
      const linked = await book.fetch(to ?? '', { method: 'HEAD' });
      expect([to, linked.status]).toEqual([to, 200]);
    }
  });

  it('documents every operation of the OpenAPI document on one of the pages that the overview links', async () => {
    const { paths } = (await book.get('/openapi.json')).json;
    const overview = (await book.get('/docs')).text;
    const commands = (await book.get('/docs/commands')).text;
    const pages = [...`${overview}${commands}`.matchAll(/href="(\/docs\/[^"#]+)"/g)].map(([, to = '']) => to);
    const texts = await Promise.all([...new Set(pages)].map(async (to) => (await book.get(to)).text));
    for (const [path, methods] of Object.entries<any>(paths))
      for (const method of Object.keys(methods as object)) {
        const name = /^\/commands\/([a-z-]+)$/.exec(path)?.[1];
        const heading = name
          ? `<h1><code>${name}</code></h1>`
          : `<code>${method.toUpperCase()} ${path}</code></h2>`;
        expect([path, method, texts.filter((text) => text.includes(heading)).length]).toEqual([
          path,
          method,
          1,
        ]);
      }
  });

  it('escapes text that a client sends', async () => {
    const address = '/problems/%3Cscript%3Ealert(1)%3C%2Fscript%3E';
    expect((await book.get(address)).json).toMatchObject({ status: 404 });
    const { status, headers, text } = await book.get(address, BROWSER);
    expect([status, headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    expect(text).toContain('&lt;script>alert(1)&lt;/script>');
  });
});

describe('every answer', () => {
  it.each(['/organizations', '/events', '/nowhere', '/docs', '/organizations/%ff', '/health/live'])(
    'of %s has security headers for browsers',
    async (path) => {
      const { headers } = await book.get(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-powered-by')).toBeNull();
    },
  );

  it('shows no internals in an internal error', async () => {
    const { readModels } = book.server.node;
    const original = readModels.query.bind(readModels);
    Object.assign(readModels, {
      query() {
        throw new TypeError('secret detail in /home/us');
      },
    });
    const logged: unknown[] = [];
    Logger.overrideLogger({ log() {}, warn() {}, error: (...words: unknown[]) => logged.push(...words) }); // prettier-ignore
    try {
      const { status, json, text } = await book.get('/organizations?on=1900-01-01');
      expect([status, json.code, json.type]).toEqual([500, 'internal-error', '/problems/internal-error']);
      expect(text).not.toMatch(/secret|home|TypeError|\bat /);
      expect(String(logged[0])).toContain('secret detail');
    } finally {
      Object.assign(readModels, { query: original });
      Logger.overrideLogger(['error']);
    }
  });
});

describe('every problem', () => {
  it('has a page', async () => {
    const list = (await book.get('/problems', BROWSER)).text;
    for (const [code, { title, status, meaning, remedy }] of Object.entries(problems)) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect([code, status >= 400 && status < 600, meaning !== '', remedy !== '']).toEqual([
        code,
        true,
        true,
        true,
      ]);
      expect(list).toContain(`/problems/${code}`);
      const page = await book.get(`/problems/${code}`, BROWSER);
      expect([code, page.status]).toEqual([code, 200]);
      expect(page.text).toContain(title.replaceAll("'", '&#39;'));
    }
  });

  it('that the code can raise is in the catalog', () => {
    const codeFiles = new Map<string, string>();
    const patterns = [
      /\brefuse\(\s*'([^']+)'/g,
      /\brefuse\(\s*['`][^'`]*['`],\s*'([^']+)'/g,
      /new (?:ProblemError|UnavailableError|ImportRefusedError|Refusal|NotWrittenError)\(\s*'([^']+)'/g,
      /(?<!readonly )\bcode: '([^']+)'/g,
      /\b(?:FST_ERR_\w+|4\d\d|5\d\d): '([a-z-]+)'/g,
    ];
    const files = globSync('{src,projections}/**/*.ts');
    expect(files.length).toBeGreaterThan(40);
    for (const file of files)
      for (const pattern of patterns)
        for (const [, code] of readFileSync(file, 'utf8').matchAll(pattern))
          if (/^[a-z]+(-[a-z]+)*$/.test(code ?? '')) codeFiles.set(code ?? '', file);
    expect(codeFiles.size).toBeGreaterThan(25);
    for (const [code, file] of codeFiles) expect([file, code, code in problems]).toEqual([file, code, true]);
    for (const { refusals } of aggregates)
      for (const code of Object.keys(refusals)) expect(problems).toHaveProperty(code);
  });
});

describe('the read models', () => {
  it('are listed, and are the same after a rebuild', async () => {
    const routes = [
      '/organizations?lang=ru',
      '/organizations/csto',
      '/organizations/csto/members?on=2007-01-01',
      '/organizations/csto/membership-history',
      '/sources/treaty',
      '/sources/treaty/facts',
    ];
    const bodies = () => Promise.all(routes.map(async (route) => (await book.get(route)).text));
    const before = await bodies();
    const { items } = (await book.get('/projections')).json;
    expect(items.map(({ name }: any) => name)).toEqual(
      expect.arrayContaining(['organizations', 'membership', 'sources']),
    );
    for (const { name, version, entry, lag, status, generation } of items) {
      expect([name, entry, lag, status]).toEqual([name, book.headEntry, 0, 'live']);
      expect(version).toBeGreaterThan(0);
      const answer = await book.fetch(`/projections/${name as string}/rebuild`, {
        method: 'POST',
        headers: { authorization: `Bearer ${book.getKey()}` },
      });
      expect(answer.status).toBe(202);
      expect(answer.json).toMatchObject({ name, status: 'live', progress: { of: book.headEntry } });
      expect(await bodies()).toEqual(before); // the old generation serves until then
      await book.server.node.readModels.rebuild(name as string).finished;
      const now = (await book.get('/projections')).json.items.find((one: any) => one.name === name);
      expect(now).toMatchObject({ entry: book.headEntry, status: 'live' });
      expect(now.generation).toBeGreaterThan(generation as number);
      expect(now).not.toHaveProperty('progress');
    }
    expect(await bodies()).toEqual(before);
    const unknown = await book.fetch('/projections/nope/rebuild', {
      method: 'POST',
      headers: { authorization: `Bearer ${book.getKey()}` },
    });
    expect([unknown.status, unknown.json.code]).toEqual([404, 'unknown-id']);
  });

  it('decide whether the server is ready', async () => {
    expect((await book.get('/health/live')).json).toEqual({ status: 'ok' });
    const ready = await book.get('/health/ready');
    expect([ready.status, ready.json.status, ready.json.entry]).toEqual([200, 'ok', book.headEntry]);
    const { readModels } = book.server.node;
    const original = readModels.statuses.bind(readModels);
    const building = original().map((status) => ({ ...status, status: 'building' as const }));
    Object.assign(readModels, { statuses: () => building });
    try {
      const waiting = await book.get('/health/ready');
      expect(waiting.status).toBe(503);
      expect(waiting.json).toMatchObject({
        status: 'projection-building',
        reads: false,
        commands: true,
        reasons: ['projection-building'],
      });
      expect(Number(waiting.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      Object.assign(readModels, { statuses: original });
    }
  });
});
