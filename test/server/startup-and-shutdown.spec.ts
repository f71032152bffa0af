import { afterAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Configuration, ConfigurationError } from '../../src/node/configuration.js';
import { waitForFailedStart, type ServerProcess, startServerProcess } from '../support/server-process.js';
import { cleanUp, startTestServer, createTemporaryDirectory } from '../support/test-server.js';

const running: ServerProcess[] = [];
afterAll(async () => {
  for (const { child, exit } of running) {
    child.kill('SIGKILL');
    await exit;
  }
  await cleanUp();
});
const startRunning = async (environment: { readonly [name: string]: string }) => {
  const started = await startServerProcess(environment);
  running.push(started);
  return started;
};

describe('a start', () => {
  const file = join(createTemporaryDirectory(), 'file');
  writeFileSync(file, '');

  it.each([
    ['PORT', '70000'],
    ['PORT', 'http'],
    ['PORT', '-1'],
    ['LEDGER_PREFIX', 'Minute-Book'],
    ['READ_ACCESS', 'secret'],
    ['RATE_LIMIT', '1e3'],
    ['LOG_LEVEL', 'loud'],
  ])('fails with %s=%s', (name, value) => {
    const configure = () => new Configuration({ [name]: value });
    expect(configure).toThrow(ConfigurationError);
    expect(configure).toThrow(name);
    expect(configure).toThrow(value);
  });

  it('fails with another LEDGER, which is not shown, since it may contain a password', () => {
    const configure = () => new Configuration({ LEDGER: 'postgres://user:secret@localhost' });
    expect(configure).toThrow(ConfigurationError);
    expect(configure).toThrow(/^LEDGER must be sqlite, or esdb:[^@]+$/);
  });

  it('fails with one sentence that names the setting', async () => {
    const settings: [name: string, value: string][] = [
      ['READ_ACCESS', 'secret'],
      ['HOST', '192.0.2.1'], // an address for documentation, which no machine has
      ['DATA_DIR', file],
    ];
    const ends = await Promise.all(
      settings.map(([name, value]) =>
        waitForFailedStart({ DATA_DIR: createTemporaryDirectory(), [name]: value }),
      ),
    );
    for (const [index, [name, value]] of settings.entries()) {
      const { code, errors } = ends[index] ?? { code: undefined, errors: '' };
      expect([name, value, code]).toEqual([name, value, 1]);
      expect(errors.trim().split('\n')).toHaveLength(1); // no stack
      expect(errors).toContain(name === 'DATA_DIR' ? 'data directory' : name);
      expect(errors).toContain(value);
    }
  });

  it('with a new book is ready when it reports that it is open', async () => {
    const { url } = await startRunning({ DATA_DIR: createTemporaryDirectory() });
    const answers = await Promise.all(
      ['/health/ready', '/organizations', '/sources', '/events'].map((path) => fetch(`${url}${path}`)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it('fails while the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, errors } = await waitForFailedStart({
      DATA_DIR: createTemporaryDirectory(),
      PORT: String(port),
    });
    other.close();
    expect([code, errors.trim().split('\n').length]).toEqual([1, 1]);
    expect(errors).toMatch(new RegExp(`PORT ${port} is in use`));
  });

  it('fails while another process has locked the data directory, which continues to serve', async () => {
    const server = await startTestServer();
    const { code, errors } = await waitForFailedStart({ DATA_DIR: server.directory });
    expect(code).toBe(1);
    expect(errors).toContain(server.directory);
    expect(errors).toMatch(/in use/);
    expect((await server.get('/health/ready')).status).toBe(200);
  });
});

describe('a stop', () => {
  it('by SIGTERM turns readiness to 503 while the server still answers, and then closes the listener', async () => {
    const { child, url, exit } = await startRunning({ DATA_DIR: createTemporaryDirectory() });
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    child.kill('SIGTERM');
    const seen: unknown[] = [];
    for (;;) {
      const response = await fetch(`${url}/health/ready`).catch(() => undefined);
      if (!response) break; // no one listens any more
      const { status, reasons } = (await response.json()) as { status: string; reasons: string[] };
      if (response.status === 503) seen.push([status, reasons]);
      expect((await fetch(`${url}/sources`).catch(() => undefined))?.status ?? 200).toBe(200);
    }
    expect(seen.length).toBeGreaterThan(0);
    expect(seen).toEqual(seen.map(() => ['stopping', ['stopping']]));
    expect(await exit).toMatchObject({ code: 0, errors: '' });
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s answers pending requests, ends feeds, and exits with 0',
    async (signal) => {
      const directory = createTemporaryDirectory();
      const { child, url, exit } = await startRunning({ DATA_DIR: directory });
      const key = readFileSync(join(directory, 'admin.key'), 'utf8').trim();
      const idle = await fetch(`${url}/health/live`); // keeps a connection open
      await idle.text();
      const feed = await fetch(`${url}/events`, { headers: { accept: 'text/event-stream' } });
      const feedText = feed.text();

      // Half of a request has arrived when the signal is sent.
      const body = JSON.stringify({ source: 'last', title: 'The last word' });
      const sent = request(`${url}/commands/register-source`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          expect: '100-continue',
        },
      });
      sent.flushHeaders();
      await once(sent, 'continue');
      sent.write(body.slice(0, 10));
      const response = once(sent, 'response');
      child.kill(signal);
      expect(await feedText).toContain('retry:'); // the stop has begun
      sent.end(body.slice(10));
      const [answer] = (await response) as [IncomingMessage];
      expect(answer.statusCode).toBe(201);
      expect(answer.headers.connection).toBe('close');
      answer.resume();

      expect(await exit).toMatchObject({ code: 0, signal: null, errors: '' });
      const again = await startTestServer({ directory });
      expect((await again.get('/sources/last')).json.title).toBe('The last word');
    },
  );
});
