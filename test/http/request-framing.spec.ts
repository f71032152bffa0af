// Requests in every form that RFC 9112 defines or forbids, byte by byte: each is answered like its plain form, or with a
// problem. Exactly one response is sent for each.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openRawRequest } from '../api/support/raw-request.js';
import { sendRaw } from '../support/raw-http.js';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';

const SOURCE = { source: 'treaty', title: 'The treaty' };
const BODY = JSON.stringify(SOURCE);
const CHUNK = `${BODY.length.toString(16)}\r\n${BODY}\r\n`;
const CHUNKED = `${CHUNK}0\r\n\r\n`;
const LENGTH = `Content-Length: ${BODY.length}`;

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(['register-source', SOURCE]);
});
afterAll(cleanUp);

const send = (bytes: string) => sendRaw(book, Buffer.from(bytes, 'latin1'));
const createHead = (...lines: readonly string[]): string =>
  [...lines, 'Connection: close', '', ''].join('\r\n');

type Row = readonly [title: string, head: readonly string[], status: number, code?: string];
const get = (...fields: readonly string[]): readonly string[] => ['GET /sources HTTP/1.1', ...fields];
const getTarget = (target: string): readonly string[] => [`GET ${target} HTTP/1.1`, 'Host: book'];
const useMethod = (method: string): readonly string[] => [`${method} /sources HTTP/1.1`, 'Host: book'];

describe('the head of a request', () => {
  it.each<Row>([
    ['without Host', get(), 400, 'invalid-header'],
    ['without Host, in absolute form', ['GET http://book/sources HTTP/1.1'], 400, 'invalid-header'],
    ['without Host, of HTTP/1.0', ['GET /sources HTTP/1.0'], 200],
    ['with an empty Host', get('Host:'), 200],
    ['with two fields Host', get('Host: a', 'Host: a'), 400, 'invalid-header'],
    ['with a space before the colon', get('Host : a'), 400, 'malformed-request'],
    ['with a folded line (obs-fold)', get('Host: a', 'X-A: b', ' c'), 400, 'malformed-request'],
    ['with a folded Host', get('Host:', ' a'), 400, 'malformed-request'],
    ['with a line without a colon', get('Host: a', 'b'), 400, 'malformed-request'],
    ['with a field without a name', get('Host: a', ': b'), 400, 'malformed-request'],
    ['with NUL in a value', get('Host: a', 'X-A: b\0c'), 400, 'malformed-request'],
    ['with a bare CR in a value', get('Host: a', 'X-A: b\rc'), 400, 'malformed-request'],
    ['with obs-text in a value', get('Host: a', 'X-A: \xe9'), 200],
    ['in absolute form', getTarget('http://elsewhere/sources'), 200],
    ['in absolute form over TLS', getTarget('https://elsewhere:443/sources'), 200],
    ['in authority form', getTarget('elsewhere:80'), 400, 'malformed-request'],
    ['in asterisk form', getTarget('*'), 400, 'invalid-address'],
    ['with a space in the target', getTarget('/sources?q=a b'), 400, 'malformed-request'],
    ['with an address of 20,000 characters', getTarget(`/${'x'.repeat(20_000)}`), 414, 'address-too-long'],
    [
      'with 20,000 characters in a field',
      get('Host: a', `X: ${'x'.repeat(20_000)}`),
      431,
      'headers-too-large',
    ],
    ['of OPTIONS in asterisk form', ['OPTIONS * HTTP/1.1', 'Host: a'], 204],
    ['of OPTIONS in absolute form', ['OPTIONS http://elsewhere HTTP/1.1', 'Host: a'], 204],
    ['of a method in lower case', useMethod('get'), 400, 'malformed-request'],
    ['of an unknown method', useMethod('BREW'), 501, 'unknown-method'],
    ['of a known method that the address has not', useMethod('PROPFIND'), 405, 'method-not-allowed'],
    ['of CONNECT', ['CONNECT book:443 HTTP/1.1', 'Host: book:443'], 501, 'unknown-method'],
    ['of CONNECT to a path', useMethod('CONNECT'), 501, 'unknown-method'],
    ['that would upgrade', get('Host: a', 'Connection: Upgrade', 'Upgrade: websocket'), 200],
    ['of HTTP/0.9', ['GET /sources'], 400, 'malformed-request'],
    ['of HTTP/1.2', ['GET /sources HTTP/1.2', 'Host: a'], 400, 'malformed-request'],
    ['of HTTP/2.0', ['GET /sources HTTP/2.0', 'Host: a'], 400, 'malformed-request'],
    ['of HTTP/2 with prior knowledge', ['PRI * HTTP/2.0', '', 'SM'], 400, 'malformed-request'],
    ['of http in lower case', ['GET /sources http/1.1', 'Host: a'], 400, 'malformed-request'],
    ['after an empty line', ['', ...getTarget('/sources')], 200],
    ['after a space', [' GET /sources HTTP/1.1', 'Host: a'], 400, 'malformed-request'],
    ['with tabs in its first line', ['GET\t/sources\tHTTP/1.1', 'Host: a'], 400, 'malformed-request'],
    ['with lines that end in LF only', ['GET /sources HTTP/1.1\nHost: a\n\n'], 400, 'malformed-request'],
    ['of TLS', ['\x16\x03\x01\x02\x00\x01\x00'], 400, 'malformed-request'],
  ])('%s', async (...[, head, status, code]: Row) =>
    expectOneAnswer(await send(createHead(...head)), status, code),
  );
});

type BodyRow = readonly [
  title: string,
  fields: readonly string[],
  body: string,
  status: number,
  code?: string,
];

describe('the body of a request', () => {
  it.each<BodyRow>([
    ['with a length', [LENGTH], BODY, 200],
    ['with a length with zeros before it', [`Content-Length: 00${BODY.length}`], BODY, 200],
    ['with two equal lengths', [LENGTH, LENGTH], BODY, 400, 'malformed-request'],
    ['with two lengths', [LENGTH, 'Content-Length: 1'], BODY, 400, 'malformed-request'],
    ['with a list of lengths', [`${LENGTH}, ${BODY.length}`], BODY, 400, 'malformed-request'],
    ['with a length with a sign', [`Content-Length: +${BODY.length}`], BODY, 400, 'malformed-request'],
    ['with a length of 23 digits', [`Content-Length: ${'9'.repeat(23)}`], BODY, 400, 'malformed-request'],
    ['with an empty length', ['Content-Length:'], BODY, 400, 'malformed-request'],
    ['of more bytes than are read', ['Content-Length: 600000'], '', 413, 'too-large'],
    ['without a length', [], '', 400, 'invalid-json'],
    ['in chunks', ['Transfer-Encoding: chunked'], CHUNKED, 200],
    ['in chunks, in capitals', ['Transfer-Encoding: CHUNKED'], CHUNKED, 200],
    ['in chunks with extensions', ['Transfer-Encoding: chunked'], CHUNKED.replace('\r\n', ';a=b;c="d e"\r\n'), 200],
    ['in chunks with a trailer', ['Transfer-Encoding: chunked'], `${CHUNK}0\r\nX-Sum: 1\r\n\r\n`, 200],
    ['in chunks with a trailer of 20,000 characters', ['Transfer-Encoding: chunked'], `${CHUNK}0\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
    ['in chunks and with a length', ['Transfer-Encoding: chunked', LENGTH], CHUNKED, 400, 'malformed-request'],
    ['in chunks of an invalid size', ['Transfer-Encoding: chunked'], `zz\r\n${BODY}`, 400, 'malformed-request'],
    ['in chunks that end in LF only', ['Transfer-Encoding: chunked'], CHUNKED.replaceAll('\r', ''), 400, 'malformed-request'],
    ['in chunks twice', ['Transfer-Encoding: chunked, chunked'], CHUNKED, 400, 'malformed-request'],
    ['in chunks, then compressed', ['Transfer-Encoding: chunked, gzip'], CHUNKED, 400, 'malformed-request'],
    ['compressed, then in chunks', ['Transfer-Encoding: gzip, chunked'], CHUNKED, 501, 'unsupported-transfer-coding'],
    ['compressed', ['Transfer-Encoding: gzip'], BODY, 501, 'unsupported-transfer-coding'],
    ['with the coding identity', ['Transfer-Encoding: identity'], BODY, 501, 'unsupported-transfer-coding'],
    ['with an empty coding', ['Transfer-Encoding:'], BODY, 400, 'malformed-request'],
    ['after an unknown expectation', ['Expect: tea', LENGTH], BODY, 417, 'unknown-expectation'],
  ])('%s', async (...[, fields, body, status, code]: BodyRow) => {
    const head = createHead(
      'POST /commands/register-source HTTP/1.1',
      'Host: book',
      'Content-Type: application/json',
      `Authorization: Bearer ${book.getKey()}`,
      ...fields,
    );
    expectOneAnswer(await send(`${head}${body}`), status, code);
  }); // prettier-ignore

  it('is not authorized by a trailer', async () => {
    const head = createHead(
      'POST /commands/register-source HTTP/1.1',
      'Host: book',
      'Content-Type: application/json',
      'Transfer-Encoding: chunked',
    );
    const trailer = `Authorization: Bearer ${book.getKey()}`;
    expectOneAnswer(await send(`${head}${CHUNK}0\r\n${trailer}\r\n\r\n`), 401, 'unknown-key');
  });

  it('is answered once if it becomes malformed after results of an import were sent', async () => {
    const connection = await openRawRequest(
      book,
      'POST /commands HTTP/1.1',
      'content-type: application/x-ndjson',
      'transfer-encoding: chunked',
      `authorization: Bearer ${book.getKey()}`,
    );
    const line = `${JSON.stringify({ command: 'register-source', data: { ...SOURCE, source: 'again' } })}\n`;
    connection.socket.write(`${line.length.toString(16)}\r\n${line}\r\n`);
    await connection.received(/"line":1,"status":201/);
    connection.socket.write('zz\r\n');
    await connection.closed;
    expect(connection.text().match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 200']);
  });
});

function expectOneAnswer(answer: Awaited<ReturnType<typeof send>>, status: number, code?: string): void {
  expect([answer.status, /HTTP\/1\.1 \d{3}/.test(answer.text)]).toEqual([status, false]);
  const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
  expect([isProblem, isProblem ? answer.json.code : undefined]).toEqual([code !== undefined, code]);
}
