import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cstoCommands, registerState } from '../../support/csto-commands.js';
import { itEmbedded, REPLICATION_AWAITED_REASON } from '../../support/embedded-or-cluster.js';
import {
  type TestResponse,
  cleanUp,
  startTestServer,
  createTemporaryDirectory,
  type TestServer,
} from '../../support/test-server.js';

let book: TestServer;
let pinnedAt: number;
beforeAll(async () => {
  book = await startTestServer();
  pinnedAt = await book.recordCommands(...cstoCommands);
});
afterAll(cleanUp);

const getPermalink = (answer: TestResponse): string => answer.headers.get('content-location') ?? '';
const getProblemCode = async (path: string, headers = {}) => {
  const { status, text } = await book.get(path, headers);
  return [status, status < 400 ? undefined : (JSON.parse(text) as { code: string }).code];
};
const getToday = () => new Date().toISOString().slice(0, 10);

/** Every route of a read model, each with a non-empty answer. */
const ROUTES = [
  '/organizations',
  '/organizations?classification=state&q=an&limit=2',
  '/organizations/csto?on=2011-01-01',
  '/organizations/csto/members?on=2007-01-01&lang=ru',
  '/organizations/armenia/memberships',
  '/organizations/csto/membership-history',
  '/sources',
  '/sources/treaty',
  '/sources/treaty/facts?limit=1',
];

describe('an answer', () => {
  it.each(ROUTES)('of %s names its entry and its permalink', async (route) => {
    const answer = await book.get(route);
    expect(answer.status).toBe(200);
    const { headers } = answer;
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('ledger-entry')).toBe(String(book.headEntry));
    expect(headers.get('projection')).toMatch(/^[a-z-]+; version=[1-9]\d*$/);
    expect(headers.get('etag')).toMatch(/^"[^"]+"$/);
    expect(headers.get('cache-control')).toBe('no-cache');
    expect(headers.get('vary')).toBe(
      'Accept, Accept-Language, Accept-Datetime, Authorization, Accept-Encoding',
    );
    const [path, query] = getPermalink(answer).split('?');
    expect(path).toBe(route.split('?')[0]);
    const parameters = new URLSearchParams(query);
    expect(parameters.get('asOf')).toBe(String(book.headEntry));
    expect(parameters.get('v')).toBe(headers.get('projection')?.split('=')[1]);
    if (path?.startsWith('/organizations')) {
      expect(parameters.get('on')).toBe(new URLSearchParams(route.split('?')[1]).get('on') ?? getToday());
      expect(parameters.has('lang')).toBe(true);
    }
    if (answer.json.items) expect(answer.json.entry).toBe(book.headEntry);
  });

  it.each(ROUTES)('of %s is found at its permalink forever', async (route) => {
    const answer = await book.get(route);
    const pinned = getPermalink(answer);
    const same = async () => {
      const { status, text, headers } = await book.get(pinned);
      expect([status, text]).toEqual([200, answer.text]);
      expect(headers.get('etag')).toBe(answer.headers.get('etag'));
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(headers.get('vary')).toBe('Accept, Accept-Encoding');
      expect(headers.get('content-location')).toBe(pinned);
      expect(headers.get('ledger-entry')).toBe(answer.headers.get('ledger-entry'));
    };
    await same();
    const id = `later-${ROUTES.indexOf(route)}`;
    await book.recordCommands(registerState(id, 'Japan'), [
      'admit-member',
      { organization: 'csto', member: id, effective: '2001', sources: [{ source: 'treaty' }] },
    ]);
    await same();
  });

  it('is the same at its permalink after a rebuild and after a restart', async () => {
    const directory = createTemporaryDirectory();
    const first = await startTestServer({ directory });
    await first.recordCommands(...cstoCommands);
    const answers = await Promise.all(ROUTES.map((route) => first.get(route)));
    const bodies = async (server: TestServer) =>
      Promise.all(answers.map(async (answer) => (await server.get(getPermalink(answer))).text));
    const expected = answers.map(({ text }) => text);
    await first.recordCommands([
      'rename-organization',
      { organization: 'csto', name: 'Other', effective: '2000' },
    ]);
    for (const { name } of first.server.node.readModels.statuses())
      await first.server.node.readModels.rebuild(name).finished;
    await first.close();
    // The cache is empty after the restart.
    const second = await startTestServer({ directory });
    expect(await bodies(second)).toEqual(expected);
  });

  it('is answered with 304 if the ETag matches', async () => {
    for (const route of ['/organizations', '/sources/treaty', '/events', '/streams/source-treaty']) {
      const { headers } = await book.get(route);
      const etag = headers.get('etag') ?? '';
      for (const known of [etag, `"x", ${etag}`, `W/${etag}`, '*']) {
        const again = await book.get(route, { 'if-none-match': known });
        expect([again.status, again.text]).toEqual([304, '']);
        expect(again.headers.get('etag')).toBe(etag);
        expect(again.headers.get('vary')).toBe(headers.get('vary'));
      }
      expect((await book.get(route, { 'if-none-match': '"x"' })).status).toBe(200);
    }
  });

  it('can be requested with HEAD', async () => {
    const answer = await book.fetch('/organizations', { method: 'HEAD' });
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(answer.headers.get('etag')).toBe((await book.get('/organizations')).headers.get('etag'));
    // Without the live feed, which never ends:
    expect(
      (await book.fetch('/events', { method: 'HEAD', headers: { accept: 'text/event-stream' } })).status,
    ).toBe(200);
  });

  it('of a version not served here is gone', async () => {
    expect(await getProblemCode(`/organizations?asOf=1&on=2001-01-01&lang=und&v=99`)).toEqual([
      404,
      'projection-retired',
    ]);
    expect(await getProblemCode(`/organizations?v=99`)).toEqual([404, 'projection-retired']);
  });

  it.each(['x_y', 'ru, x"y;q=0.5', `${'a'.repeat(9)}, de`, '*', ';;;', 'und', 'ru;q=0'])(
    'to Accept-Language: %s has a valid permalink',
    async (accepted) => {
      const answer = await book.get('/organizations', { 'accept-language': accepted });
      expect(answer.status).toBe(200);
      expect((await book.get(getPermalink(answer))).text).toBe(answer.text);
    },
  );

  it('is private where reading is not public', async () => {
    const closed = await startTestServer({ READ_ACCESS: 'authenticated' });
    await closed.recordCommands(...cstoCommands);
    const authorization = { authorization: `Bearer ${closed.getKey('reader')}` };
    const answer = await closed.get('/organizations', authorization);
    const pinned = await closed.get(getPermalink(answer), authorization);
    expect(pinned.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
    const event = (await closed.get('/events', authorization)).json.items[0].id as string;
    const shown = await closed.get(`/events/${event}`, authorization);
    expect(shown.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
    for (const path of [
      '/organizations',
      getPermalink(answer),
      '/events',
      `/events/${event}`,
      '/commands',
      '/projections',
    ]) {
      const refused = await closed.get(path);
      expect([refused.status, refused.json.code]).toEqual([401, 'unknown-key']);
      expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
    for (const path of ['/health/live', '/health/ready', '/problems/unknown-key', '/docs', '/openapi.json'])
      expect((await closed.get(path)).status).toBe(200);
  });
});

describe('asOf', () => {
  it('is an entry', async () => {
    expect((await book.get('/organizations?asOf=0')).json).toEqual({ items: [], next: null, entry: 0 });
    const ids = async (asOf: number) =>
      (await book.get(`/organizations?asOf=${asOf}`)).json.items.map(({ id }: { id: string }) => id);
    expect(await ids(1)).toEqual([]);
    expect(await ids(2)).toEqual(['csto']);
    expect(await ids(3)).toEqual(['armenia', 'csto']);
    const answer = await book.get('/organizations?asOf=3');
    expect(answer.headers.get('ledger-entry')).toBe('3');
    expect(getPermalink(answer)).toContain('asOf=3');
    expect(answer.headers.get('cache-control')).toBe('no-cache'); // on and lang are not written out
  });

  it('may be a timestamp', async () => {
    const { recordedAt } = (await book.get('/events?limit=1')).json.items[0];
    const before = new Date(Date.parse(recordedAt as string) - 1).toISOString();
    expect((await book.get(`/sources?asOf=${before}`)).json.entry).toBe(0);
    const answer = await book.get(`/sources?asOf=${recordedAt as string}`);
    expect(answer.json.entry).toBeGreaterThanOrEqual(1);
    expect(getPermalink(answer)).toContain(`asOf=${answer.json.entry as number}`);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect((await book.get('/sources?asOf=2999-01-01T00:00:00Z')).json.entry).toBe(book.headEntry);
  });

  itEmbedded(REPLICATION_AWAITED_REASON, 'is refused beyond the head of the ledger', async () => {
    for (const route of [
      '/organizations',
      '/organizations/csto',
      '/sources/treaty/facts',
      '/streams/source-treaty',
    ])
      expect(await getProblemCode(`${route}?asOf=${book.headEntry + 1}`)).toEqual([422, 'not-yet']);
  });

  it('excludes later entries', async () => {
    expect(await getProblemCode('/organizations/csto?asOf=1')).toEqual([404, 'unknown-id']);
    expect(await getProblemCode('/organizations/csto?asOf=2')).toEqual([200, undefined]);
    expect(await getProblemCode('/organizations/csto/members?asOf=1')).toEqual([404, 'unknown-id']);
    expect(await getProblemCode('/sources/treaty?asOf=0')).toEqual([404, 'unknown-id']);
    expect(await getProblemCode('/streams/membership-csto:armenia?asOf=6')).toEqual([404, 'unknown-id']);
  });

  it('may be combined with If-None-Match and Ledger-Entry', async () => {
    const later = { 'ledger-entry': String(book.headEntry) };
    expect((await book.get('/organizations?asOf=2', later)).json.entry).toBe(2);
  });
});

describe('an invalid parameter', () => {
  // prettier-ignore
  it.each([
    ['/organizations?asOf=-1', 'invalid-value'], ['/organizations?asOf=1.5', 'invalid-value'], ['/organizations?asOf=', 'invalid-value'],
    ['/organizations?asOf=yesterday', 'invalid-value'], ['/organizations?asOf=2011-05-31', 'invalid-value'], ['/organizations?asOf=2011-02-30T00:00:00Z', 'invalid-value'],
    ['/organizations?asOf=2011-05-31T25:00:00Z', 'invalid-value'], ['/organizations?asOf=1&asOf=2', 'invalid-value'], ['/organizations?asOf=9999999999999999', 'invalid-value'],
    ['/organizations?on=2011', 'invalid-date'], ['/organizations?on=2011-02-30', 'invalid-date'], ['/organizations?on=', 'invalid-date'],
    ['/organizations?limit=0', 'invalid-value'], ['/organizations?limit=1001', 'invalid-value'], ['/organizations?limit=ten', 'invalid-value'], ['/organizations?limit=1e2', 'invalid-value'],
    ['/organizations?cursor=x', 'invalid-cursor'], ['/organizations?cursor=', 'invalid-cursor'], ['/organizations?cursor=bnVsbA', 'invalid-cursor'],
    ['/organizations?lang=', 'invalid-value'], ['/organizations?lang=a_b', 'invalid-value'],
    ['/organizations?lang=abcd', 'invalid-value'], ['/organizations?lang=x-a', 'invalid-value'], ['/organizations?lang=en-a', 'invalid-value'],
    ['/organizations?v=0', 'invalid-value'], ['/organizations?v=one', 'invalid-value'],
    ['/organizations?classification=club', 'invalid-value'], ['/organizations?q=', 'invalid-value'],
    ['/organizations?foo=1', 'unknown-parameter'], ['/organizations?__proto__=1', 'unknown-parameter'], ['/organizations?constructor=1', 'unknown-parameter'],
    ['/organizations/csto?limit=1', 'unknown-parameter'], ['/organizations/csto/members?q=x', 'unknown-parameter'],
    ['/sources?on=2011-01-01', 'unknown-parameter'], ['/sources/treaty?lang=en', 'unknown-parameter'],
    ['/events?asOf=1', 'unknown-parameter'], ['/events?after=-1', 'invalid-value'], ['/events?limit=0', 'invalid-value'],
    ['/streams/source-treaty?after=1', 'unknown-parameter'], ['/streams/source-treaty?cursor=x', 'invalid-value'],
  ])('%s is refused as %s', async (path, expected) => {
    const answer = await book.get(path);
    expect([answer.status, answer.json.code]).toEqual([422, expected]);
    expect(answer.json.errors[0].parameter).toBe(/[?&](\w+)=/.exec(path)?.[1]);
  });

  it('may be in a header', async () => {
    expect(await getProblemCode('/organizations', { 'ledger-entry': 'x' })).toEqual([422, 'invalid-value']);
  });
});

describe('an unknown path', () => {
  // prettier-ignore
  it.each([
    ['/nowhere', 404, 'not-found'], ['/nowhere/at-all', 404, 'not-found'],
    ['/organizations/atlantis', 404, 'unknown-id'], ['/organizations/atlantis/members', 404, 'unknown-id'],
    ['/organizations/atlantis/memberships', 404, 'unknown-id'], ['/organizations/atlantis/membership-history', 404, 'unknown-id'],
    ['/organizations/__proto__', 404, 'unknown-id'], ["/organizations/'%20OR%201=1--", 404, 'unknown-id'], ['/organizations/a%00b', 404, 'unknown-id'],
    ['/sources/atlantis', 404, 'unknown-id'], ['/sources/atlantis/facts', 404, 'unknown-id'],
    ['/events/00000000-0000-5000-8000-000000000000', 404, 'unknown-id'], ['/events/x', 404, 'unknown-id'],
    ['/streams/source-atlantis', 404, 'unknown-id'], ['/problems/nope', 404, 'not-found'], ['/problems/__proto__', 404, 'not-found'],
    ['/organizations/%ff', 400, 'invalid-address'], ['/organizations/%', 400, 'invalid-address'],
    [`/organizations/${'a'.repeat(1000)}`, 404, 'not-found'],
  ])('%s is a problem', async (path, status, expected) => {
    const answer = await book.get(path);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect([answer.status, answer.json.code]).toEqual([status, expected]);
    expect([answer.status, answer.json.type]).toEqual([answer.json.status, `/problems/${answer.json.code as string}`]);
    // A percent sign that begins no UTF-8 would make no address.
    expect(answer.json.instance).toBe(path.replace(/%(ff)?$/, '%25$1'));
  });
});

describe('Ledger-Entry', () => {
  it('waits for the entry', async () => {
    const wanted = book.headEntry + 1;
    const response = book.get('/sources', { 'ledger-entry': String(wanted) });
    const posted = book.sendCommand('register-source', { source: 'awaited', title: 'x' });
    const [answer] = await Promise.all([response, posted]);
    expect(answer.status).toBe(200);
    expect(Number(answer.headers.get('ledger-entry'))).toBeGreaterThanOrEqual(wanted);
    expect(answer.json.items.map(({ id }: { id: string }) => id)).toContain('awaited');
  });

  it('is answered with a problem when it does not come', async () => {
    const { setTimeout: original } = globalThis;
    const waits: number[] = [];
    // The server runs in this process: its 5 s pass at once.
    globalThis.setTimeout = ((act: () => void, wait = 0, ...rest: []) => {
      if (wait === 5_000) waits.push(wait);
      return original(act, wait === 5_000 ? 0 : wait, ...rest);
    }) as typeof setTimeout;
    try {
      const answer = await book.get('/sources', { 'ledger-entry': String(book.headEntry + 1_000) });
      expect([answer.status, answer.json.code]).toEqual([503, 'not-caught-up']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(waits).toEqual([5_000]);
    } finally {
      globalThis.setTimeout = original;
    }
  });
});

describe('a list', () => {
  /** All pages from a URL on, by the links of their headers. */
  async function pages(path: string, between: () => Promise<unknown> = () => Promise.resolve()) {
    const found: TestResponse[] = [];
    for (let next: string | null = path; next !== null;) {
      const answer = await book.get(next);
      expect(answer.status).toBe(200);
      const [, linked] = /(?:^|, )<(\/[^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '') ?? [];
      expect(linked ?? null).toBe(answer.json.next);
      found.push(answer);
      next = answer.json.next as string | null;
      await between();
    }
    return found;
  }

  it.each([
    ['/organizations', 1],
    ['/organizations?q=a', 2],
    ['/organizations/csto/members?on=2007-01-01', 1],
    ['/organizations/csto/membership-history', 2],
    ['/sources', 1],
    ['/sources/treaty/facts', 1],
    ['/streams/membership-csto:uzbekistan', 1],
  ])('%s has pages of %i that stay the same while the ledger grows', async (path, limit) => {
    const at = (more: string) => `${path}${path.includes('?') ? '&' : '?'}${more}`;
    const whole = (await book.get(at('limit=1000'))).json;
    let n = 0;
    const grow = async () => {
      const id = `aa-${limit}-${path.length}-${++n}`;
      await book.recordCommands(
        registerState(id, 'Aaland'),
        ['register-source', { source: id, title: 'a' }],
        [
          'admit-member',
          { organization: 'csto', member: id, effective: '2001', sources: [{ source: 'treaty' }] },
        ],
      );
    };
    const found = await pages(at(`limit=${limit}`), grow);
    expect(found.length).toBe(Math.ceil(whole.items.length / limit));
    expect(found.flatMap(({ json }) => json.items as unknown[])).toEqual(whole.items);
    expect(new Set(found.map(({ json }) => json.entry as number))).toEqual(new Set([whole.entry]));
    for (const page of found.slice(1))
      if (!path.startsWith('/streams')) expect(page.headers.get('cache-control')).toContain('immutable');
  });

  it('has at most 100 items by default', async () => {
    const many = Array.from({ length: 205 }, (_, n) => ({
      command: 'register-source',
      data: { source: `many-${String(n).padStart(3, '0')}`, title: 'x' },
    }));
    await book.sendLines(many);
    const found = await pages('/sources');
    expect(found[0]?.json.items).toHaveLength(100);
    const ids = found.flatMap(({ json }) => json.items.map(({ id }: { id: string }) => id) as string[]);
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(205);
    expect((await book.get('/sources?limit=1000')).json.items).toHaveLength(ids.length);
  });

  it('refuses the cursor of another entry', async () => {
    const { next } = (await book.get(`/organizations?limit=1&asOf=${pinnedAt}`)).json;
    const cursor = new URLSearchParams((next as string).split('?')[1]).get('cursor') ?? '';
    expect(await getProblemCode(`/organizations?asOf=3&cursor=${cursor}`)).toEqual([422, 'invalid-cursor']);
    expect(await getProblemCode(`/sources/treaty/facts?cursor=${cursor}`)).toEqual([422, 'invalid-cursor']);
  });

  itEmbedded(REPLICATION_AWAITED_REASON, 'refuses a cursor beyond the head of the ledger', async () => {
    const future = Buffer.from(JSON.stringify([book.headEntry + 1, 'a'])).toString('base64url');
    expect(await getProblemCode(`/organizations?cursor=${future}`)).toEqual([422, 'not-yet']);
  });
});

describe('an answer without a parked fact', () => {
  it('is marked as degraded and not cached', async () => {
    const hurt = await startTestServer();
    await hurt.recordCommands(...cstoCommands);
    const before = hurt.headEntry;
    // An event that no command of this release could have recorded.
    const { node } = hurt.server;
    const [bad] = [{ id: '00000000-0000-5000-8000-000000000001', type: 'MemberJoined', data: '{"effective":"soon","member":"armenia","organization":"csto"}', metadata: '{"actor":"x","command":"x","correlationId":"x","salt":"00"}', requestKey: null }]; // prettier-ignore
    await node.sequencer.append({
      stream: 'membership-csto:armenia',
      expectedRevision: 0,
      events: [bad],
      requires: [],
    });
    await node.readModels.waitForEntry(before + 1, { timeoutMs: 5_000 });
    const { headers, json } = await hurt.get('/organizations/csto/members?on=2001-01-01');
    expect(headers.get('degraded')).toBe('1');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(json.items.map(({ member }: { member: string }) => member)).toContain('kazakhstan');
    expect((await hurt.get(`/organizations/csto/members?asOf=${before}`)).headers.get('degraded')).toBeNull();
    expect((await hurt.get('/organizations')).headers.get('degraded')).toBeNull();
    const { items } = (await hurt.get('/projections')).json;
    expect(items.find(({ name }: { name: string }) => name === 'membership').parked).toMatchObject([
      { stream: 'membership-csto:armenia', entry: before + 1 },
    ]);
  });
});
