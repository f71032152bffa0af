import { afterAll, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { cleanUp, startTestServer } from '../support/test-server.js';

afterAll(cleanUp);

/** How long load balancers keep an idle connection that do not read the header `Keep-Alive`, in milliseconds. */
const PROXY_IDLE_TIMEOUT_MS = 120_000;

it('keeps an idle connection for longer than it announces, so that no client sends into one that is being closed', async () => {
  const { url, server } = await startTestServer();
  const accepted = once(server.app.getHttpServer(), 'connection') as Promise<[Socket]>;
  const client = connect(Number(new URL(url).port), '127.0.0.1');
  const [connection] = await accepted;
  client.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const [answer] = (await once(client, 'data')) as [Buffer];
  const [, announced] = /^keep-alive: timeout=(\d+)/im.exec(answer.toString()) ?? [];
  client.destroy();
  const announcedMs = Number(announced) * 1_000;

  expect(announcedMs).toBeGreaterThan(0);
  expect(connection.timeout).toBeGreaterThanOrEqual(2 * announcedMs);
  expect(connection.timeout).toBeGreaterThan(PROXY_IDLE_TIMEOUT_MS);
});
