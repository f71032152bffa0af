// Reads from a server on the large book.
import { setTimeout as sleep } from 'node:timers/promises';
import type { BookServerProcess, Fixtures } from './fixtures.js';
import { LONG_MEETING_STATEMENT_COUNT, ORGANIZATION } from './generated-book.js';
import { type LoadResult, runLoad } from './http-load.js';
import { compareFigures, runInterleaved, type Benchmark } from './benchmark.js';
import { MEETING } from './workload.js';

const ROUNDS = 4;
const SECONDS = 2;
const REBUILD_SECONDS = 3;
const MEMBERS_PATH = `/organizations/${ORGANIZATION}/members`;
const MEMBERS_ON_DAY_PATH = `${MEMBERS_PATH}?on=2011-05-31`;
/** Statements of one page. */
const PAGE_SIZE = 500;
const SEARCH_PATH = '/statements?q=observatory';
const POINT_READ_REFERENCE = 'NestJS + Fastify, one point read, same bytes';

const measureReads = async (server: { readonly url: string }, path: string): Promise<number> =>
  (await runLoad(SECONDS, { url: `${server.url}${path}` })).perSecond;

let day = 0;

/** Adds another day to each request, so that no answer is cached. */
const addDistinctDay = (path: string): string =>
  `${path}${path.includes('?') ? '&' : '?'}on=${new Date(Date.UTC(1950, 1, 1 + (day++ % 1_000_000))).toISOString().slice(0, 10)}`;

/** Follows the pages of a meeting with thousands of statements; pages per second. */
async function measurePages({ url }: { readonly url: string }): Promise<number> {
  const startedAt = performance.now();
  let pages = 0;
  let next: string | null = addDistinctDay(`/statements?meeting=${MEETING}&limit=${PAGE_SIZE}`);
  while (next !== null) {
    const answer = await fetch(`${url}${next}`);
    ({ next } = (await answer.json()) as { next: string | null });
    pages++;
  }
  if (pages !== LONG_MEETING_STATEMENT_COUNT / PAGE_SIZE)
    throw new Error(`The long meeting has ${pages} pages.`);
  return (pages * 1000) / (performance.now() - startedAt);
}

/** So many responses of the same bytes, one after the other. */
async function measureRepeatedReads(url: string): Promise<number> {
  const startedAt = performance.now();
  for (let n = 0; n < LONG_MEETING_STATEMENT_COUNT / PAGE_SIZE; n++) await (await fetch(url)).json();
  return ((LONG_MEETING_STATEMENT_COUNT / PAGE_SIZE) * 1000) / (performance.now() - startedAt);
}

async function measureDistinctReads({ url }: { readonly url: string }, path = MEMBERS_PATH): Promise<number> {
  const requests = [{ setupRequest: (request: object) => ({ ...request, path: addDistinctDay(path) }) }];
  return (await runLoad(SECONDS, { url, requests })).perSecond;
}

async function fetchMembers(server: BookServerProcess, path: string): Promise<string> {
  const answer = await fetch(`${server.url}${path}`);
  const body = await answer.text();
  const { items } = JSON.parse(body) as { items: unknown[] };
  if (items.length !== 7) throw new Error(`${path} has ${items.length} members: ${body}`);
  return body;
}

/** Reads while every read model is rebuilt; throws if the rebuild ends first. */
async function runDuringRebuild(
  server: BookServerProcess,
  read: () => Promise<LoadResult>,
): Promise<LoadResult> {
  const building = async () => (await server.statuses()).filter(({ progress }) => progress).length;
  for (const { name } of await server.statuses())
    await fetch(`${server.url}/projections/${name}/rebuild`, {
      method: 'POST',
      headers: { authorization: server.authorization },
    });
  const loaded = await read();
  if ((await building()) === 0) throw new Error('The rebuild ended before the reading.');
  while ((await building()) > 0) await sleep(100);
  return loaded;
}

const defineMembers =
  (row: string, read: (server: { readonly url: string }) => Promise<number>, aimed: boolean) =>
  async (fixtures: Fixtures) => {
    const product = await fixtures.getBookServer();
    const reference = await fixtures.startReferenceServer(await fetchMembers(product, MEMBERS_ON_DAY_PATH));
    const { answers, point } = await runInterleaved(ROUNDS, {
      answers: () => read(product),
      point: () => read(reference),
    });
    await reference.stop();
    const about = { row, unit: 'answers/s', reference: POINT_READ_REFERENCE };
    return [compareFigures(aimed ? { ...about, aim: { atLeast: 0.7 } } : about, answers, point)];
  };

export const readBenchmarks: readonly Benchmark[] = [
  {
    name: 'members',
    measure: defineMembers(
      'GET members?on=, seven members',
      (server) => measureReads(server, MEMBERS_ON_DAY_PATH),
      true,
    ),
  },
  {
    name: 'members-new',
    measure: defineMembers(
      'GET members?on=, a different day each time',
      (server) => measureDistinctReads(server),
      false,
    ),
  },
  {
    name: 'members-as-of',
    async measure(fixtures) {
      const server = await fixtures.getBookServer();
      const inTheMiddle = `${MEMBERS_ON_DAY_PATH}&asOf=${Math.floor(fixtures.entries / 2)}`;
      await fetchMembers(server, inTheMiddle);
      const { then, now } = await runInterleaved(ROUNDS, {
        then: () => measureReads(server, inTheMiddle),
        now: () => measureReads(server, MEMBERS_ON_DAY_PATH),
      });
      const row = 'GET members?on=&asOf= in the middle';
      return [
        compareFigures(
          { row, unit: 'answers/s', reference: 'the same at the head', aim: { atLeast: 0.7 } },
          then,
          now,
        ),
      ];
    },
  },
  {
    name: 'pages',
    async measure(fixtures) {
      const server = await fixtures.getBookServer();
      const page = await fetch(`${server.url}/statements?meeting=${MEETING}&limit=${PAGE_SIZE}`);
      const reference = await fixtures.startReferenceServer(await page.text());
      const { pages, point } = await runInterleaved(ROUNDS, {
        pages: () => measurePages(server),
        point: () => measureRepeatedReads(`${reference.url}/statements`),
      });
      await reference.stop();
      const row = `a meeting of ${LONG_MEETING_STATEMENT_COUNT} statements, ${PAGE_SIZE} a page`;
      return [compareFigures({ row, unit: 'pages/s', reference: POINT_READ_REFERENCE }, pages, point)];
    },
  },
  {
    name: 'search',
    async measure(fixtures) {
      const server = await fixtures.getBookServer();
      const found = await (await fetch(`${server.url}${SEARCH_PATH}`)).text();
      const reference = await fixtures.startReferenceServer(found);
      const { searches, point } = await runInterleaved(ROUNDS, {
        searches: () => measureDistinctReads(server, SEARCH_PATH),
        point: () => measureReads(reference, '/statements'),
      });
      await reference.stop();
      const row = `GET statements?q=, ${(JSON.parse(found) as { items: unknown[] }).items.length} found`;
      return [compareFigures({ row, unit: 'answers/s', reference: POINT_READ_REFERENCE }, searches, point)];
    },
  },
  {
    name: 'rebuild',
    async measure(fixtures) {
      const server = await fixtures.getBookServer();
      const read = () => runLoad(REBUILD_SECONDS, { url: `${server.url}${MEMBERS_ON_DAY_PATH}` });
      const p99s: Record<'during' | 'without', number[]> = { during: [], without: [] };
      const noted = (when: 'during' | 'without', { perSecond, p99 }: LoadResult): number => {
        p99s[when].push(p99);
        return perSecond;
      };
      const { during, without } = await runInterleaved(3, {
        without: async () => noted('without', await read()),
        during: async () => noted('during', await runDuringRebuild(server, read)),
      });
      const row = 'reads during a full rebuild';
      const reference = 'reads without';
      return [
        compareFigures({ row, unit: 'answers/s', reference, aim: { atLeast: 0.5 } }, during, without),
        compareFigures(
          { row: `${row}, p99`, unit: 'ms', reference, aim: { atMost: 3 } },
          p99s.during.slice(1),
          p99s.without.slice(1),
        ),
      ];
    },
  },
];
