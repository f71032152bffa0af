// All read models of a large book are folded anew, again and again, while clients read and write; and the server is
// killed in the middle of it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateBook } from '../../bench/generated-book.js';
import { itEmbedded } from '../support/ledger-environment.js';
import { Archive, isUnderWay, type Statuses } from './support/large-book-server.js';

/** How many entries the book has: 10,000, or as many as MINUTEBOOK_ENTRIES says. */
const ENTRIES = Number(process.env['MINUTEBOOK_ENTRIES'] || 10_000);
const MADE_HERE = 'its large book is written without a server';
const TIME = 120_000 + ENTRIES * 20;

const directory = mkdtempSync(join(tmpdir(), 'minutebook-rebuilds-'));
let archive: Archive;

/** Answers that are true for ever, of every kind: an address is asked once in the life of a server. */
const addresses = [
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
let expected: readonly string[];

beforeAll(async () => {
  generateBook(directory, ENTRIES);
  archive = await Archive.open(directory);
  await archive.until((statuses) => statuses.every(({ status, lag }) => status === 'live' && lag === 0));
  expected = await archive.bodies(addresses);
  await archive.process.kill();
}, TIME);
afterEach(() => archive.process.kill());
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const generationsOf = (statuses: Statuses) =>
  Object.fromEntries(statuses.map(({ name, generation }) => [name, generation ?? 0]));

itEmbedded(
  MADE_HERE,
  'reads and commands are answered all along, from the files that are there',
  async () => {
    archive = await Archive.open(directory);
    const before = generationsOf(await archive.statuses());
    const started = await archive.rebuildAll();
    expect(started.map(({ status }) => status)).toEqual(started.map(() => 202));
    for (const { body } of started) expect(body.progress).toMatchObject({ of: ENTRIES });

    // What is asked while it runs is answered while it runs.
    let answered = 0;
    const done = new Set<number>();
    for (const [n, address] of addresses.entries()) {
      expect(await archive.read(address)).toBe(expected[n]);
      if (n % 8 === 0) {
        const name = `Renamed after ${n} answers`;
        const entry = await archive.command('rename-organization', {
          organization: 'o3',
          name,
          effective: '2020-01-01',
        });
        expect(await archive.read('/organizations/o3', entry)).toContain(name);
      }
      const left = (await archive.statuses()).filter(
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

    const after = await archive.until((statuses) => !statuses.some(isUnderWay));
    for (const { name, generation, lag } of after)
      expect([name, generation, lag]).toEqual([name, (before[name] ?? 0) + 1, 0]);
    expect(archive.databases()).toHaveLength(after.length);
    expect(await archive.bodies(addresses)).toEqual(expected);
  },
  TIME,
);

/** Moments of a rebuild, each told by the one who waits for it. */
const moments: readonly (readonly [string, (old: Statuses) => Promise<unknown>])[] = [
  ['as it begins', () => Promise.resolve()],
  [
    'in the middle',
    () =>
      archive.until((statuses) =>
        statuses.some(({ progress }) => progress && progress.done > progress.of / 2),
      ),
  ],
  [
    'when a file is complete that does not serve yet',
    async (old) => {
      while (!old.some((status) => archive.hasCompleted(status))) await sleep(1);
    },
  ],
  [
    'when some serve the new file and others the old',
    (old) =>
      archive.until((statuses) => statuses.some(({ generation }, n) => generation !== old[n]?.generation)),
  ],
  [
    'when the last one serves the new file',
    (old) =>
      archive.until((statuses) => statuses.every(({ generation }, n) => generation !== old[n]?.generation)),
  ],
];

for (const [when, moment] of moments)
  itEmbedded(
    MADE_HERE,
    `after a kill ${when} the next start answers at once, from complete files`,
    async () => {
      archive = await Archive.open(directory);
      const old = await archive.until((statuses) => statuses.every(({ lag }) => lag === 0));
      const entry = await archive.command('rename-organization', {
        organization: 'o4',
        name: `Renamed before ${moments.findIndex(([, each]) => each === moment)}`,
        effective: '2020-01-01',
      });
      const renamed = await archive.read('/organizations/o4', entry);
      await archive.rebuildAll();
      await moment(old);
      await archive.process.kill();

      archive = await Archive.open(directory);
      const statuses = await archive.statuses();
      for (const [n, { name, status, generation, parked }] of statuses.entries()) {
        expect([name, status, parked]).toEqual([name, 'live', []]);
        expect(generation).toBeGreaterThanOrEqual(old[n]?.generation ?? 0);
      }
      expect(await archive.read('/organizations/o4', entry)).toBe(renamed);
      expect(await archive.bodies(addresses)).toEqual(expected);
    },
    TIME,
  );
