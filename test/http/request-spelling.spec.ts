import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cstoCommands } from '../support/csto-commands.js';
import { type RawResponse, sendRaw, sendRawHead } from '../support/raw-http.js';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(...cstoCommands);
});
afterAll(cleanUp);

const HOST = 'Host: localhost';
const get = (target: string, ...fields: readonly string[]) =>
  sendRawHead(book, `GET ${target} HTTP/1.1`, HOST, ...fields);
const getStatusAndCode = ({ status, json }: RawResponse) => [status, json.code as unknown];

describe('one question in many spellings', () => {
  const PLAIN = '/organizations?q=an&limit=1';
  it.each([
    'http://elsewhere.example/organizations?q=an&limit=1',
    'HTTP://elsewhere.example:80/organizations?q=an&limit=1',
    '/%6Frganizations?q=%61%6e&limit=%31',
    '/%6frganizations?%71=an&&limit=1&',
    '/./organizations?q=an&limit=1',
    '/sources/../organizations?q=an&limit=1',
    '/sources/%2E%2e/organizations?q=an&limit=1',
  ])('%s gets the same answer, under the same addresses', async (target) => {
    const plain = await get(PLAIN);
    const answer = await get(target);
    expect([answer.status, answer.text]).toEqual([200, plain.text]);
    for (const name of ['content-location', 'link', 'etag', 'ledger-entry'])
      expect([name, answer.headers.get(name)]).toEqual([name, plain.headers.get(name)]);
    expect(answer.headers.get('content-location')).toMatch(/^\/organizations\?q=an&asOf=\d+&/);
    expect(answer.json.next).toMatch(/^\/organizations\?/);
  });

  it.each(['/organizations?', '/organizations?&', 'http://elsewhere.example/organizations'])(
    '%s has no query',
    async (target) => {
      const plain = await get('/organizations');
      const answer = await get(target);
      for (const name of ['content-location', 'link'])
        expect(answer.headers.get(name)).toBe(plain.headers.get(name));
    },
  );

  it('a permalink in another spelling is the same permalink', async () => {
    const permalink = (await get('/organizations?q=an')).headers.get('content-location') ?? '';
    const answer = await get(permalink.replace('q=an', 'q=%61n'));
    expect(answer.headers.get('content-location')).toBe(permalink);
    expect(answer.text).toBe((await get(permalink)).text);
  });

  it('a host that the client names stands in no answer', async () => {
    const elsewhere = 'elsewhere.example';
    const targets = ['/organizations', '/organizations?limit=1', '/nowhere', '/organizations?limit=x', '/timemap/organizations', '/events?limit=1', '/']; // prettier-ignore
    for (const target of [...targets.map((each) => `http://${elsewhere}${each}`), `//${elsewhere}/x`]) {
      const { headers, text, status } = await sendRawHead(
        book,
        `GET ${target} HTTP/1.1`,
        `Host: ${elsewhere}`,
      );
      expect([target, status < 500]).toEqual([target, true]);
      expect([...headers].join('\n')).not.toContain(elsewhere);
      if (target.startsWith('http:')) expect(text).not.toContain(elsewhere);
      else expect(JSON.parse(text)).toMatchObject({ instance: `/.//${elsewhere}/x` });
    }
  });
});

describe('an address that is none', () => {
  it.each([
    '/organizations#on=2011-05-31',
    '/organizations/csto/members#on=2011-05-31',
    'http://elsewhere.example/organizations#x',
    'http:///organizations',
    'ftp://elsewhere.example/organizations',
    '*',
    '/statements?q=caf%E9',
    '/meetings?convenedBy=%E9',
    '/statements?q=%E0%A4%A',
    '/statements?%E9=x',
    '/organizations/%E9',
  ])('%s is refused', async (target) => {
    const answer = await get(target);
    expect(getStatusAndCode(answer)).toEqual([400, 'invalid-address']);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.json.instance).toMatch(/^\/(?!\/)/);
  });

  it.each(['/statements?q=caf\xe9', '/statements?q=caf\xc3\xa9'])(
    '%j is refused, which is not ASCII',
    async (target) => {
      expect((await get(target)).status).toBe(400);
    },
  );

  it('records nothing', async () => {
    const before = book.headEntry;
    const body = JSON.stringify({ source: 'refused', title: 'x' });
    const head = ['POST /commands/register-source#x HTTP/1.1', HOST, 'Content-Type: application/json', `Authorization: Bearer ${book.getKey()}`, `Content-Length: ${body.length}`, 'Connection: close']; // prettier-ignore
    const answer = await sendRaw(book, `${head.join('\r\n')}\r\n\r\n${body}`);
    expect(getStatusAndCode(answer)).toEqual([400, 'invalid-address']);
    expect(book.headEntry).toBe(before);
  });

  it('OPTIONS * is about the server', async () => {
    const answer = await sendRawHead(book, 'OPTIONS * HTTP/1.1', HOST);
    expect([answer.status, answer.text]).toEqual([204, '']);
  });
});

describe('a header', () => {
  it.each([
    ['Host: localhost', 'Host: localhost'],
    ['Host: localhost', 'Host: elsewhere.example'],
    ['Host: local host'],
    ['Host: a/b'],
    ['Host: localhost', 'Authorization: Bearer a', 'Authorization: Bearer b'],
    ['Host: localhost', 'Content-Type: application/json', 'Content-Type: text/plain'],
  ])('that is ambiguous is refused: %s %s', async (...fields) => {
    const answer = await sendRawHead(book, 'GET /organizations HTTP/1.1', ...fields);
    expect(getStatusAndCode(answer)).toEqual([400, 'invalid-header']);
  });

  it.each(['Host: localhost:3000', 'Host: [::1]:3000', 'HOST: EXAMPLE.org', 'Host:'])(
    'Host may be of any form: %s',
    async (field) => {
      expect((await sendRawHead(book, 'GET /organizations HTTP/1.1', field)).status).toBe(200);
    },
  );

  it('Transfer-Encoding may be chunked, and nothing more', async () => {
    const before = book.headEntry;
    const body = JSON.stringify({ source: 'chunked', title: 'x' });
    const send = (coding: string) =>
      sendRaw(
        book,
        `${['POST /commands/register-source HTTP/1.1', HOST, 'Content-Type: application/json', `Authorization: Bearer ${book.getKey()}`, `Transfer-Encoding: ${coding}`, 'Connection: close'].join('\r\n')}\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
      );
    for (const coding of ['gzip, chunked', 'x-unknown, chunked'])
      expect(getStatusAndCode(await send(coding))).toEqual([501, 'unsupported-transfer-coding']);
    expect(book.headEntry).toBe(before);
    expect((await send('Chunked')).status).toBe(201);
  });
});
