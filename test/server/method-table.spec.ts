import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sendRaw } from '../support/raw-http.js';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
});
afterAll(cleanUp);

describe('an address that exists', () => {
  it.each([
    ['DELETE', '/commands/admit-member', 'GET, HEAD, POST, OPTIONS'],
    ['PUT', '/organizations', 'GET, HEAD, OPTIONS'],
    ['POST', '/organizations/csto/members?on=2000-01-01', 'GET, HEAD, OPTIONS'],
    ['GET', '/projections/membership/rebuild', 'POST, OPTIONS'],
    ['PATCH', '/tile/0/000', 'GET, HEAD, OPTIONS'],
    ['PROPFIND', '/organizations', 'GET, HEAD, OPTIONS'],
  ])('is answered with 405 and Allow to %s %s', async (method, path, allow) => {
    const { status, headers, json } = await book.fetch(path, { method });
    expect([status, headers.get('allow'), json.code]).toEqual([405, allow, 'method-not-allowed']);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it.each([
    ['/organizations', 'GET, HEAD, OPTIONS', null],
    ['/commands', 'GET, HEAD, POST, OPTIONS', 'application/json, application/x-ndjson'],
    ['/commands/admit-member', 'GET, HEAD, POST, OPTIONS', 'application/json'],
  ])('is answered with 204 and Allow to OPTIONS %s', async (path, allow, accepted) => {
    const { status, headers, text } = await book.fetch(path, { method: 'OPTIONS' });
    expect([status, headers.get('allow'), headers.get('accept-post'), text]).toEqual([
      204,
      allow,
      accepted,
      '',
    ]);
  });

  it.each([
    ['/organizations/', '/organizations'],
    ['/organizations/csto/members//?on=2000-01-01', '/organizations/csto/members?on=2000-01-01'],
  ])('is redirected to when %s has slashes at its end', async (path, location) => {
    const { status, headers } = await book.fetch(path, { redirect: 'manual' });
    expect([status, headers.get('location')]).toEqual([308, location]);
  });

  it('says to a body of another type what it takes', async () => {
    for (const [path, accepted] of [
      ['/commands/register-source', 'application/json'],
      ['/commands', 'application/json, application/x-ndjson'],
    ] as const) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await book.send(path, 'source=a', { headers });
      expect([answer.status, answer.headers.get('accept-post')]).toEqual([415, accepted]);
      expect(answer.json.detail).toMatch(
        /^The body is "application\/x-www-form-urlencoded": send JSON with "Content-Type: application\/json"/,
      );
    }
  });
});

it.each(['GET', 'OPTIONS', 'PUT'])(
  'an address that does not exist is answered with 404 to %s',
  async (method) => {
    const { status, json } = await book.fetch('/nowhere/', {
      method,
      headers: { authorization: `Bearer ${book.getKey()}` },
    });
    expect([status, json.code]).toEqual([404, 'not-found']);
  },
);

it.each<[string, string, number, string]>([
  ['an unknown method', 'BREW /organizations HTTP/1.1\r\nHost: book\r\n\r\n', 501, 'unknown-method'],
  ['an address without an end', `GET /${'x'.repeat(20_000)}`, 414, 'address-too-long'],
  [
    'an unknown expectation',
    'GET /organizations HTTP/1.1\r\nHost: book\r\nExpect: tea\r\nConnection: close\r\n\r\n',
    417,
    'unknown-expectation',
  ],
])('%s is answered with a problem', async (_, bytes, status, code) => {
  const answer = await sendRaw(book, bytes);
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.json.code).toBe(code);
});
