// The longest pause of GET /health/live while a hostile client sends what costs a server most.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { BookServerProcess, Fixtures } from './fixtures.js';
import { compareFigures, runInterleaved, type Benchmark } from './benchmark.js';
import type { ResponseTimeProbeOptions } from './response-time-probe.worker.js';

const ROUNDS = 3;
/** How long one round of a row takes, and how often the server is probed meanwhile. */
const ROUND_MS = 2_000;
const PROBE_INTERVAL_MS = 2;

const SOURCES = 20_000;
const LARGE_PEOPLE = 64;
const STATEMENTS = 2_000;
const IDENTIFIERS = 400;

type Line = { readonly command: string; readonly data: object };

const createSource = (source: string): Line => ({
  command: 'register-source',
  data: { source, title: 'A report' },
});
/** About 400 KB. */
const createLargePerson = (person: string): Line => ({
  command: 'register-person',
  data: {
    person,
    name: 'Jane Doe',
    identifiers: Object.fromEntries(
      Array.from({ length: IDENTIFIERS }, (_, n) => [`scheme-${n}`, 'x'.repeat(1_000)]),
    ),
  },
});
const createStatement = (n: number): Line => ({
  command: 'record-statement',
  data: {
    meeting: 'long',
    statement: `s-${n}`,
    nameAsPrinted: 'Ms Doe',
    form: 'verbatim',
    text: `Statement ${n}`,
    language: 'en',
  },
});
const BOOK: readonly Line[] = [
  { command: 'register-organization', data: { organization: 'o', name: 'O', classification: 'state' } },
  {
    command: 'schedule-meeting',
    data: { meeting: 'long', title: 'Long', convenedBy: 'o', scheduledFor: '2011-05-31' },
  },
  { command: 'open-meeting', data: { meeting: 'long', at: '2011-05-31' } },
  ...Array.from({ length: STATEMENTS }, (_, n) => createStatement(n)),
  ...Array.from({ length: SOURCES }, (_, n) => createSource(`s-${n}`)),
  ...Array.from({ length: LARGE_PEOPLE }, (_, n) => createLargePerson(`p-${n}`)),
];

/** Sends bytes on a connection of its own, and discards the answer. Resolves when the connection is closed. */
class HostileClient {
  readonly #sockets: Socket[] = [];

  constructor(
    private readonly url: URL,
    readonly authorization: string,
  ) {}

  send(bytes: string | Buffer, { reads = true, hangsUp = false } = {}): void {
    const socket = connect(Number(this.url.port), this.url.hostname);
    socket.on('error', () => undefined);
    socket.write(bytes, () => {
      if (hangsUp) socket.destroy();
    });
    if (reads) socket.resume();
    this.#sockets.push(socket);
  }

  get(address: string, options: { reads?: boolean; hangsUp?: boolean; accept?: string } = {}): void {
    const accept = options.accept ?? 'application/json';
    this.send(`GET ${address} HTTP/1.1\r\nhost: x\r\naccept: ${accept}\r\n\r\n`, options);
  }

  post(address: string, body: string, type = 'application/json'): void {
    const head = [
      `POST ${address} HTTP/1.1`,
      'host: x',
      `authorization: ${this.authorization}`,
      `content-type: ${type}`,
      `content-length: ${Buffer.byteLength(body)}`,
    ];
    this.send(Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`));
  }

  close(): void {
    for (const socket of this.#sockets.splice(0)) socket.destroy();
  }
}

type HostileRequest = { readonly row: string; readonly send: (client: HostileClient) => void };

const repeat = (times: number, act: (n: number) => void): void => {
  for (let n = 0; n < times; n++) act(n);
};
const toLines = (lines: readonly unknown[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('');

const LONG_NUMBER = `{"source":"s","title":"t","n":1.${'0'.repeat(500_000)}1}`;
const UNKNOWN_FIELDS = JSON.stringify(
  Object.fromEntries(Array.from({ length: 45_000 }, (_, n) => [`f${n}`, 1])),
);
const EMPTY_MEMBERS = `{"source":"s","title":"t","sources":[${'{},'.repeat(170_000)}{}]}`;
const FRACTIONS = `{"source":"s","title":"t","note":[${'0.5,'.repeat(120_000)}0.5]}`;
const MARKS = JSON.stringify({
  organization: 'marks',
  name: `a${'\u0301'.repeat(120_000)}${'\u0323'.repeat(120_000)}`,
  classification: 'state',
});
const REFUSED_LINES = toLines(
  Array.from({ length: 20_000 }, () => ({ command: 'register-source', data: {} })),
);
const CORRECTIONS = toLines(
  Array.from({ length: 50 }, (_, n) => ({
    command: 'retract-fact',
    data: { fact: `meeting-long@${10 + n}`, reason: 'A test' },
  })),
);
const STALLED_HEAD =
  'POST /commands/register-source HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 524288\r\n\r\n';
const STALLED_BODY = Buffer.from(STALLED_HEAD + ' '.repeat(100_000));

const HOSTILE_REQUESTS: readonly HostileRequest[] = [
  {
    row: 'a number of 500,000 digits',
    send: (client) => client.post('/commands/register-source', LONG_NUMBER),
  },
  {
    row: '45,000 unknown fields',
    send: (client) => client.post('/commands/register-source', UNKNOWN_FIELDS),
  },
  {
    row: '170,000 members of a list',
    send: (client) => client.post('/commands/register-source', EMPTY_MEMBERS),
  },
  { row: '120,000 fractions', send: (client) => client.post('/commands/register-source', FRACTIONS) },
  { row: '240,000 combining marks', send: (client) => client.post('/commands/register-organization', MARKS) },
  {
    row: '100 searches of events, abandoned',
    send: (client) => repeat(100, () => client.get('/events?type=Nothing', { hangsUp: true })),
  },
  {
    row: '300 list queries, abandoned',
    send: (client) =>
      repeat(300, (n) => client.get(`/statements?limit=1000&q=statement&lang=en-a${n}`, { hangsUp: true })),
  },
  {
    row: '500 bodies without a key, stalled',
    send: (client) => repeat(500, () => client.send(STALLED_BODY)),
  },
  {
    row: '20,000 refused lines',
    send: (client) => client.post('/commands', REFUSED_LINES, 'application/x-ndjson'),
  },
  {
    row: `50 retractions in a meeting of ${STATEMENTS}`,
    send: (client) => client.post('/commands', CORRECTIONS, 'application/x-ndjson'),
  },
  {
    row: '8 pages of large events at once',
    send: (client) => repeat(8, (n) => client.get(`/events?after=${SOURCES + STATEMENTS + n}&limit=1000`)),
  },
  {
    row: '8 pages of large items at once',
    send: (client) => repeat(8, (n) => client.get(`/people?limit=${1_000 - n}`)),
  },
  {
    row: '200 feeds that do not read',
    send: (client) =>
      repeat(200, () => client.get('/events?after=0', { accept: 'text/event-stream', reads: false })),
  },
  {
    row: '4 exports at once',
    send: (client) => repeat(4, () => client.get('/events', { accept: 'application/x-ndjson' })),
  },
];

/** The longest time that an answer of GET /health/live took, in milliseconds, until the round is over. */
async function measureLongestPause(server: BookServerProcess, request?: HostileRequest): Promise<number> {
  const client = new HostileClient(new URL(server.url), server.authorization);
  const probe: ResponseTimeProbeOptions = {
    address: `${server.url}/health/live`,
    durationMs: ROUND_MS,
    intervalMs: PROBE_INTERVAL_MS,
  };
  const worker = new Worker(new URL('./response-time-probe.worker.js', import.meta.url), {
    workerData: probe,
  });
  await once(worker, 'message'); // it is ready
  request?.send(client);
  const [longest] = (await once(worker, 'message')) as [number];
  client.close();
  await sleep(ROUND_MS / 4); // what the request left behind is not to count for the next one
  return longest;
}

async function fillBook(fixtures: Fixtures): Promise<BookServerProcess> {
  const server = await fixtures.startBookServer(fixtures.makeDirectory());
  const answer = await fetch(`${server.url}/commands`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', authorization: server.authorization },
    body: toLines(BOOK),
  });
  const results = (await answer.text()).trimEnd().split('\n');
  const refused = results.find((result) => !result.includes('"status":201'));
  if (refused !== undefined) throw new Error(`The book was not filled: ${refused}`);
  while ((await server.statuses()).some(({ lag }) => lag > 0)) await sleep(ROUND_MS / 20);
  return server;
}

export const hostileRequestBenchmarks: readonly Benchmark[] = [
  {
    name: 'hostile',
    async measure(fixtures) {
      const server = await fillBook(fixtures);
      const measurements = [];
      for (const request of HOSTILE_REQUESTS) {
        const { hostile, alone } = await runInterleaved(ROUNDS, {
          hostile: () => measureLongestPause(server, request),
          alone: () => measureLongestPause(server),
        });
        measurements.push(
          compareFigures(
            {
              row: `longest pause: ${request.row}`,
              unit: 'ms',
              reference: 'longest pause of /health/live without it',
              aim: { atMostMore: 50 },
            },
            hostile,
            alone,
          ),
        );
      }
      await server.stop();
      return measurements;
    },
  },
];
