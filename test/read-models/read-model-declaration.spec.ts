import { describe, expect, it } from '@jest/globals';
import { defineReadModel, defineSharedTables } from '../../src/read-models/declaration/read-model.js';
import { json, nullableJson, defineTable } from '../../src/read-models/declaration/table.js';
import { knownShelves, type ShelfEvent } from './support/shelves.js';

const declared = (tables: Record<string, ReturnType<typeof defineTable>>) =>
  defineReadModel<ShelfEvent>()({ name: 'specimen', version: 1, tables, queries: {} });
const one = defineTable({ columns: { a: 'text' }, key: ['a'] });

describe('a read model declaration', () => {
  it.each([
    ['a table name reserved by the engine', { parked: one }],
    ['a table name that a view could have', { current_shelves: one }],
    [
      'a column name reserved by the engine',
      { t: defineTable({ columns: { stream: 'text' }, key: ['stream'] }) },
    ],
    ['a name that would need quoting', { 'a b': one }],
    ['a nullable key', { t: defineTable({ columns: { a: 'text?' as 'text' }, key: ['a'] }) }],
    ['an index over an undeclared column', { t: { ...one, indexes: [['b']] } }],
  ])('does not accept %s', (_, tables) => {
    expect(() => declared(tables as never)).toThrow(/^The table '.*' cannot be declared like this/);
  });

  it('does not accept the same table twice', () => {
    const twice = () =>
      defineReadModel<ShelfEvent>()({
        name: 'specimen',
        version: 1,
        include: [knownShelves],
        tables: { known: one },
        queries: {},
      });
    expect(twice).toThrow("specimen declares the table 'known' twice.");
  });

  it('does not accept handlers of corrections, which the engine applies itself', () => {
    const when = { FactRetracted: () => {} };
    expect(() => defineSharedTables<ShelfEvent>()({ tables: {}, when: when as never })).toThrow(
      /^A read model cannot handle FactRetracted/,
    );
  });

  it('is typed, so that wrong columns, keys and events do not compile', () => {
    const tables = {
      t: defineTable({
        columns: {
          a: 'text',
          n: 'integer',
          x: 'text?',
          j: json<readonly string[]>(),
          k: nullableJson<number>(),
        },
        key: ['a', 'n'],
        // @ts-expect-error: no such column
        indexes: [['b']],
      }),
      // @ts-expect-error: json cannot be a key
      u: defineTable({ columns: { j: 'json' }, key: ['j'] }),
    };
    const shelf = defineSharedTables<ShelfEvent>();
    const compiled = () =>
      shelf({
        tables,
        when: {
          BookPlaced: ({ data: { book } }, { t }) => {
            t.put({ a: book, n: 1, j: [] });
            t.put({ a: book, n: 1, j: ['x'], x: undefined, k: null });
            const row = t.get({ a: book, n: 1 });
            const tags: readonly string[] | undefined = row?.j;
            const count: number | null | undefined = row?.k;
            // @ts-expect-error: a column is missing
            t.put({ a: book, n: 1 });
            // @ts-expect-error: another type
            t.put({ a: 1, n: 1, j: [] });
            // @ts-expect-error: not a column
            t.put({ a: book, n: 1, j: [], z: 1 });
            // @ts-expect-error: half a key
            t.delete({ a: book });
            expect([tags, count]).toBeDefined();
          },
          // @ts-expect-error: no such event
          BookBurnt: () => {},
        },
      });
    expect(compiled().tables).toBe(tables);
  });
});
