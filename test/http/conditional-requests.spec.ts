import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cstoCommands } from '../support/csto-commands.js';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(...cstoCommands);
});
afterAll(cleanUp);

// A read model, a list of events, a stream and a proof: two ways of answering.
describe.each(['/organizations', '/events', '/streams/organization-csto', '/timemap/organizations'])(
  'a GET of %s',
  (path) => {
    it.each([
      ['if-none-match', (etag: string) => etag, 304],
      ['if-none-match', (etag: string) => `W/${etag}`, 304],
      ['if-none-match', (etag: string) => `"a,b" , ${etag}`, 304],
      ['if-none-match', () => '*', 304],
      ['if-none-match', () => '"other"', 200],
      ['if-none-match', (etag: string) => `"${etag.slice(1, -1)}x"`, 200],
      ['if-none-match', (etag: string) => etag.slice(1, -1), 200],
      ['if-match', (etag: string) => etag, 200],
      ['if-match', (etag: string) => `"other", ${etag}`, 200],
      ['if-match', () => '*', 200],
      ['if-match', () => '"other"', 412],
      ['if-match', (etag: string) => `W/${etag}`, 412],
    ] as const)('with %s %s gives %i', async (name, format, status) => {
      const etag = (await book.get(path)).headers.get('etag') ?? '';
      const answer = await book.get(path, { [name]: format(etag) });
      expect(answer.status).toBe(status);
      if (status === 412) expect(answer.json.code).toBe('precondition-failed');
      else expect(answer.headers.get('etag')).toBe(etag);
      if (status === 304) expect(answer.text).toBe('');
    });
  },
);

it('no answer over plain HTTP binds the host to HTTPS', async () => {
  for (const path of ['/organizations', '/nowhere', '/docs', '/health/live', '/organizations/%E9'])
    expect([path, (await book.get(path)).headers.get('strict-transport-security')]).toEqual([path, null]);
});
