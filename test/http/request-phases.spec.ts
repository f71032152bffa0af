// The server reads no body of a client that may not send it, and waits for no phase of a request without a limit.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { itEmbedded } from '../support/embedded-or-cluster.js';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import { openRawRequest, shortenTimers } from '../api/support/raw-request.js';

let book: TestServer;
/** The server's side of every connection. */
const sockets = new Set<Socket>();
beforeAll(async () => {
  book = await startTestServer();
  const server = book.server.app.getHttpServer() as Server;
  server.on('connection', (socket) => sockets.add(socket));
});
afterAll(cleanUp);

const authorize = (role: 'reader' | 'recorder'): string => `authorization: Bearer ${book.getKey(role)}`;
/** Durations of src/http/timeouts.ts. */
const [BODY_TIMEOUT_MS, IDLE_CHECK_INTERVAL_MS, WRITE_TIMEOUT_MS] = [60_000, 25_000, 60_000];

describe('the head of a request with a body', () => {
  const LENGTH = 'content-length: 500000';
  const JSON_TYPE = 'content-type: application/json';

  it.each<[string, string, number, readonly string[]]>([
    ['no key', '/commands/register-source', 401, [JSON_TYPE, LENGTH]],
    ['no key, in chunks', '/commands/register-source', 401, [JSON_TYPE, 'transfer-encoding: chunked']],
    ['no key, as NDJSON', '/commands', 401, ['content-type: application/x-ndjson', LENGTH]],
    ['no key, for an audit', '/audit/replays', 401, [JSON_TYPE, LENGTH]],
    ['no key, for an unknown address', '/nothing', 401, [JSON_TYPE, LENGTH]],
    ['an unknown key', '/commands/register-source', 401, [JSON_TYPE, LENGTH, 'authorization: Bearer none']],
    ['an unknown key, for an unknown address', '/no', 401, [JSON_TYPE, LENGTH, 'authorization: Bearer none']],
  ])('is refused before any of the body arrives: %s', async (_, path, status, head) => {
    const connection = await openRawRequest(book, `POST ${path} HTTP/1.1`, ...head);
    const text = await connection.received(/\}$/);
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(text).toContain('"code":"unknown-key"');
    expect(text).toContain('content-security-policy');
    connection.socket.destroy();
  });

  it('is refused before any of the body arrives: a key that may not record', async () => {
    const connection = await openRawRequest(
      book,
      'POST /commands/register-source HTTP/1.1',
      JSON_TYPE,
      LENGTH,
      authorize('reader'),
    );
    expect(await connection.received(/\}$/)).toMatch(/^HTTP\/1\.1 403 [^]*"code":"forbidden"/);
    connection.socket.destroy();
  });

  it('is answered as before if the address is unknown and the key is valid', async () => {
    const { status, json } = await book.send('/nothing', '{}');
    expect([status, json.code]).toEqual([404, 'not-found']);
  });
});

describe('a body that does not arrive', () => {
  it('is answered with 408 after a time, and the connection is closed', async () => {
    await shortenTimers([BODY_TIMEOUT_MS], async () => {
      const connection = await openRawRequest(
        book,
        'POST /commands/register-source HTTP/1.1',
        'content-type: application/json',
        'content-length: 1000',
        authorize('recorder'),
      );
      connection.socket.write('{"source":');
      await connection.closed;
      expect(connection.text()).toMatch(/^HTTP\/1\.1 408 [^]*"code":"request-timeout"/);
    });
  });

  it('does not keep the connection of a request that was refused', async () => {
    await shortenTimers([BODY_TIMEOUT_MS], async () => {
      const connection = await openRawRequest(
        book,
        'POST /commands/register-source HTTP/1.1',
        'content-type: application/json',
        'content-length: 1000',
      );
      await connection.closed;
      expect(connection.text()).toMatch(/^HTTP\/1\.1 401 /);
    });
  });

  it('ends an import with a result that says why', async () => {
    await shortenTimers([IDLE_CHECK_INTERVAL_MS], async () => {
      const connection = await openRawRequest(
        book,
        'POST /commands HTTP/1.1',
        'content-type: application/x-ndjson',
        'transfer-encoding: chunked',
        authorize('recorder'),
      );
      const line = '{"command":"register-source","data":{"source":"idle","title":"A report"}}\n';
      connection.socket.write(`${line.length.toString(16)}\r\n${line}\r\n`);
      await connection.received(/"status":408,"code":"request-timeout"/);
      expect(connection.text()).toMatch(/"line":1,"status":201/);
      connection.socket.destroy();
    });
  });
});

describe('an export that is imported and does not arrive', () => {
  itEmbedded(
    'a cluster imports no export',
    'ends with a result that says why, and commands are recorded again',
    async () => {
      const empty = await startTestServer();
      await shortenTimers([IDLE_CHECK_INTERVAL_MS], async () => {
        const connection = await openRawRequest(
          empty,
          'POST /commands HTTP/1.1',
          'content-type: application/x-ndjson',
          'transfer-encoding: chunked',
          `authorization: Bearer ${empty.getKey()}`,
        );
        const line = '{"entries":1000,"export":"minutebook","key":null,"root":null,"v":1}\n';
        connection.socket.write(`${line.length.toString(16)}\r\n${line}\r\n`);
        await connection.received(/"status":408,"code":"request-timeout"/);
        connection.socket.destroy();
      });
      await empty.recordCommands(['register-source', { source: 'after-the-import', title: 'A report' }]);
    },
  );
});

describe('a client that does not read', () => {
  beforeAll(async () => {
    for (let n = 0; n < 20; n++)
      await book.sendLines(
        Array.from({ length: 16 }, (_, m) => ({
          command: 'register-source',
          data: { source: `slow-${n}-${m}`, title: 'A report', note: 'n'.repeat(60_000) },
        })),
      );
  });

  it.each([
    ['a feed', 'GET /events?after=0 HTTP/1.1', 'accept: text/event-stream'],
    ['an export', 'GET /events HTTP/1.1', 'accept: application/x-ndjson'],
  ])('is disconnected from %s after a time, until which the server holds one chunk', async (_, ...head) => {
    await shortenTimers([WRITE_TIMEOUT_MS], async () => {
      const before = new Set(sockets);
      const connection = await openRawRequest(book, ...head);
      connection.socket.pause();
      let held = 0;
      const isServed = () => [...sockets].some((socket) => !before.has(socket) && !socket.destroyed);
      for (let turn = 0; turn < 20 || isServed(); turn++) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        held = Math.max(held, ...[...sockets].map(({ writableLength }) => writableLength));
      }
      expect(held).toBeGreaterThan(0);
      expect(held).toBeLessThan(1024 * 1024);
      connection.socket.destroy();
    });
  });
});

describe('what is no request', () => {
  it.each<[string, string, number, string]>([
    ['no HTTP', 'good morning\r\n\r\n', 400, 'malformed-request'],
    [
      'headers of more than 16 KiB',
      `GET / HTTP/1.1\r\nhost: book\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers-too-large',
    ],
  ])('is answered with a problem: %s', async (_, bytes, status, code) => {
    const connection = await openRawRequest(book);
    connection.socket.write(bytes);
    await connection.closed;
    expect(connection.text()).toMatch(
      new RegExp(`^HTTP/1\\.1 ${status} [^]*content-type: application/problem\\+json[^]*"code":"${code}"`),
    );
  });
});

test('the server accepts a limited number of connections', () => {
  const server = book.server.app.getHttpServer() as Server;
  expect(server.maxConnections).toBe(4_096);
});
