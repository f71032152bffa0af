import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { removeBasePath } from '../../src/http/public-address.js';
import { Configuration, ConfigurationError } from '../../src/node/configuration.js';
import { getLink, parseLinks } from '../api/support/link-parser.js';
import { sendRaw } from '../support/raw-http.js';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';

const BROWSER = { accept: 'text/html,*/*;q=0.8' };
const BASE = '/minutebook';
const ORIGIN = 'https://book.example.org';

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer({ PUBLIC_URL: `${ORIGIN}${BASE}` });
  for (const source of ['a', 'b', 'c'])
    await book.recordCommands(['register-source', { source, title: `Title ${source}` }]);
});
afterAll(cleanUp);

describe('under a path', () => {
  it('the server answers whether or not the proxy removes the path', async () => {
    for (const path of ['/sources', `${BASE}/sources`, `${BASE}/sources?limit=1`, `${BASE}/docs`])
      expect([path, (await book.get(path)).status]).toEqual([path, 200]);
    expect((await book.get('/minutebooks')).status).toBe(404);
    expect((await book.get(`${BASE}${BASE}/sources`)).status).toBe(404);
  });

  it.each(['', BASE])('every link of an answer to %s/... has the path', async (prefix) => {
    const page = await book.get(`${prefix}/sources?limit=1`);
    expect(page.headers.get('content-location')).toMatch(/^\/minutebook\/sources\?/);
    expect(page.json.next).toMatch(/^\/minutebook\/sources\?/);
    expect((await book.get(page.json.next as string)).json.items).toHaveLength(1);
    const { allFacts } = (await book.get(`${prefix}/sources/a`)).json;
    expect(allFacts).toBe('/minutebook/sources/a/facts');
    expect((await book.get(allFacts as string)).status).toBe(200);
    for (const path of ['/events?limit=1', '/audit/changes?limit=1'])
      expect((await book.get(`${prefix}${path}`)).json.next).toMatch(/^\/minutebook\//);
    const { items } = (await book.get(`${prefix}/commands`)).json;
    expect(items[0].schema).toMatch(/^\/minutebook\/commands\//);
    expect((await book.get(`${prefix}/commands/register-source`)).json.$id).toBe(items[0].schema);
    for (const path of ['/audit/changes', '/audit/trail/source-a']) {
      const [found] = (await book.get(`${prefix}${path}`)).json.items;
      const { list } = path.includes('trail') ? found.changes[0] : found;
      expect(list).toMatch(/^\/minutebook\/sources/);
    }
    const table = await book.get(`${prefix}/sources.csv`);
    expect(table.headers.get('content-location')).toMatch(/^\/minutebook\/sources\.csv\?/);
    const recorded = await book.sendCommand('register-source', { source: `x${prefix.length}`, title: 'X' });
    expect(recorded.headers.get('location')).toMatch(/^\/minutebook\/events\//);
    expect(recorded.headers.get('link')).toMatch(/^<\/minutebook\/proofs\//);
    const slash = await book.fetch(`${prefix}/sources/`, { redirect: 'manual' });
    expect(slash.headers.get('location')).toBe('/minutebook/sources');
    for (const page of [
      '/docs',
      '/docs/admit-member',
      '/docs/events',
      '/problems',
      '/problems/busy',
      '/nowhere',
    ])
      for (const [, to = ''] of (await book.get(`${prefix}${page}`, BROWSER)).text.matchAll(
        /(?:href|src)="([^"]*)"/g,
      ))
        expect([page, to]).toEqual([page, expect.stringMatching(/^(?:#|\/minutebook\/)/)]);
  });

  it('problems name their page and the address of the request there', async () => {
    const { json } = await book.get('/sources/none');
    expect([json.type, json.instance]).toEqual([
      '/minutebook/problems/unknown-id',
      '/minutebook/sources/none',
    ]);
    expect((await book.get(json.type as string)).status).toBe(200);
    expect((await sendRaw(book, 'no HTTP\r\n\r\n')).json.type).toBe('/minutebook/problems/malformed-request');
  });
});

it('links for Memento clients, which do not resolve references, have the name of the server', async () => {
  const { headers } = await book.get('/sources?limit=1');
  const links = parseLinks(headers.get('link') ?? '');
  for (const [relation, start] of [
    ['original', '/sources'],
    ['timemap', '/timemap/sources'],
    ['next', '/sources'],
  ] as const)
    expect(getLink(links, relation).to).toContain(`${ORIGIN}${BASE}${start}`);
  const timegate = await book.fetch('/sources', {
    redirect: 'manual',
    headers: { 'accept-datetime': 'Fri, 31 Dec 9999 23:59:59 GMT' },
  });
  expect(timegate.status).toBe(302);
  expect(timegate.headers.get('location')).toContain(`${ORIGIN}${BASE}/sources?asOf=`);
  for (const { to } of parseLinks((await book.get('/timemap/sources')).text))
    expect(to).toContain(`${ORIGIN}${BASE}/`);
});

it.each([
  ['/minutebook', '/'],
  ['/minutebook?limit=1', '/?limit=1'],
  ['/minutebook/sources', '/sources'],
  ['/minutebooks', '/minutebooks'],
  ['/sources', '/sources'],
])('the path of the server is removed from %s', (url, path) => {
  expect(removeBasePath(url, BASE)).toBe(path);
  expect(removeBasePath(path, '')).toBe(path);
});

it.each([
  { PUBLIC_URL: 'book.example.org' },
  { PUBLIC_URL: 'ftp://book.example.org' },
  { PUBLIC_URL: 'https://user@book.example.org' },
  { PUBLIC_URL: 'https://book.example.org/?a=b' },
  { BASE_PATH: 'minutebook' },
  { BASE_PATH: '/a b' },
  { BASE_PATH: '/a', PUBLIC_URL: 'https://book.example.org/b' },
])('no start with %j', (settings) => {
  expect(() => new Configuration(settings)).toThrow(ConfigurationError);
});
