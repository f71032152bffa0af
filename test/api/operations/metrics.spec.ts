import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { itEmbedded } from '../../support/embedded-or-cluster.js';
import { cleanUp, startTestServer, type TestServer } from '../../support/test-server.js';

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
});
afterAll(cleanUp);

/** The values by name and labels, as they stand in the text. */
const parseMetrics = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line): [string, number] => {
        const [, name = '', value] = /^(.*) (\S+)$/.exec(line) ?? [];
        return [name, Number(value)];
      }),
  );
const readMetrics = async () => parseMetrics((await book.get('/metrics')).text);

describe('GET /metrics', () => {
  it('is in the text format of Prometheus', async () => {
    const { status, headers, text } = await book.get('/metrics');
    expect([status, headers.get('content-type')]).toEqual([
      200,
      expect.stringMatching(/^text\/plain; version=0\.0\.4/),
    ]);
    expect(text).toMatch(/^# TYPE minutebook_ledger_head gauge$/m);
  });

  itEmbedded(
    'a node of a cluster has other entries',
    'has the head, what was appended, and every read model',
    async () => {
      await book.recordCommands(
        ['register-source', { source: 'a', title: 'A' }],
        ['register-source', { source: 'b', title: 'B' }],
      );
      const metrics = await readMetrics();
      expect(metrics.get('minutebook_ledger_head')).toBe(2);
      expect(metrics.get('minutebook_appended_events_total')).toBe(2);
      expect(metrics.get('minutebook_append_duration_seconds_count{outcome="appended"}')).toBe(2);
      expect(metrics.get('minutebook_ready{for="commands"}')).toBe(1);
      for (const { name } of book.server.node.readModels.statuses()) {
        expect(metrics.get(`minutebook_read_model_lag_entries{read_model="${name}"}`)).toBe(0);
        expect(metrics.get(`minutebook_read_model_live{read_model="${name}"}`)).toBe(1);
        expect(metrics.get(`minutebook_parked_streams{read_model="${name}"}`)).toBe(0);
      }
    },
  );

  it('counts requests by the template of their address, and event streams while they are open', async () => {
    await book.get('/organizations/csto');
    await book.get('/organizations/nato');
    await book.get('/nowhere');
    const abort = new AbortController();
    await fetch(`${book.url}/events`, { headers: { accept: 'text/event-stream' }, signal: abort.signal });
    const metrics = await readMetrics();
    const count = (labels: string) =>
      metrics.get(`minutebook_http_request_duration_seconds_count{${labels}}`);
    expect(count('method="GET",route="/organizations/:organization",status="404"')).toBe(2);
    expect(count('method="GET",route="none",status="404"')).toBe(1);
    expect(metrics.get('minutebook_open_event_streams')).toBe(1);
    abort.abort();
  });

  it('has the delay of the event loop and the memory of the process', async () => {
    const names = [...(await readMetrics()).keys()];
    expect(names).toContain('nodejs_eventloop_lag_p99_seconds');
    expect(names).toContain('process_resident_memory_bytes');
  });

  it('needs a key where reading does', async () => {
    const closed = await startTestServer({ READ_ACCESS: 'authenticated' });
    expect((await closed.get('/metrics')).status).toBe(401);
    const authorization = `Bearer ${closed.getKey('reader')}`;
    expect((await closed.get('/metrics', { authorization })).status).toBe(200);
  });
});
