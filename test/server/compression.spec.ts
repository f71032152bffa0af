import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { cstoCommands } from '../support/csto-commands.js';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';

/** Larger than what is compressed at once. */
const LARGE = '/events?limit=1000';
const decompressors = { gzip: gunzipSync, br: brotliDecompressSync };

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(...cstoCommands);
  await book.sendLines(
    Array.from({ length: 30 }, (_, n) => ({
      command: 'register-source',
      data: { source: `s-${n}`, title: `Report ${n}`, note: 'A note of some length. '.repeat(50) },
    })),
  );
});
afterAll(cleanUp);

/** The answer as its bytes: fetch would decompress it. */
async function getBytes(path: string, headers: Record<string, string>) {
  const [response] = (await once(get(`${book.url}${path}`, { headers }), 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, bytes: await buffer(response) };
}

describe.each(['gzip', 'br'] as const)('an answer to a client that accepts %s', (coding) => {
  it.each([LARGE, '/sources', '/openapi.json', '/docs', '/commands', '/problems'])(
    'has the same content, in that coding: %s',
    async (path) => {
      const plain = await book.get(path);
      const { status, headers, bytes } = await getBytes(path, { 'accept-encoding': coding });
      expect([status, headers['content-encoding']]).toEqual([200, coding]);
      expect(decompressors[coding](bytes).toString()).toBe(plain.text);
      expect(headers.vary).toMatch(/Accept-Encoding/i);
      expect(plain.headers.get('vary')).toMatch(/Accept-Encoding/i);
      expect(bytes.length).toBeLessThan(plain.text.length);
    },
  );

  it.each(['/sources', '/openapi.json', LARGE])(
    'has an ETag of its own, with which If-None-Match and If-Match work: %s',
    async (path) => {
      const plain = (await book.get(path)).headers.get('etag') ?? '';
      const accept = { 'accept-encoding': coding };
      const etag = (await getBytes(path, accept)).headers.etag ?? '';
      expect(etag).toBe(`${plain.slice(0, -1)}-${coding}"`);
      const again = await getBytes(path, { ...accept, 'if-none-match': etag });
      expect([again.status, again.headers.etag, again.bytes.length]).toEqual([304, etag, 0]);
      expect(again.headers.vary).toMatch(/Accept-Encoding/i);
      expect((await getBytes(path, { ...accept, 'if-match': etag })).status).toBe(200);
      expect((await getBytes(path, { ...accept, 'if-match': '"other"' })).status).toBe(412);
      // What has this tag is of no use to a client that does not accept the coding.
      expect((await book.get(path, { 'if-none-match': etag })).status).toBe(200);
    },
  );
});

it('of several codings that a client accepts equally, brotli is chosen', async () => {
  const { headers } = await getBytes(LARGE, { 'accept-encoding': 'gzip, deflate, br' });
  expect(headers['content-encoding']).toBe('br');
});

it('what is verified byte for byte, and what is small, is sent as it is', async () => {
  const tile = `/tile/entries/000.p/${book.headEntry}`;
  for (const path of [tile, '/checkpoint', '/checkpoint/key', '/metrics', '/sources?limit=1']) {
    const { status, headers } = await getBytes(path, { 'accept-encoding': 'gzip, br' });
    expect([path, status, headers['content-encoding']]).toEqual([path, 200, undefined]);
  }
  expect((await getBytes(tile, {})).bytes.length).toBeGreaterThan(1_024);
});

it('an event stream and an export are sent as they are', async () => {
  for (const accept of ['text/event-stream', 'application/x-ndjson']) {
    const request = get(`${book.url}/events`, { headers: { accept, 'accept-encoding': 'gzip, br' } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect([accept, response.headers['content-encoding']]).toEqual([accept, undefined]);
    request.destroy();
  }
});
