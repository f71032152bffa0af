// Memento (RFC 7089): datetime negotiation, permalinks as mementos, and timemaps.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { admitMember, cstoCommands, registerState } from '../../support/csto-commands.js';
import { type TestResponse, cleanUp, startTestServer, type TestServer } from '../../support/test-server.js';
import { type Link, getLink, parseLinks } from '../support/link-parser.js';

/** The recorded time of the n-th event: two in each second, in past years. */
const getRecordedTime = (entry: number): string =>
  new Date(Date.UTC(2001, 0, 1) + Math.floor(entry / 2) * 1_000 + (entry % 2) * 400).toISOString();
const formatHttpDate = (instant: string) => new Date(instant).toUTCString();

const LATER_COMMANDS = [
  ['rename-organization', { organization: 'csto', name: 'Other', effective: '2010' }],
  [
    'correct-fact',
    { fact: 'membership-csto:kazakhstan@0', with: admitMember('kazakhstan', '1993')[1], reason: 'x' },
  ],
] as const;

let book: TestServer;
let head: number;
beforeAll(async () => {
  book = await startTestServer();
  const { results } = await book.sendLines(
    [...cstoCommands, ...LATER_COMMANDS].map(([command, data], n) => ({
      command,
      data,
      recordedAt: getRecordedTime(n + 1),
    })),
  );
  expect(results.map(({ status }) => status as number)).toEqual(results.map(() => 201));
  head = book.headEntry;
});
afterAll(cleanUp);

const ROUTES = [
  '/organizations',
  '/organizations?classification=state&q=an&limit=2&on=2011-01-01',
  '/organizations/csto?on=2011-01-01&lang=ru',
  '/organizations/csto/members?on=2007-01-01&lang=ru,en',
  '/organizations/kazakhstan/memberships?on=1994-01-01',
  '/organizations/csto/membership-history',
  '/sources',
  '/sources/treaty/facts?limit=1',
];

const getAtTime = (path: string, instant: string, headers = {}) =>
  book.get(path, { 'accept-datetime': formatHttpDate(instant), ...headers });
const getPermalink = ({ headers }: TestResponse) => headers.get('content-location') ?? '';
const parseLinkHeader = ({ headers }: TestResponse) => parseLinks(headers.get('link') ?? '');
/** A body without the fields that name its entry. */
const getContent = ({ text }: TestResponse) =>
  text.replace(/"entry":\d+,"items"/, '"items"').replace(/"next":"[^"]*"/, '"next":""');

describe.each(ROUTES)('%s', (route) => {
  it('is negotiated by time: a redirect to the permalink of that state, which has Memento-Datetime', async () => {
    for (let entry = 3; entry <= head; entry++) {
      // A second includes everything that was recorded in it.
      const expectedEntry = Math.min(head, entry % 2 === 0 ? entry + 1 : entry);
      const answer = await getAtTime(route, getRecordedTime(entry));
      if (answer.status === 404) continue;
      const { headers } = answer;
      expect([answer.status, headers.get('ledger-entry')]).toEqual([200, String(expectedEntry)]);
      expect(headers.get('memento-datetime')).toBe(formatHttpDate(getRecordedTime(expectedEntry)));
      const timegate = await book.fetch(route, {
        redirect: 'manual',
        headers: { 'accept-datetime': formatHttpDate(getRecordedTime(entry)) },
      });
      expect([timegate.status, timegate.text]).toEqual([302, '']);
      expect(timegate.headers.get('location')).toBe(getPermalink(answer));
      expect(timegate.headers.get('memento-datetime')).toBeNull();
      expect(timegate.headers.get('vary')?.toLowerCase()).toContain('accept-datetime');
      expect(timegate.headers.get('cache-control')).toBe('no-cache');
      expect(getLink(parseLinkHeader(timegate), 'original').to).toBe(route);

      const memento = await book.get(getPermalink(answer));
      expect([memento.status, memento.text]).toEqual([200, answer.text]);
      expect(memento.headers.get('memento-datetime')).toBe(formatHttpDate(getRecordedTime(expectedEntry)));
      expect(memento.headers.get('vary')).toBe('Accept, Accept-Encoding');
      expect(getPermalink(memento)).toBe(getPermalink(answer));
      // A memento ignores Accept-Datetime.
      expect((await getAtTime(getPermalink(answer), getRecordedTime(1))).text).toBe(answer.text);

      const same = await getAtTime(route, headers.get('memento-datetime') ?? '');
      expect([same.text, getPermalink(same)]).toEqual([answer.text, getPermalink(answer)]);
      const asOf = await book.get(`${route}${route.includes('?') ? '&' : '?'}asOf=${expectedEntry}`);
      expect([asOf.text, getPermalink(asOf)]).toEqual([answer.text, getPermalink(answer)]);
      expect(asOf.headers.get('memento-datetime')).toBe(formatHttpDate(getRecordedTime(expectedEntry)));
    }
  });

  it('links to its original, which is its timegate, and to its timemap', async () => {
    const now = await book.get(route);
    expect(now.headers.get('memento-datetime')).toBeNull();
    const then = await getAtTime(route, getRecordedTime(head));
    expect(then.text).toBe(now.text); // as of the last entry, which is the current state
    const timegate = await book.fetch(route, {
      redirect: 'manual',
      headers: { 'accept-datetime': formatHttpDate(getRecordedTime(head)) },
    });
    for (const answer of [now, timegate]) {
      const original = getLink(parseLinkHeader(answer), 'original');
      expect([original.to, original.rel]).toEqual([route, ['original', 'timegate']]);
      const timemap = getLink(parseLinkHeader(answer), 'timemap');
      expect([timemap.to, timemap.attributes['type']]).toEqual([
        `/timemap${route}`,
        'application/link-format',
      ]);
    }
    // The original of a memento has its day and language, but not its entry.
    const memento = await book.get(getPermalink(then));
    const original = getLink(parseLinkHeader(memento), 'original').to;
    const parameters = new URLSearchParams(original.split('?')[1]);
    for (const name of ['asOf', 'v', 'cursor']) expect(parameters.has(name)).toBe(false);
    for (const [name, value] of new URLSearchParams(route.split('?')[1]))
      expect(parameters.get(name)).toBe(value);
    expect((await book.get(original)).text).toBe(now.text);
    expect(getPermalink(await getAtTime(original, getRecordedTime(head)))).toBe(getPermalink(memento));
  });

  it('has a timemap with every state', async () => {
    const { status, headers, text } = await book.get(`/timemap${route}`);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/link-format']);
    const links = parseLinks(text);
    expect(getLink(links, 'original')).toMatchObject({ to: route, rel: ['original', 'timegate'] });
    expect(getLink(links, 'self').to).toBe(`/timemap${route}`);
    const mementos = links.filter(({ rel }) => rel.includes('memento'));
    expect(getLink(links, 'first')).toBe(mementos[0]);
    expect(getLink(links, 'last')).toBe(mementos.at(-1));
    expect(getLink(links, 'self').attributes).toMatchObject({
      from: mementos[0]?.attributes['datetime'],
      until: mementos.at(-1)?.attributes['datetime'],
    });
    const listed = new Map<number, TestResponse>();
    for (const { to, attributes } of mementos) {
      const memento = await book.get(to);
      expect([to, memento.status, memento.headers.get('memento-datetime')]).toEqual([
        to,
        200,
        attributes['datetime'],
      ]);
      expect(getPermalink(memento)).toBe(to);
      listed.set(Number(memento.headers.get('ledger-entry')), memento);
    }
    for (let entry = 0; entry <= head; entry++) {
      const answer = await book.get(`${route}${route.includes('?') ? '&' : '?'}asOf=${entry}`);
      const last = Math.max(...[...listed.keys()].filter((each) => each <= entry));
      const memento = listed.get(last);
      if (memento) expect([entry, getContent(answer)]).toEqual([entry, getContent(memento)]);
      else expect([entry, answer.status === 404 || answer.json.items.length === 0]).toEqual([entry, true]);
    }
  });
});

describe('a time', () => {
  it('before the first entry gives the empty state, as asOf does', async () => {
    const before = '2000-12-31T23:59:59.000Z';
    const list = await getAtTime('/organizations', before);
    expect([list.status, list.json.items, list.headers.get('ledger-entry')]).toEqual([200, [], '0']);
    expect(list.headers.get('memento-datetime')).toBeNull(); // nothing is recorded, so there is no time
    expect(list.text).toBe((await book.get(`/organizations?asOf=${before}`)).text);
    const one = await getAtTime('/organizations/csto', before);
    expect([one.status, one.json.code]).toEqual([404, 'unknown-id']);
  });

  it('after the last entry gives the last state', async () => {
    const answer = await getAtTime('/sources', '2998-01-01T00:00:00Z');
    expect(answer.headers.get('ledger-entry')).toBe(String(book.headEntry));
    expect(answer.headers.get('memento-datetime')).toBe(formatHttpDate(getRecordedTime(head)));
  });

  it.each([
    'yesterday',
    '',
    '2001-01-01T00:00:00Z',
    'Mon, 01 Jan 2001 00:00:00 CET',
    'Mon, 01 Jan 2001 00:00:00 +0000',
    'Tue, 01 Jan 2001 00:00:00 GMT',
    'Mon, 1 Jan 2001 00:00:00 GMT',
    'Monday, 01-Jan-01 00:00:00 GMT',
    'Mon Jan  1 00:00:00 2001',
    'Sun, 30 Feb 2003 00:00:00 GMT',
    'Sat, 01 Jan 10000 00:00:00 GMT',
    'Sat, 13 Sep 275760 00:00:00 GMT',
    'Sun, 01 Jan -001 00:00:00 GMT',
    'Mon, 01 Jan 2001 24:00:00 GMT',
    'Mon, 01 Jan 2001 12:59:60 GMT',
    'Mon, 01 jan 2001 00:00:00 GMT',
    'Mon, 01 Jan 2001 00:00:00 GMT, Mon, 01 Jan 2001 00:00:00 GMT',
  ])('that is invalid is refused: %j', async (text) => {
    const answer = await book.get('/organizations', { 'accept-datetime': text });
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid-datetime']);
    expect((await book.get(answer.json.type as string)).status).toBe(200);
  });

  it.each(['Fri, 31 Dec 9999 23:59:59 GMT', 'Sat, 31 Dec 2016 23:59:60 GMT'])(
    'may be %s, after the last entry',
    async (text) => {
      const answer = await book.get('/sources', { 'accept-datetime': text });
      expect([answer.status, answer.headers.get('ledger-entry')]).toEqual([200, String(book.headEntry)]);
    },
  );

  it('and its address are those of the answer, however many clients ask at the same time', async () => {
    const times = [3, 8, head].map(getRecordedTime);
    for (let limit = 1; limit <= 20; limit++)
      await Promise.all(
        times.map(async (instant) => {
          const { headers } = await getAtTime(`/organizations?limit=${limit}`, instant);
          const entry = Number(headers.get('ledger-entry'));
          expect(headers.get('memento-datetime')).toBe(formatHttpDate(getRecordedTime(entry)));
          expect(headers.get('content-location')).toContain(`asOf=${entry}&`);
        }),
      );
  });

  it('is ignored by routes without a current state', async () => {
    for (const path of [
      '/organizations?asOf=3',
      (await book.get('/organizations?limit=1')).json.next as string,
    ]) {
      const answer = await book.get(path);
      for (const text of ['yesterday', formatHttpDate(getRecordedTime(1))]) {
        const negotiated = await book.get(path, { 'accept-datetime': text });
        expect([negotiated.status, negotiated.text]).toEqual([200, answer.text]);
      }
      expect(answer.headers.get('memento-datetime')).not.toBeNull();
    }
  });

  it('is answered with 304 if the ETag matches', async () => {
    const { headers } = await getAtTime('/organizations', getRecordedTime(4));
    const again = await getAtTime('/organizations', getRecordedTime(4), {
      'if-none-match': headers.get('etag') ?? '',
    });
    expect([again.status, again.text]).toEqual([304, '']);
    for (const name of ['memento-datetime', 'content-location', 'link', 'vary'])
      expect(again.headers.get(name)).toBe(headers.get(name));
    const timemap = await book.get('/timemap/organizations');
    const same = await book.get('/timemap/organizations', {
      'if-none-match': timemap.headers.get('etag') ?? '',
    });
    expect([same.status, same.text]).toEqual([304, '']);
  });
});

describe('a link', () => {
  it('are in every answer', async () => {
    for (const path of [
      '/organizations?q=%3E%3C%22%2C%20%D1%8F',
      '/organizations?q=a%26b&classification=state',
      '/organizations?',
      '/organizations?q=%3E;rel=x',
    ]) {
      const answer = await book.get(path);
      const links = parseLinkHeader(answer);
      expect((await book.get(getLink(links, 'original').to)).text).toBe(answer.text);
      const timemap = await book.get(getLink(links, 'timemap').to);
      expect(timemap.status).toBe(200);
      const last = getLink(parseLinks(timemap.text), 'last').to;
      expect(getContent(await book.get(last))).toBe(getContent(answer));
    }
  });

  it('include the one to the next page', async () => {
    const answer = await book.get('/organizations?limit=2');
    expect(parseLinkHeader(answer).map(({ rel }) => rel)).toEqual([
      ['original', 'timegate'],
      ['timemap'],
      ['next'],
    ]);
    expect(getLink(parseLinkHeader(answer), 'next').to).toBe(answer.json.next);
    const second = await book.get(answer.json.next as string);
    expect(getLink(parseLinkHeader(second), 'original').to).not.toContain('cursor');
  });
});

describe('a timemap', () => {
  it.each(['organizations%2Fcsto', '%2Forganizations%2Fcsto', 'organizations%2fcsto.json'])(
    'is found by its address as one encoded segment: %s',
    async (segment) => {
      const [plain, encoded] = [
        await book.get('/timemap/organizations/csto?on=2011-01-01'),
        await book.get(`/timemap/${segment}?on=2011-01-01`),
      ];
      expect([encoded.status, encoded.text]).toEqual([200, plain.text]);
      expect((await book.get('/organizations%2Fcsto')).status).toBe(404);
    },
  );

  it('exists for known resources only', async () => {
    const unknown = await book.get('/timemap/organizations/atlantis');
    expect([unknown.status, unknown.json.code]).toEqual([404, 'unknown-id']);
    expect((await book.get('/timemap/nowhere')).status).toBe(404);
    expect((await book.get('/timemap/events')).status).toBe(404);
    const first = getLink(parseLinks((await book.get('/timemap/organizations/csto')).text), 'first').to;
    expect(first).toContain('asOf=2&');
  });

  it.each(['asOf=3', 'v=1', 'cursor=x', 'foo=1', 'after=-1', 'on=x', 'after=1&after=2'])(
    'refuses %s',
    async (parameter) => {
      expect((await book.get(`/timemap/organizations?${parameter}`)).status).toBe(422);
    },
  );

  it('has pages that stay the same while the ledger grows', async () => {
    const long = await startTestServer();
    await long.recordCommands(...cstoCommands);
    const sources = (name: string, n: number) =>
      long.sendLines(
        Array.from({ length: n }, (_, k) => ({
          command: 'register-source',
          data: { source: `${name}-${k}`, title: 'x' },
        })),
      );
    await sources('early', 1_100);
    const walk = async (between: () => Promise<unknown>) => {
      const pages: (readonly Link[])[] = [];
      for (let next: string | undefined = '/timemap/sources'; next !== undefined;) {
        const { text, headers } = await long.get(next);
        const links = parseLinks(text);
        pages.push(links);
        expect(getLink(links, 'self').to).toBe(next);
        next = links.find(({ rel }) => rel.includes('next'))?.to;
        expect(parseLinks(headers.get('link') ?? '')[0]?.to).toBe(next);
        await between();
      }
      return pages;
    };
    const mementos = (pages: readonly (readonly Link[])[]) =>
      pages.flatMap((links) => links.filter(({ rel }) => rel.includes('memento')));
    const before = await walk(() => Promise.resolve());
    expect(before.map((links) => links.filter(({ rel }) => rel.includes('memento')).length)).toEqual([
      500,
      500,
      expect.any(Number),
    ]);
    const listed = mementos(before);
    expect(new Set(listed.map(({ to }) => to)).size).toBe(listed.length);
    expect(listed.filter(({ rel }) => rel.includes('first'))).toEqual([listed[0]]);
    expect(listed.filter(({ rel }) => rel.includes('last'))).toEqual([listed.at(-1)]);
    let n = 0;
    const after = mementos(await walk(() => sources(`late-${n++}`, 3)));
    expect(after.slice(0, listed.length).map(({ to }) => to)).toEqual(listed.map(({ to }) => to));
    expect(after.length).toBeGreaterThan(listed.length);
  });
});

describe('without public reading', () => {
  it('mementos and timemaps require a key like current answers', async () => {
    const closed = await startTestServer({ READ_ACCESS: 'authenticated' });
    await closed.recordCommands(...cstoCommands, registerState('later', 'Later'));
    const authorization = { authorization: `Bearer ${closed.getKey('reader')}` };
    const when = { 'accept-datetime': new Date().toUTCString() };
    const memento = getPermalink(await closed.get('/organizations', { ...authorization, ...when }));
    for (const [path, headers] of [
      ['/organizations', when],
      [memento, {}],
      ['/timemap/organizations', {}],
      ['/timemap/organizations/csto/members', {}],
    ] as const) {
      expect([path, (await closed.get(path, { ...headers, ...authorization })).status]).toEqual([path, 200]);
      const refused = await closed.get(path, headers);
      expect([path, refused.status, refused.json.code]).toEqual([path, 401, 'unknown-key']);
    }
    const kept = await closed.get(memento, authorization);
    expect(kept.headers.get('cache-control')).toMatch(/^private/);
    await closed.server.node.apiKeys.revoke('reader');
    expect((await closed.get(memento, authorization)).status).toBe(401);
  });
});
