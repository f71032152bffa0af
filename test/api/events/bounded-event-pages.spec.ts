// What one request reads and answers is bounded, however large the book is.
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { EventScanner } from '../../../src/api/events/event-scanner.js';
import { EventLoopScheduler } from '../../../src/api/shared/event-loop-scheduler.js';
import type { Request } from '../../../src/http/request.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { createLargePerson } from '../../support/large-commands.js';
import { cleanUp, startTestServer, type TestServer } from '../../support/test-server.js';

const MIB = 1024 * 1024;
/** More than one request examines. */
const SOURCES = 11_000;
const LARGE_PEOPLE = 8;

let book: TestServer;
let ledger: Ledger;
beforeAll(async () => {
  book = await startTestServer();
  ({ ledger } = book.server.node);
  const sources = Array.from({ length: SOURCES }, (_, n) => ({
    command: 'register-source',
    data: { source: `s-${n}`, title: 'A report' },
  }));
  await book.sendLines(sources);
  for (let n = 0; n < LARGE_PEOPLE; n++)
    await book.recordCommands(['register-person', createLargePerson(`p-${n}`, 400_000)]);
}, 120_000);
afterAll(cleanUp);

/** How many entries the ledger returned, and how often it was searched, while `act` ran. */
async function countReads(act: () => Promise<void>): Promise<{ entries: number; searches: number }> {
  let [entries, searches] = [0, 0];
  const spies = (['findEntries', 'readAfter', 'readStream'] as const).map((name) => {
    const original = ledger[name].bind(ledger) as (...args: unknown[]) => unknown;
    return jest.spyOn(ledger, name).mockImplementation(((...args: unknown[]) => {
      const result = original(...args) as unknown[] | { readonly entries: readonly unknown[] };
      searches++;
      entries += Array.isArray(result) ? result.length : result.entries.length;
      return result;
    }) as never);
  });
  await act();
  for (const spy of spies) spy.mockRestore();
  return { entries, searches };
}

type EventsPage = { items: { entry: number; id: string }[]; next: string | null };

describe('a page of events', () => {
  it('reads one entry for a limit of 1', async () => {
    const reads = await countReads(async () => {
      expect((await book.get('/events?limit=1&after=100')).json.items).toHaveLength(1);
    });
    expect(reads).toEqual({ entries: 1, searches: 1 });
  });

  it('reads the entries of a stream that it answers, wherever the page begins', async () => {
    const reads = await countReads(async () => {
      const { json } = await book.get('/streams/person-p-3?limit=1');
      expect([json.items.length, json.next]).toEqual([1, null]);
    });
    expect(reads.entries).toBe(1);
  });

  it('examines a bounded number of entries for a type, and names where it continues', async () => {
    const pages: EventsPage[] = [];
    const reads = await countReads(async () => {
      for (let next: string | null = '/events?type=PersonRegistered&limit=3'; next !== null;) {
        const page = (await book.get(next)).json as EventsPage;
        pages.push(page);
        ({ next } = page);
      }
    });
    expect(pages[0]).toMatchObject({ items: [], next: expect.stringContaining('after=10000') });
    expect(pages.flatMap(({ items }) => items.map(({ entry }) => entry))).toEqual(
      Array.from({ length: LARGE_PEOPLE }, (_, n) => SOURCES + 1 + n),
    );
    expect(reads.searches).toBeLessThanOrEqual(10 * pages.length);
  });

  it('finds no event of an unknown type, in as many pages as the ledger needs', async () => {
    const first = (await book.get('/events?type=Nothing')).json as EventsPage;
    expect(first).toMatchObject({ items: [], next: '/events?type=Nothing&after=10000' });
    expect((await book.get(first.next ?? '')).json).toMatchObject({ items: [], next: null });
  });

  it('stops searching when the client has gone', async () => {
    const gone = { raw: { socket: { destroyed: true } } } as unknown as Request;
    const scanner = new EventScanner(ledger, new EventLoopScheduler());
    const search = { after: 0, upTo: ledger.getHead().entry, limit: 10 };
    const reads = await countReads(async () => {
      await scanner.findPage({ stream: undefined, type: 'Nothing' }, search, gone);
    });
    expect(reads.searches).toBe(1);
  });

  it.each(['/events?after=11000&limit=1000', '/events?type=PersonRegistered&after=10000&limit=1000'])(
    'ends at 1 MiB, and the next one goes on: %s',
    async (address) => {
      const entries: number[] = [];
      let pages = 0;
      for (let next: string | null = address; next !== null; pages++) {
        const { text, json } = await book.get(next);
        expect(text.length).toBeLessThan(MIB + 1024);
        entries.push(...(json as EventsPage).items.map(({ entry }) => entry));
        next = (json as EventsPage).next;
      }
      expect(entries).toEqual(Array.from({ length: LARGE_PEOPLE }, (_, n) => SOURCES + 1 + n));
      expect(pages).toBe(LARGE_PEOPLE / 2);
    },
  );

  it('is an event alone if that is larger than a page', () => {
    const { entries, position } = ledger.findEntries(
      { stream: undefined, type: undefined },
      { after: SOURCES, upTo: SOURCES + 3, limit: 10, maxBytes: 1_000, atLeastOne: true },
    );
    expect([entries.length, position]).toEqual([1, SOURCES + 1]);
  });

  it('ends before an event that is too large for the rest of it', () => {
    const search = { after: SOURCES, upTo: SOURCES + 3, limit: 10, maxBytes: 1_000, atLeastOne: false };
    expect(ledger.findEntries({ stream: undefined, type: undefined }, search)).toEqual({
      entries: [],
      position: SOURCES,
    });
  });
});

describe('a page of a list', () => {
  it.each(['/people?limit=1000', '/organizations?limit=1000', '/sources?limit=1000'])(
    'ends at about 1 MiB, and the pages together have every item once: %s',
    async (address) => {
      const ids: string[] = [];
      for (let next: string | null = address; next !== null;) {
        const { text, json } = await book.get(next);
        expect(text.length).toBeLessThan(1.5 * MIB);
        ids.push(...(json.items as { id: string }[]).map(({ id }) => id));
        next = json.next as string | null;
      }
      expect(new Set(ids).size).toBe(ids.length);
    },
  );
});

describe('an export', () => {
  it('is read in chunks of a bounded size', async () => {
    const sizes: number[] = [];
    const original = ledger.readAfter.bind(ledger);
    const spy = jest.spyOn(ledger, 'readAfter').mockImplementation((...args) => {
      const found = original(...args);
      sizes.push(found.reduce((sum, { data }) => sum + data.length, 0));
      return found;
    });
    const { text } = await book.get('/events', { accept: 'application/x-ndjson' });
    spy.mockRestore();
    expect(text.split('\n')).toHaveLength(SOURCES + LARGE_PEOPLE + 2);
    expect(Math.max(...sizes)).toBeLessThan(512 * 1024);
  });
});
