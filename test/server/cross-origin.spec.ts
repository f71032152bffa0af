import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Configuration, ConfigurationError } from '../../src/node/configuration.js';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';

const LISTED = 'https://book.example.org';
const FOREIGN = 'https://elsewhere.example.org';

afterAll(cleanUp);

const sendPreflight = (server: TestServer, origin: string, method: string, path = '/organizations') =>
  server.fetch(path, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'x' },
  });

describe('a public book', () => {
  let book: TestServer;
  beforeAll(async () => {
    book = await startTestServer({ CORS_ORIGINS: LISTED });
  });

  it.each(['/organizations', '/nowhere', '/checkpoint', '/health/live', '/openapi.json', '/events/x'])(
    'lets any page read %s, without credentials, and see the headers of the answer',
    async (path) => {
      const { headers } = await book.get(path, { origin: FOREIGN });
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
      expect(headers.get('access-control-expose-headers')).toMatch(/ETag.*Ledger-Entry.*Memento-Datetime/);
      expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin');
      expect(headers.get('vary') ?? '').not.toMatch(/origin/i);
    },
  );

  it('lets any page follow its live feed', async () => {
    const abort = new AbortController();
    const { headers } = await fetch(`${book.url}/events`, {
      headers: { origin: FOREIGN, accept: 'text/event-stream' },
      signal: abort.signal,
    });
    expect(headers.get('access-control-allow-origin')).toBe('*');
    abort.abort();
  });

  it('permits any page a read with conditions and a key', async () => {
    const { status, headers } = await sendPreflight(book, FOREIGN, 'GET');
    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, '*']);
    expect(headers.get('access-control-allow-methods')).toBe('GET, HEAD');
    expect(headers.get('access-control-allow-headers')).toMatch(
      /Accept-Datetime.*Authorization.*If-None-Match/,
    );
    expect(headers.get('access-control-max-age')).toBe('86400');
  });

  it('permits the listed origins to write, and no other', async () => {
    const listed = await sendPreflight(book, LISTED, 'POST', '/commands/register-source');
    expect(listed.headers.get('access-control-allow-origin')).toBe(LISTED);
    expect(listed.headers.get('access-control-allow-methods')).toContain('POST');
    expect(listed.headers.get('vary')).toMatch(/Origin/);
    const foreign = await sendPreflight(book, FOREIGN, 'POST', '/commands/register-source');
    expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([204, null]);

    const data = { source: 'from-a-page', title: 'A report' };
    for (const [origin, allowed] of [
      [LISTED, LISTED],
      [FOREIGN, null],
    ] as const) {
      const { headers } = await book.sendCommand('register-source', data, { headers: { origin } });
      expect(headers.get('access-control-allow-origin')).toBe(allowed);
    }
  });
});

it('a closed book is read by pages of the listed origins only, and its answers depend on the origin', async () => {
  const book = await startTestServer({ READ_ACCESS: 'authenticated', CORS_ORIGINS: LISTED });
  const authorization = `Bearer ${book.getKey('reader')}`;
  for (const [origin, allowed] of [
    [LISTED, LISTED],
    [FOREIGN, null],
  ] as const) {
    const { status, headers } = await book.get('/organizations', { origin, authorization });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([200, allowed]);
    expect(headers.get('vary')).toMatch(/Accept.*Origin/);
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    const table = await book.get('/organizations.csv', { origin, authorization });
    expect(table.headers.get('vary')).toMatch(/Origin.*Accept/);
    expect(table.headers.get('access-control-allow-origin')).toBe(allowed);
  }
});

it.each(['*', 'book.example.org', 'https://book.example.org/', 'https://a.example, ftp://b.example'])(
  'no start with CORS_ORIGINS=%s',
  (origins) => {
    expect(() => new Configuration({ CORS_ORIGINS: origins })).toThrow(ConfigurationError);
  },
);
