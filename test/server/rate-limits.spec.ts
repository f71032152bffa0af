import { afterAll, describe, expect, it } from '@jest/globals';
import { getClientAddress } from '../../src/api/shared/client-address.js';
import { Configuration, ConfigurationError } from '../../src/node/configuration.js';
import { cleanUp, startTestServer } from '../support/test-server.js';

afterAll(cleanUp);

const getStatuses = async (count: number, send: (n: number) => Promise<{ status: number }>) => {
  const statuses: number[] = [];
  for (let n = 0; n < count; n++) statuses.push((await send(n)).status);
  return statuses;
};

describe('RATE_LIMIT', () => {
  it('does not count health checks, nor what they are answered', async () => {
    const book = await startTestServer({ RATE_LIMIT: '3' });
    expect(await getStatuses(5, () => book.get('/organizations'))).toEqual([200, 200, 200, 429, 429]);
    expect(await getStatuses(5, () => book.get('/health/live'))).toEqual([200, 200, 200, 200, 200]);
    expect((await book.get('/health/ready')).status).toBe(200);
  });

  it('believes X-Forwarded-For of nobody by default', async () => {
    const book = await startTestServer({ RATE_LIMIT: '2' });
    const statuses = await getStatuses(3, (n) =>
      book.get('/organizations', { 'x-forwarded-for': `203.0.113.${n}` }),
    );
    expect(statuses).toEqual([200, 200, 429]);
  });

  it('counts each client of a trusted proxy by itself, and IPv6 clients by their network', async () => {
    const book = await startTestServer({ RATE_LIMIT: '2', TRUST_PROXY: '127.0.0.1' });
    const send = (address: string) => (n: number) =>
      book.get('/organizations', { 'x-forwarded-for': `198.51.100.9, ${address.replace('N', String(n))}` });
    expect(await getStatuses(3, send('203.0.113.N'))).toEqual([200, 200, 200]);
    expect(await getStatuses(3, send('2001:db8::N'))).toEqual([200, 200, 429]);
    expect(await getStatuses(1, send('2001:db8:0:1::N'))).toEqual([200]);
  });

  it('counts the lines of an import, and ends it at the first that is too many', async () => {
    const book = await startTestServer({ RATE_LIMIT: '10' });
    const lines = Array.from({ length: 12 }, (_, n) => ({
      command: 'register-source',
      data: { source: `s-${n}`, title: 'A report' },
    }));
    const { results } = await book.sendLines(lines);
    expect(results.map(({ line, status }) => [line, status])).toEqual([
      ...Array.from({ length: 10 }, (_, n) => [n + 1, 201]),
      [11, 429],
    ]);
    expect(results.at(-1)).toMatchObject({ code: 'rate-limited' });
    expect((await book.sendCommand('register-source', lines[0]?.data)).status).toBe(429);
  });
});

it('keys that are not valid are limited for each address, and valid ones are accepted all the same', async () => {
  const book = await startTestServer();
  const sendUnknown = () => book.get('/organizations', { authorization: 'Bearer none' });
  const statuses = await getStatuses(102, sendUnknown);
  expect([...new Set(statuses)]).toEqual([401, 429]);
  expect(statuses.filter((status) => status === 401)).toHaveLength(100);
  expect((await sendUnknown()).headers.get('retry-after')).toMatch(/^\d+$/);
  expect((await book.get('/organizations')).status).toBe(200);
  expect((await book.get('/organizations', { authorization: `Bearer ${book.getKey()}` })).status).toBe(200);
});

it.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::1', '0:0:0:0::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0DB8:0:2:3:4:5:6', '2001:db8:0:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('limits count the address %s as %s', (ip, address) => {
  expect(getClientAddress({ ip })).toBe(address);
});

it.each(['true', '*', '0.0.0.0/0', '::/0', '10.0.0.0/33', 'proxy', '10.0.0.1/'])(
  'no start with TRUST_PROXY=%s',
  (list) => {
    expect(() => new Configuration({ TRUST_PROXY: list })).toThrow(ConfigurationError);
  },
);
