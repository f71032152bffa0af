// All read models of a large book are rebuilt repeatedly while clients read and write, and the server is killed during a
// rebuild.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateBook } from '../../bench/generated-book.js';
import { itEmbedded } from '../support/embedded-or-cluster.js';
import { LargeBookServer, isUnderWay, type Statuses } from './support/large-book-server.js';

/** The number of entries of the ledger: MINUTEBOOK_ENTRIES, by default 10,000. */
const ENTRIES = Number(process.env['MINUTEBOOK_ENTRIES'] || 10_000);
const EMBEDDED_ONLY_REASON = 'its large book is written without a server';
const TIMEOUT_MS = 120_000 + ENTRIES * 20;

const directory = mkdtempSync(join(tmpdir(), 'minutebook-rebuilds-'));
let server: LargeBookServer;

/** Routes with answers that never change, of every kind. Each is requested once per server process. */
const paths = [
  ...Array.from({ length: 60 }, (_, n) => `/organizations/o${8 + n}/members?on=1971-05-31`),
  ...Array.from({ length: 60 }, (_, n) => `/organizations/o${8 + n}/membership-history?`),
  ...Array.from({ length: 60 }, (_, n) => `/organizations/o${n}?`),
  ...Array.from({ length: 40 }, (_, n) => `/statements?meeting=m0&limit=${n + 1}`),
  ...Array.from({ length: 40 }, (_, n) => `/organizations?limit=${n + 1}`),
  ...[
    '/statements?q=observatory',
    '/meetings?',
    '/meetings/upcoming?from=2011-01-01',
    '/topics?',
    '/sources?',
  ],
].map((address) => `${address}${address.endsWith('?') ? '' : '&'}asOf=${ENTRIES}`);
let expectedBodies: readonly string[];

beforeAll(async () => {
  generateBook(directory, ENTRIES);
  server = await LargeBookServer.open(directory);
  await server.waitUntil((statuses) => statuses.every(({ status, lag }) => status === 'live' && lag === 0));
  expectedBodies = await server.readBodies(paths);
  await server.process.kill();
}, TIMEOUT_MS);
afterEach(() => server.process.kill());
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const getGenerations = (statuses: Statuses) =>
  Object.fromEntries(statuses.map(({ name, generation }) => [name, generation ?? 0]));

itEmbedded(
  EMBEDDED_ONLY_REASON,
  'reads and commands are answered throughout, from the current generation',
  async () => {
    server = await LargeBookServer.open(directory);
    const before = getGenerations(await server.readStatuses());
    const started = await server.rebuildAll();
    expect(started.map(({ status }) => status)).toEqual(started.map(() => 202));
    for (const { body } of started) expect(body.progress).toMatchObject({ of: ENTRIES });

    // Reads and commands are answered while the rebuild runs.
    let answered = 0;
    const done = new Set<number>();
    for (const [n, address] of paths.entries()) {
      expect(await server.read(address)).toBe(expectedBodies[n]);
      if (n % 8 === 0) {
        const name = `Renamed after ${n} answers`;
        const entry = await server.postCommand('rename-organization', {
          organization: 'o3',
          name,
          effective: '2020-01-01',
        });
        expect(await server.read('/organizations/o3', entry)).toContain(name);
      }
      const left = (await server.readStatuses()).filter(
        (status) => isUnderWay(status) && status.generation === before[status.name],
      );
      if (left.length === 0) break;
      for (const { status, progress } of left) {
        expect(status).toBe('live');
        done.add(progress?.done ?? 0);
      }
      answered = n + 1;
    }
    expect(answered).toBeGreaterThan(8);
    expect(done.size).toBeGreaterThan(2);

    const after = await server.waitUntil((statuses) => !statuses.some(isUnderWay));
    for (const { name, generation, lag } of after)
      expect([name, generation, lag]).toEqual([name, (before[name] ?? 0) + 1, 0]);
    expect(server.listDatabases()).toHaveLength(after.length);
    expect(await server.readBodies(paths)).toEqual(expectedBodies);
  },
  TIMEOUT_MS,
);

/** Moments of a rebuild at which the server is killed, each with the wait for it. */
const killMoments: readonly (readonly [string, (old: Statuses) => Promise<unknown>])[] = [
  ['at its start', () => Promise.resolve()],
  [
    'in the middle',
    () =>
      server.waitUntil((statuses) =>
        statuses.some(({ progress }) => progress && progress.done > progress.of / 2),
      ),
  ],
  [
    'when a complete generation does not serve yet',
    async (old) => {
      while (!old.some((status) => server.hasCompleted(status))) await sleep(1);
    },
  ],
  [
    'when some read models serve the new generation and others the old',
    (old) =>
      server.waitUntil((statuses) => statuses.some(({ generation }, n) => generation !== old[n]?.generation)),
  ],
  [
    'when the last one serves the new generation',
    (old) =>
      server.waitUntil((statuses) =>
        statuses.every(({ generation }, n) => generation !== old[n]?.generation),
      ),
  ],
];

for (const [when, moment] of killMoments)
  itEmbedded(
    EMBEDDED_ONLY_REASON,
    `after a kill ${when} the next start answers at once, from complete files`,
    async () => {
      server = await LargeBookServer.open(directory);
      const old = await server.waitUntil((statuses) => statuses.every(({ lag }) => lag === 0));
      const entry = await server.postCommand('rename-organization', {
        organization: 'o4',
        name: `Renamed before ${killMoments.findIndex(([, each]) => each === moment)}`,
        effective: '2020-01-01',
      });
      const renamed = await server.read('/organizations/o4', entry);
      await server.rebuildAll();
      await moment(old);
      await server.process.kill();

      server = await LargeBookServer.open(directory);
      const statuses = await server.readStatuses();
      for (const [n, { name, status, generation, parked }] of statuses.entries()) {
        expect([name, status, parked]).toEqual([name, 'live', []]);
        expect(generation).toBeGreaterThanOrEqual(old[n]?.generation ?? 0);
      }
      expect(await server.read('/organizations/o4', entry)).toBe(renamed);
      expect(await server.readBodies(paths)).toEqual(expectedBodies);
    },
    TIMEOUT_MS,
  );
