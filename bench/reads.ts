// Answers of a server on the large book.
import { setTimeout as sleep } from 'node:timers/promises';
import type { BookServer, Fixtures } from './fixtures.js';
import { LONG_MEETING, ORGANIZATION } from './generated-book.js';
import { type Load, load } from './http-load.js';
import { compared, interleaved, type Row } from './benchmark.js';
import { MEETING } from './workload.js';

const ROUNDS = 4;
const SECONDS = 2;
const SECONDS_REBUILDING = 3;
const MEMBERS = `/organizations/${ORGANIZATION}/members`;
const ON_A_DAY = `${MEMBERS}?on=2011-05-31`;
/** Statements of one page. */
const PAGE = 500;
const SEARCH = '/statements?q=observatory';
const POINT_READ = 'NestJS + Fastify, one point read, same bytes';

const reading = async (server: { readonly url: string }, path: string): Promise<number> =>
  (await load(SECONDS, { url: `${server.url}${path}` })).perSecond;

let day = 0;

/** Another day for each request, so that none was answered before: names are those of the day. */
const onAnotherDay = (path: string): string =>
  `${path}${path.includes('?') ? '&' : '?'}on=${new Date(Date.UTC(1950, 1, 1 + (day++ % 1_000_000))).toISOString().slice(0, 10)}`;

/** Pages of a meeting with thousands of statements, each following from the one before; pages per second. */
async function paging({ url }: { readonly url: string }): Promise<number> {
  const begun = performance.now();
  let pages = 0;
  let next: string | null = onAnotherDay(`/statements?meeting=${MEETING}&limit=${PAGE}`);
  while (next !== null) {
    const answer = await fetch(`${url}${next}`);
    ({ next } = (await answer.json()) as { next: string | null });
    pages++;
  }
  if (pages !== LONG_MEETING / PAGE) throw new Error(`The long meeting has ${pages} pages.`);
  return (pages * 1000) / (performance.now() - begun);
}

/** As many answers of the same bytes, one after the other. */
async function repeating(url: string): Promise<number> {
  const begun = performance.now();
  for (let n = 0; n < LONG_MEETING / PAGE; n++) await (await fetch(url)).json();
  return ((LONG_MEETING / PAGE) * 1000) / (performance.now() - begun);
}

async function readingDays({ url }: { readonly url: string }, path = MEMBERS): Promise<number> {
  const requests = [{ setupRequest: (request: object) => ({ ...request, path: onAnotherDay(path) }) }];
  return (await load(SECONDS, { url, requests })).perSecond;
}

async function bodyOf(server: BookServer, path: string): Promise<string> {
  const answer = await fetch(`${server.url}${path}`);
  const body = await answer.text();
  const { items } = JSON.parse(body) as { items: unknown[] };
  if (items.length !== 7) throw new Error(`${path} has ${items.length} members: ${body}`);
  return body;
}

/** Reads while every read model is folded anew; throws if that ends before the reading does. */
async function whileRebuilding(server: BookServer, read: () => Promise<Load>): Promise<Load> {
  const building = async () => (await server.statuses()).filter(({ progress }) => progress).length;
  for (const { name } of await server.statuses())
    await fetch(`${server.url}/projections/${name}/rebuild`, {
      method: 'POST',
      headers: { authorization: server.authorization },
    });
  const loaded = await read();
  if ((await building()) === 0) throw new Error('The rebuild was over before the reading was.');
  while ((await building()) > 0) await sleep(100);
  return loaded;
}

const members =
  (row: string, read: (server: { readonly url: string }) => Promise<number>, aimed: boolean) =>
  async (fixtures: Fixtures) => {
    const product = await fixtures.bookServer();
    const reference = await fixtures.reference(await bodyOf(product, ON_A_DAY));
    const { answers, point } = await interleaved(ROUNDS, {
      answers: () => read(product),
      point: () => read(reference),
    });
    await reference.stop();
    const about = { row, unit: 'answers/s', reference: POINT_READ };
    return [compared(aimed ? { ...about, aim: { atLeast: 0.7 } } : about, answers, point)];
  };

export const reads: readonly Row[] = [
  {
    name: 'members',
    measure: members('GET members?on=, seven members', (server) => reading(server, ON_A_DAY), true),
  },
  {
    name: 'members-new',
    measure: members('GET members?on=, another day each time', (server) => readingDays(server), false),
  },
  {
    name: 'members-as-of',
    async measure(fixtures) {
      const server = await fixtures.bookServer();
      const inTheMiddle = `${ON_A_DAY}&asOf=${Math.floor(fixtures.entries / 2)}`;
      await bodyOf(server, inTheMiddle);
      const { then, now } = await interleaved(ROUNDS, {
        then: () => reading(server, inTheMiddle),
        now: () => reading(server, ON_A_DAY),
      });
      const row = 'GET members?on=&asOf= in the middle';
      return [
        compared(
          { row, unit: 'answers/s', reference: 'the same without asOf', aim: { atLeast: 0.7 } },
          then,
          now,
        ),
      ];
    },
  },
  {
    name: 'pages',
    async measure(fixtures) {
      const server = await fixtures.bookServer();
      const page = await fetch(`${server.url}/statements?meeting=${MEETING}&limit=${PAGE}`);
      const reference = await fixtures.reference(await page.text());
      const { pages, point } = await interleaved(ROUNDS, {
        pages: () => paging(server),
        point: () => repeating(`${reference.url}/statements`),
      });
      await reference.stop();
      const row = `a meeting of ${LONG_MEETING} statements, ${PAGE} a page`;
      return [compared({ row, unit: 'pages/s', reference: POINT_READ }, pages, point)];
    },
  },
  {
    name: 'search',
    async measure(fixtures) {
      const server = await fixtures.bookServer();
      const found = await (await fetch(`${server.url}${SEARCH}`)).text();
      const reference = await fixtures.reference(found);
      const { searches, point } = await interleaved(ROUNDS, {
        searches: () => readingDays(server, SEARCH),
        point: () => reading(reference, '/statements'),
      });
      await reference.stop();
      const row = `GET statements?q=, ${(JSON.parse(found) as { items: unknown[] }).items.length} found`;
      return [compared({ row, unit: 'answers/s', reference: POINT_READ }, searches, point)];
    },
  },
  {
    name: 'rebuild',
    async measure(fixtures) {
      const server = await fixtures.bookServer();
      const read = () => load(SECONDS_REBUILDING, { url: `${server.url}${ON_A_DAY}` });
      const p99s: Record<'during' | 'without', number[]> = { during: [], without: [] };
      const noted = (when: 'during' | 'without', { perSecond, p99 }: Load): number => {
        p99s[when].push(p99);
        return perSecond;
      };
      const { during, without } = await interleaved(3, {
        without: async () => noted('without', await read()),
        during: async () => noted('during', await whileRebuilding(server, read)),
      });
      const row = 'reads during a full rebuild';
      const reference = 'reads without';
      return [
        compared({ row, unit: 'answers/s', reference, aim: { atLeast: 0.5 } }, during, without),
        compared(
          { row: `${row}, p99`, unit: 'ms', reference, aim: { atMost: 3 } },
          p99s.during.slice(1),
          p99s.without.slice(1),
        ),
      ];
    },
  },
];
