// A small domain of shelves and books, and its read models: the module that the engine's threads load in the tests.
import type { AnyEvent, EventOf } from '../../../src/eventsourcing/message.js';
import { type Read, reading } from '../../../src/ledger/event-reader.js';
import {
  json,
  page,
  query,
  readModel,
  searchExpression,
  shared,
  table,
} from '../../../src/read-models/declaration/read-model.js';

export type BookPlaced = EventOf<
  'BookPlaced',
  { shelf: string; book: string; title: string; tags?: readonly string[] }
>;
export type BookTaken = EventOf<'BookTaken', { shelf: string; book: string }>;
export type ShelfSwept = EventOf<'ShelfSwept', { shelf: string }>;
export type ShelfEvent = BookPlaced | BookTaken | ShelfSwept;

export const placed = (shelf: string, book: string, title: string, tags?: readonly string[]): BookPlaced => ({
  type: 'BookPlaced',
  data: { shelf, book, title, ...(tags && { tags }) },
});
export const taken = (shelf: string, book: string): BookTaken => ({
  type: 'BookTaken',
  data: { shelf, book },
});
export const swept = (shelf: string): ShelfSwept => ({ type: 'ShelfSwept', data: { shelf } });
export const corrected = (fact: string, by: AnyEvent): AnyEvent => ({
  type: 'FactCorrected',
  data: { fact, with: by.data, reason: 'misread' },
});
export const retracted = (fact: string): AnyEvent => ({
  type: 'FactRetracted',
  data: { fact, reason: 'never was' },
});
export const disputed = (fact: string): AnyEvent => ({
  type: 'FactDisputed',
  data: { fact, claim: 'not so' },
});

/** A title that the read models cannot digest, and one that gives a row which does not fit its columns. */
export const POISON = 'poison';
export const MISFIT = 'misfit';

/** Which shelves there are: its handlers come on top of those of whoever includes it. */
export const known = shared<BookPlaced>()({
  tables: { known: table({ columns: { shelf: 'text', first: 'integer' }, key: ['shelf'] }) },
  when: {
    BookPlaced: ({ data: { shelf }, entry }, { known }) => {
      if (!known.get({ shelf })) known.put({ shelf, first: entry });
    },
  },
});

type Standing = { readonly book: string; readonly title: string; readonly from_entry: number };

export const shelves = readModel<ShelfEvent>()({
  name: 'shelves',
  version: 1,
  include: [known],
  tables: {
    books: table({
      columns: {
        shelf: 'text',
        book: 'text',
        title: 'text',
        times: 'integer',
        tags: json<readonly string[]>(),
        disputes: 'integer?',
      },
      key: ['shelf', 'book'],
      indexes: [['shelf', 'book']],
      search: 'title',
    }),
    shelf_sizes: table({ columns: { shelf: 'text', size: 'integer' }, key: ['shelf'] }),
  },
  when: {
    BookPlaced: ({ data: { shelf, book, title, tags }, disputes }, { books, shelf_sizes }) => {
      if (title === POISON) throw new Error('nobody can read this title');
      const before = books.get({ shelf, book });
      books.put({
        shelf,
        book,
        title: title === MISFIT ? (17 as unknown as string) : title,
        times: (before?.times ?? 0) + 1,
        tags: tags ?? [],
        disputes: disputes.length || null,
      });
      shelf_sizes.put({ shelf, size: books.all().length });
    },
    BookTaken: ({ data: { shelf, book } }, { books, shelf_sizes }) => {
      books.delete({ shelf, book });
      shelf_sizes.put({ shelf, size: books.all().length });
    },
    ShelfSwept: ({ data: { shelf } }, { books, shelf_sizes }) => {
      for (const each of books.all()) books.delete(each);
      shelf_sizes.delete({ shelf });
    },
  },
  queries: {
    on: query((view, { shelf }: { shelf: string }) =>
      view.all<Standing>(
        `SELECT book, title, from_entry FROM ${view.at('books')} WHERE shelf = @shelf ORDER BY book`,
        { shelf },
      ),
    ),
    tags: query((view, { book }: { book: string }) =>
      view.get<{ tags: readonly string[] }>(
        `SELECT s.labels AS tags FROM (SELECT book, tags AS labels FROM ${view.at('books')}) s WHERE s.book = @book`,
        { book },
      ),
    ),
    everything: query(
      (view) => view.all<Standing>(`SELECT book, title, from_entry FROM ${view.at('books')} ORDER BY row`),
      {
        scan: true,
      },
    ),
    pages: query(
      (view, { after, limit }: { after?: readonly (string | number | null)[]; limit: number }) =>
        page<{ shelf: string; book: string }>(view, {
          sql: `SELECT shelf, book FROM ${view.at('books')}`,
          order: ['shelf', 'book'],
          after,
          limit,
        }),
      { scan: true },
    ),
    titled: query((view, { q }: { q: string }) =>
      view
        .all<{ title: string }>(
          `SELECT title FROM ${view.at('books')} b WHERE b.row IN ${view.matching('books', '@q')} ORDER BY b.row`,
          { q: searchExpression(q) ?? '' },
        )
        .map(({ title }) => title),
    ),
    plan: query((view, { shelf }: { shelf: string }) =>
      view
        .all<{ detail: string }>(
          `EXPLAIN QUERY PLAN SELECT b.title FROM ${view.at('books')} b WHERE b.shelf = @shelf ORDER BY b.book`,
          { shelf },
        )
        .map(({ detail }) => detail),
    ),
    fails: query(
      (_view, { word }: { word: string }): string => {
        throw new Error(`no ${word} here`);
      },
      { scan: true },
    ),
  },
});

/** A plain one: one table, one handler, no questions about the past of its stream. */
export const placings = readModel<ShelfEvent>()({
  name: 'placings',
  version: 1,
  tables: {
    placings: table({
      columns: { revision: 'integer', book: 'text' },
      key: ['revision'],
      indexes: [['book']],
    }),
  },
  when: {
    BookPlaced: ({ data: { book }, revision }, { placings }) => placings.put({ revision, book }),
  },
  whenever: ({ revision, type, data }, { placings }) => {
    if (type === 'BookTaken') placings.put({ revision, book: `${String(data['book'])} taken` });
  },
  queries: {
    count: query(
      (view) => view.get<{ n: number }>(`SELECT count(*) AS n FROM ${view.at('placings')}`)?.n ?? 0,
    ),
  },
});

export const readModels = [shelves, placings];

/** A book that today's release cannot read, whatever a read model makes of it. */
export const UNREADABLE = 'unreadable';
export const read: Read = (entry, before) => {
  if (entry.data.includes(UNREADABLE)) throw new Error('no upcaster knows this shape');
  return reading({})(entry, before);
};
