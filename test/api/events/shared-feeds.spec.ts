// Many live feeds cost the server little more than one.
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { cleanUp, startTestServer, type TestServer } from '../../support/test-server.js';
import { openRawRequest, type RawConnection } from '../support/raw-request.js';

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
});
afterAll(cleanUp);

const openFeed = (head = 'GET /events HTTP/1.1'): Promise<RawConnection> =>
  openRawRequest(book, head, 'accept: text/event-stream');

describe('live feeds', () => {
  it('read and render an event once, however many there are', async () => {
    const feeds = await Promise.all(Array.from({ length: 30 }, () => openFeed()));
    await Promise.all(feeds.map((feed) => feed.received(/retry: /)));
    const { ledger } = book.server.node;
    const original = ledger.findEntries.bind(ledger);
    let read = 0;
    const spy = jest.spyOn(ledger, 'findEntries').mockImplementation((...args) => {
      const found = original(...args);
      read += found.entries.length;
      return found;
    });
    await book.recordCommands(['register-source', { source: 'shared', title: 'A report' }]);
    const texts = await Promise.all(feeds.map((feed) => feed.received(/\nid: 1\ndata: .*\n\n/)));
    spy.mockRestore();
    expect(read).toBe(1);
    for (const text of texts) expect(text).toContain('"source":"shared"');
    for (const { socket } of feeds) socket.destroy();
  });

  it('send every event once and in order, while a client catches up and others are ahead', async () => {
    const ahead = await openFeed('GET /events?after=0 HTTP/1.1');
    const lines = Array.from({ length: 500 }, (_, n) => ({
      command: 'register-source',
      data: { source: `ordered-${n}`, title: 'A report' },
    }));
    const writing = book.sendLines(lines);
    const behind = await openFeed('GET /events?after=0 HTTP/1.1');
    const filtered = await openFeed('GET /events?after=0&type=SourceRegistered HTTP/1.1');
    await writing;
    const head = book.headEntry;
    for (const feed of [ahead, behind, filtered]) {
      const text = await feed.received(new RegExp(`\\nid: ${head}\\ndata: .*\\n\\n`));
      const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
      expect(ids).toEqual(Array.from({ length: head }, (_, n) => n + 1));
      feed.socket.destroy();
    }
  });

  it('are limited to 256 for one client', async () => {
    const feeds = await Promise.all(Array.from({ length: 256 }, () => openFeed()));
    await Promise.all(feeds.map((feed) => feed.received(/retry: /)));
    const refused = await openFeed();
    expect(await refused.received(/\}$/)).toMatch(/^HTTP\/1\.1 429 [^]*retry-after: 30[^]*"rate-limited"/);
    feeds[0]?.socket.destroy();
    await feeds[0]?.closed;
    const isAccepted = async (): Promise<boolean> => {
      const feed = await openFeed();
      const isOpen = /^HTTP\/1\.1 200 /.test(await feed.received(/\r\n\r\n/));
      feed.socket.destroy();
      return isOpen;
    };
    while (!(await isAccepted())) await new Promise(setImmediate);
    for (const { socket } of [...feeds, refused]) socket.destroy();
  });
});
