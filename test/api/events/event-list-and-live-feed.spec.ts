import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { cstoCommands } from '../../support/csto-commands.js';
import { itEmbedded, REPLICATION_AWAITED_REASON } from '../../support/embedded-or-cluster.js';
import { createLargePerson } from '../../support/large-commands.js';
import { type TestResponse, cleanUp, startTestServer, type TestServer } from '../../support/test-server.js';

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(...cstoCommands);
});
afterAll(cleanUp);

type Fact = { entry: number; id: string; stream: string; revision: number; type: string };

describe('GET /events', () => {
  it('lists events in order, as recorded', async () => {
    const { items, next, entry } = (await book.get('/events')).json;
    expect([items.length, next, entry]).toEqual([cstoCommands.length, null, book.headEntry]);
    expect(items.map((fact: Fact) => fact.entry)).toEqual(cstoCommands.map((_, n) => n + 1));
    expect(items[6]).toEqual({
      entry: 7,
      id: expect.any(String),
      stream: 'membership-csto:armenia',
      revision: 0,
      type: 'MemberJoined',
      recordedAt: expect.any(String),
      data: cstoCommands[6]?.[1],
      metadata: expect.objectContaining({ actor: 'admin', command: 'admit-member' }),
      leaf: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('lists events after an entry, in pages, of one stream or type', async () => {
    const entries = async (path: string): Promise<number[]> =>
      (await book.get(path)).json.items.map(({ entry }: Fact) => entry) as number[];
    expect(await entries('/events?after=9')).toEqual([10, 11]);
    expect(await entries('/events?after=11')).toEqual([]);
    expect(await entries('/events?type=MemberJoined')).toEqual([7, 8, 9, 11]);
    expect(await entries('/events?stream=membership-csto:uzbekistan')).toEqual([9, 10, 11]);
    expect(await entries('/events?stream=membership-csto:uzbekistan&type=MemberJoined&after=9')).toEqual([
      11,
    ]);
    expect(await entries('/events?type=Nothing')).toEqual([]);
    for (const filter of ['', '&type=MemberJoined', '&stream=membership-csto:uzbekistan']) {
      const found: number[] = [];
      for (let next: string | null = `/events?limit=2${filter}`; next !== null;) {
        const answer: TestResponse = await book.get(next);
        expect(answer.json.items.length).toBeLessThanOrEqual(2);
        found.push(...(answer.json.items.map(({ entry }: Fact) => entry) as number[]));
        const link = answer.headers.get('link');
        next = answer.json.next as string | null;
        expect(link).toBe(next === null ? null : `<${next}>; rel="next"`);
      }
      expect(found).toEqual(await entries(`/events?limit=1000${filter}`));
    }
  });

  itEmbedded(REPLICATION_AWAITED_REASON, 'refuses a position beyond the head as not-yet', async () => {
    for (const after of [book.headEntry + 1, 99, Number.MAX_SAFE_INTEGER]) {
      const { status, json } = await book.get(`/events?after=${after}`);
      expect([status, json.code]).toEqual([422, 'not-yet']);
      expect(json.detail).toContain(`after asks for entry ${after}`);
      const timemap = await book.get(`/timemap/organizations?after=${after}`);
      expect([timemap.status, timemap.json.code]).toEqual([422, 'not-yet']);
    }
    expect((await book.get(`/events?after=${book.headEntry}`)).json.items).toEqual([]);
  });

  it('gives each event a permalink', async () => {
    for (const fact of (await book.get('/events')).json.items) {
      const { json, headers } = await book.get(`/events/${(fact as Fact).id}`);
      expect(json).toEqual(fact);
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    }
  });

  it('lists the events of a stream', async () => {
    const stream = '/streams/membership-csto:uzbekistan';
    const { items, next, entry } = (await book.get(stream)).json;
    expect(items.map((fact: Fact) => [fact.revision, fact.entry])).toEqual([[0, 9], [1, 10], [2, 11]]); // prettier-ignore
    expect([next, entry]).toEqual([null, book.headEntry]);
    expect((await book.get(`${stream}?asOf=10`)).json.items).toHaveLength(2);
    const first = (await book.get(`${stream}?limit=2`)).json;
    expect((await book.get(first.next as string)).json).toMatchObject({
      items: [{ revision: 2 }],
      next: null,
    });
    expect((await book.get('/streams/membership-csto%3Auzbekistan')).json.items).toEqual(items);
  });
});

/** Reads an event stream as a browser does. */
async function openFeed(server: TestServer, path = '/events', headers: Record<string, string> = {}) {
  const sent = get(new URL(path, server.url), { headers: { accept: 'text/event-stream', ...headers } });
  sent.on('error', () => undefined); // closing the connection is one
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.setEncoding('utf8');
  const blocks = (async function* () {
    let text = '';
    for await (const chunk of answer as AsyncIterable<string>) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        yield text.slice(0, end);
        text = text.slice(end + 2);
      }
    }
  })();
  const facts = (async function* () {
    for await (const block of blocks) {
      const [, id, data] = /^id: (\d+)\ndata: (.*)$/.exec(block) ?? [];
      if (data === undefined) continue;
      const fact = JSON.parse(data) as Fact;
      expect(fact.entry).toBe(Number(id));
      yield fact;
    }
  })();
  return {
    answer,
    blocks,
    hangUp: () => sent.destroy(),
    /** The entry numbers of the next events. */
    async next(count: number): Promise<number[]> {
      const entries: number[] = [];
      while (entries.length < count) {
        const { value, done } = await facts.next();
        if (done) break;
        entries.push(value.entry);
      }
      return entries;
    },
  };
}

const createSourceCommand = (n: number) => ['register-source', { source: `live-${n}`, title: 'x' }] as const;

describe('a live feed', () => {
  let n = 0;
  it('sends the events that are recorded from now on', async () => {
    const feed = await openFeed(book);
    expect(feed.answer.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
    const before = book.headEntry;
    await book.recordCommands(createSourceCommand(++n), createSourceCommand(++n));
    expect(await feed.next(2)).toEqual([before + 1, before + 2]);
    await book.recordCommands(createSourceCommand(++n));
    expect(await feed.next(1)).toEqual([before + 3]);
    feed.hangUp();
  });

  it('resumes after an entry, or after Last-Event-ID', async () => {
    const after = await openFeed(book, '/events?after=3');
    expect(await after.next(4)).toEqual([4, 5, 6, 7]);
    after.hangUp();
    const resumed = await openFeed(book, '/events?after=3', { 'last-event-id': '7' });
    expect(await resumed.next(3)).toEqual([8, 9, 10]);
    resumed.hangUp();
    const all = await openFeed(book, '/events', { 'last-event-id': '0' });
    expect(await all.next(book.headEntry)).toEqual(Array.from({ length: book.headEntry }, (_, n) => n + 1));
    all.hangUp();
  });

  it('sends the events of one stream or type', async () => {
    const stream = await openFeed(book, '/events?after=0&stream=membership-csto:uzbekistan');
    expect(await stream.next(3)).toEqual([9, 10, 11]);
    stream.hangUp();
    const type = await openFeed(book, '/events?after=0&type=MembershipEnded');
    expect(await type.next(1)).toEqual([10]);
    await book.recordCommands(createSourceCommand(++n), [
      'end-membership',
      { organization: 'csto', member: 'armenia', effective: '2030', reason: 'other' },
    ]);
    expect(await type.next(1)).toEqual([book.headEntry]);
    type.hangUp();
  });

  it('neither misses nor repeats an event over many reconnections', async () => {
    const from = book.headEntry;
    const total = 400;
    const writing = book.sendLines(
      Array.from({ length: total }, (_, m) => ({
        command: createSourceCommand(0)[0],
        data: { source: `cut-${m}`, title: 'x' },
      })),
    );
    const seen: number[] = [];
    for (let reads = 1; seen.length < total; reads++) {
      const feed = await openFeed(book, '/events', { 'last-event-id': String(seen.at(-1) ?? from) });
      seen.push(...(await feed.next(Math.min(1 + ((reads * 37) % 90), total - seen.length))));
      feed.hangUp();
    }
    await writing;
    expect(seen).toEqual(Array.from({ length: total }, (_, m) => from + 1 + m));
  });

  it('waits for a slow client', async () => {
    const from = book.headEntry;
    const feed = await openFeed(book);
    for (let m = 0; m < 40; m++)
      await book.recordCommands(['register-person', createLargePerson(`heavy-${m}`, 200_000)]);
    expect(await feed.next(40)).toEqual(Array.from({ length: 40 }, (_, m) => from + 1 + m));
    feed.hangUp();
  });

  it('sends a comment at intervals while it is silent', async () => {
    const { setInterval: original } = globalThis;
    globalThis.setInterval = ((act: () => void, wait = 0) =>
      original(act, wait === 15_000 ? 1 : wait)) as typeof setInterval;
    try {
      const feed = await openFeed(book);
      const { value: first } = await feed.blocks.next();
      expect(first).toBe('retry: 1000');
      expect((await feed.blocks.next()).value).toBe(': alive');
      feed.hangUp();
    } finally {
      globalThis.setInterval = original;
    }
  });

  itEmbedded(
    REPLICATION_AWAITED_REASON,
    'refuses a position beyond the head, so that a client which followed another copy misses nothing silently',
    async () => {
      const beyond = String(book.headEntry + 3);
      const accept = 'text/event-stream';
      for (const [path, headers] of [
        [`/events?after=${beyond}`, {}],
        ['/events', { 'last-event-id': beyond }],
        ['/events?after=1', { 'last-event-id': beyond }],
      ] as const) {
        const { status, json } = await book.get(path, { accept, ...headers });
        expect([status, json.code]).toEqual([422, 'not-yet']);
      }
      const feed = await openFeed(book, `/events?after=${book.headEntry}`);
      await book.recordCommands(createSourceCommand(++n));
      expect(await feed.next(1)).toEqual([book.headEntry]);
      feed.hangUp();
    },
  );

  it.each(['x', '-1', ''])('refuses Last-Event-ID %j', async (id) => {
    const { status, json } = await book.get('/events', { accept: 'text/event-stream', 'last-event-id': id });
    expect([status, json.code]).toEqual([422, 'invalid-value']);
  });

  it('releases everything when the client closes the connection', async () => {
    const { heads } = book.server.node.sequencer as unknown as { heads: { observers: unknown[] } };
    const before = heads.observers.length;
    const feed = await openFeed(book);
    expect(heads.observers.length).toBe(before + 1);
    feed.hangUp();
    while (heads.observers.length > before) await new Promise(setImmediate);
  });

  it('ends when the server stops', async () => {
    const stopping = await startTestServer();
    const feed = await openFeed(stopping);
    const [rest] = await Promise.all([feed.next(1), stopping.close()]);
    expect(rest).toEqual([]);
    expect(feed.answer.complete).toBe(true);
  });
});
