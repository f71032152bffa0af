import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';

/** What was written to the standard output while it was captured. */
const output: string[] = [];
const write = process.stdout.write.bind(process.stdout);
const capture = (): void => {
  process.stdout.write = (text: string | Uint8Array) => {
    output.push(String(text));
    return true;
  };
};
const release = (): void => {
  process.stdout.write = write;
};
afterAll(async () => {
  release();
  await cleanUp();
});

/** Runs requests, and returns what the server wrote about them. */
async function readLog(run: () => Promise<unknown>): Promise<string> {
  const start = output.length;
  capture();
  try {
    await run();
    await nextTurn(); // the line is written after the answer
    return output.slice(start).join('');
  } finally {
    release();
  }
}

type LogLine = { readonly requestId?: string; readonly correlationId?: string };

const parseLines = (log: string): readonly LogLine[] =>
  log
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as LogLine);

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

describe('LOG_FORMAT=json', () => {
  let book: TestServer;
  beforeAll(async () => {
    book = await startTestServer({ LOG_FORMAT: 'json', LOG_LEVEL: 'log' });
  });

  it('has one line for each request, with the route and never the query', async () => {
    const log = await readLog(() => book.get('/organizations/csto/members?on=2000-01-01'));
    expect(parseLines(log)).toEqual([
      {
        level: 'log',
        pid: process.pid,
        timestamp: expect.any(Number),
        message: 'GET /organizations/:organization/members: 404',
        context: 'http',
        method: 'GET',
        route: '/organizations/:organization/members',
        path: '/organizations/csto/members',
        status: 404,
        ms: expect.any(Number),
        principal: null,
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    ]);
  });

  it('names the ids of proxy and trace, which the answer and the recorded event have, too', async () => {
    const headers = { 'x-request-id': 'proxy-17', traceparent: `00-${TRACE_ID}-b7ad6b7169203331-01` };
    let requestId: string | null = null;
    const log = await readLog(async () => {
      const answer = await book.sendCommand('register-source', { source: 'a', title: 'A' }, { headers });
      requestId = answer.headers.get('x-request-id');
    });
    expect(requestId).toBe('proxy-17');
    expect(parseLines(log)).toMatchObject([
      { status: 201, principal: 'admin', requestId: 'proxy-17', correlationId: TRACE_ID },
    ]);
    const { json } = await book.get('/events?stream=source-a');
    expect(json.items[0].metadata.correlationId).toBe(TRACE_ID);
  });

  it.each([
    ['a trace id of zeros', { traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` }],
    ['a request id with a space', { 'x-request-id': 'a b' }],
  ])('takes over no %s', async (_, headers) => {
    const [line] = parseLines(await readLog(() => book.get('/sources', headers)));
    expect(line?.correlationId).toBe(line?.requestId);
    expect(line?.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('warns of keys that are refused, and holds no credential, wherever it was sent', async () => {
    const key = book.getKey();
    const log = await readLog(async () => {
      await book.get('/sources', { authorization: 'Bearer mb_nobodyknowsthiskey' });
      await book.get(`/${key}/x?key=${key}`, { cookie: `session=${key}` });
      await book.get(`/${'x'.repeat(4_000)}`);
      await book.send('/projections/membership/rebuild', '', { apiKey: book.getKey('reader') });
    });
    expect(log).not.toContain(key.slice(3, 20));
    expect(log).not.toContain('nobodyknows');
    expect(log).not.toContain('x'.repeat(201));
    expect(parseLines(log)).toMatchObject([
      { level: 'warn', status: 401, principal: null, address: '127.0.0.1' },
      { level: 'log', status: 404, route: null, path: '/[redacted]/x' },
      { level: 'log', status: 404 },
      { level: 'warn', status: 403, principal: 'reader', address: '127.0.0.1' },
    ]);
  });
});

it('a text log warns of refused keys, has other requests at the level debug only, and no colors', async () => {
  for (const [level, count] of [
    ['log', 1],
    ['debug', 2],
  ] as const) {
    const book = await startTestServer({ LOG_LEVEL: level });
    const log = await readLog(async () => {
      await book.get('/sources');
      await book.get('/sources', { authorization: 'Bearer none' });
    });
    const lines = log.split('\n').filter((line) => line.includes('GET /sources'));
    expect(lines).toHaveLength(count);
    expect(lines.at(-1)).toMatch(/WARN \[http\] GET \/sources: 401/);
    expect(log).not.toContain('\u001b[');
  }
});
