// A small domain of shelves and books, and its read models: the module that the engine's threads load in the tests.
import { upcasters } from '../../../src/domain/upcasters.js';
import type { Shapes } from '../../../src/eventsourcing/upcasters.js';
import type { AnyEvent, TypedEvent } from '../../../src/eventsourcing/message.js';
import { type EntryUpcaster, createEntryUpcaster } from '../../../src/ledger/entry-upcasting.js';
import type { QueryRequest } from '../../../src/read-models/declaration/route.js';
import { paginate } from '../../../src/read-models/declaration/paginate.js';
import { defineQuery } from '../../../src/read-models/declaration/query.js';
import { defineReadModel, defineSharedTables } from '../../../src/read-models/declaration/read-model.js';
import { toSearchExpression } from '../../../src/read-models/declaration/search-text.js';
import { json, defineTable } from '../../../src/read-models/declaration/table.js';

export type BookPlaced = TypedEvent<
  'BookPlaced',
  { shelf: string; book: string; title: string; tags?: readonly string[] }
>;
export type BookTaken = TypedEvent<'BookTaken', { shelf: string; book: string }>;
export type ShelfSwept = TypedEvent<'ShelfSwept', { shelf: string }>;
export type ShelfEvent = BookPlaced | BookTaken | ShelfSwept;

export const bookPlaced = (
  shelf: string,
  book: string,
  title: string,
  tags?: readonly string[],
): BookPlaced => ({
  type: 'BookPlaced',
  data: { shelf, book, title, ...(tags && { tags }) },
});
export const bookTaken = (shelf: string, book: string): BookTaken => ({
  type: 'BookTaken',
  data: { shelf, book },
});
export const shelfSwept = (shelf: string): ShelfSwept => ({ type: 'ShelfSwept', data: { shelf } });
export const factCorrected = (fact: string, by: AnyEvent): AnyEvent => ({
  type: 'FactCorrected',
  data: { fact, with: by.data, reason: 'misread' },
});
export const factRetracted = (fact: string): AnyEvent => ({
  type: 'FactRetracted',
  data: { fact, reason: 'never was' },
});
export const factDisputed = (fact: string): AnyEvent => ({
  type: 'FactDisputed',
  data: { fact, claim: 'not so' },
});

/** A title on which handlers fail, and one that gives a row with a value of the wrong type. */
export const FAILING_TITLE = 'poison';
export const INVALID_TITLE = 'misfit';

/** The known shelves: its handlers run in addition to those of the read model that includes it. */
export const knownShelves = defineSharedTables<BookPlaced>()({
  tables: { known: defineTable({ columns: { shelf: 'text', first: 'integer' }, key: ['shelf'] }) },
  when: {
    BookPlaced: ({ data: { shelf }, entry }, { known }) => {
      if (!known.get({ shelf })) known.put({ shelf, first: entry });
    },
  },
});

type BookRow = { readonly book: string; readonly title: string; readonly from_entry: number };

export const shelves = defineReadModel<ShelfEvent>()({
  name: 'shelves',
  version: 1,
  include: [knownShelves],
  tables: {
    books: defineTable({
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
    shelf_sizes: defineTable({ columns: { shelf: 'text', size: 'integer' }, key: ['shelf'] }),
  },
  when: {
    BookPlaced: ({ data: { shelf, book, title, tags }, disputes }, { books, shelf_sizes }) => {
      if (title === FAILING_TITLE) throw new Error('nobody can read this title');
      const before = books.get({ shelf, book });
      books.put({
        shelf,
        book,
        title: title === INVALID_TITLE ? (17 as unknown as string) : title,
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
  shownIn: {
    books: ({ shelf, book }: { shelf: string; book: string }) => [{ query: 'titles', key: { shelf, book } }],
    shelf_sizes: ({ shelf }: { shelf: string }) => [{ query: 'sizes', key: { shelf } }],
  },
  queries: {
    on: defineQuery((view, { shelf }: { shelf: string }) =>
      view.all<BookRow>(
        `SELECT book, title, from_entry FROM ${view.table('books')} WHERE shelf = @shelf ORDER BY book`,
        { shelf },
      ),
    ),
    tags: defineQuery((view, { book }: { book: string }) =>
      view.get<{ tags: readonly string[] }>(
        `SELECT s.labels AS tags FROM (SELECT book, tags AS labels FROM ${view.table('books')}) s WHERE s.book = @book`,
        { book },
      ),
    ),
    everything: defineQuery(
      (view) => view.all<BookRow>(`SELECT book, title, from_entry FROM ${view.table('books')} ORDER BY row`),
      {
        scan: true,
      },
    ),
    pages: defineQuery(
      (view, { after, limit }: { after?: readonly (string | number | null)[]; limit: number }) =>
        paginate<{ shelf: string; book: string }>(view, {
          sql: `SELECT shelf, book FROM ${view.table('books')}`,
          order: ['shelf', 'book'],
          after,
          limit,
        }),
      { scan: true },
    ),
    titles: defineQuery((view, { only, limit }: QueryRequest) =>
      paginate<BookRow>(view, {
        sql: `SELECT shelf, book, title FROM ${view.table('books')}`,
        order: ['shelf', 'book'],
        only,
        limit,
      }),
    ),
    sizes: defineQuery((view, { only, limit }: QueryRequest) =>
      paginate<object>(view, {
        sql: `SELECT shelf, size FROM ${view.table('shelf_sizes')}`,
        order: ['shelf'],
        only,
        limit,
      }),
    ),
    titled: defineQuery((view, { q }: { q: string }) =>
      view
        .all<{ title: string }>(
          `SELECT title FROM ${view.table('books')} b WHERE b.row IN ${view.fullTextSearch('books', '@q')} ORDER BY b.row`,
          { q: toSearchExpression(q) ?? '' },
        )
        .map(({ title }) => title),
    ),
    plan: defineQuery((view, { shelf }: { shelf: string }) =>
      view
        .all<{ detail: string }>(
          `EXPLAIN QUERY PLAN SELECT b.title FROM ${view.table('books')} b WHERE b.shelf = @shelf ORDER BY b.book`,
          { shelf },
        )
        .map(({ detail }) => detail),
    ),
    fails: defineQuery(
      (_view, { word }: { word: string }): string => {
        throw new Error(`no ${word} here`);
      },
      { scan: true },
    ),
  },
});

/** A plain read model: one table, one handler that reads no earlier rows. */
export const placings = defineReadModel<ShelfEvent>()({
  name: 'placings',
  version: 1,
  tables: {
    placings: defineTable({
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
    count: defineQuery(
      (view) => view.get<{ n: number }>(`SELECT count(*) AS n FROM ${view.table('placings')}`)?.n ?? 0,
    ),
  },
});

export const readModels = [shelves, placings];

const SHELF_SHAPES: Shapes<ShelfEvent> = { BookPlaced: [], BookTaken: [], ShelfSwept: [] };
/** Also of events that no read model projects, and of the domain, whose read models are projected with this module, too. */
const SHAPES = { ...upcasters, ...SHELF_SHAPES, ShelfDusted: [] };

/** An event that this release cannot read, so that every read model fails on it. */
export const UNREADABLE_TEXT = 'unreadable';
export const entryUpcaster: EntryUpcaster = (entry, before) => {
  if (entry.data.includes(UNREADABLE_TEXT)) throw new Error('no upcaster knows this shape');
  return createEntryUpcaster(SHAPES)(entry, before);
};
