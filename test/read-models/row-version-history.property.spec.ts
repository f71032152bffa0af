import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import Database from 'better-sqlite3';
import type { AnyReadModel } from '../../src/read-models/declaration/read-model.js';
import { type SqlRow, getTableSchemas } from '../../src/read-models/declaration/table-schema.js';
import { type ChangedEntry, RowVersionHistory } from '../../src/read-models/reading/row-version-history.js';
import { TestLedger } from './support/test-ledger.js';
import { projectInProcess, readRowsAsOf } from './support/project-in-process.js';
import { arbitraryHistory, recordHistory } from './support/random-histories.js';
import {
  factCorrected,
  bookPlaced,
  placings,
  factRetracted,
  shelves,
  shelfSwept,
  bookTaken,
} from './support/shelves.js';
import { createTestLedger, startLiveReadModels } from './support/start-read-models.js';

type RowChange = ChangedEntry['rows'][number];
type State = { readonly [table: string]: ReadonlyMap<string, SqlRow> };

const getRowId = (stream: string, key: SqlRow) => JSON.stringify([stream, Object.values(key)]);

/** The rows as of an entry, by table, and by stream and key. */
function readState(file: string, entry: number, model: AnyReadModel): State {
  const rows = readRowsAsOf(file, entry, model);
  return Object.fromEntries(
    getTableSchemas(model).map((shape) => [
      shape.name,
      new Map(
        (rows[shape.name] as Readonly<Record<string, never>>[]).map((row) => {
          const decoded = shape.decode(shape.columns.map((column) => row[column] as never));
          const key = Object.fromEntries(shape.table.key.map((column) => [column, decoded[column]]));
          return [getRowId(row['stream'] as unknown as string, key), decoded];
        }),
      ),
    ]),
  );
}

/** Applies changes to a state; each must find the row that it replaces. */
function applyChanges(changes: readonly RowChange[], before: State): State {
  const state = Object.fromEntries(Object.entries(before).map(([table, rows]) => [table, new Map(rows)]));
  for (const { stream, table, key, before, after } of changes) {
    const name = getRowId(stream, key);
    expect(state[table]?.get(name) ?? null).toEqual(before);
    if (after) state[table]?.set(name, after);
    else state[table]?.delete(name);
  }
  return state;
}

/** Everything that changed between two entries, of which the first is exclusive. */
const listChanges = (history: RowVersionHistory, from: number, to: number): readonly RowChange[] =>
  [...history.changedEntries(from, to)].flatMap(({ rows }) => rows);

/** Reads no further than it has to. */
function listFirstEntries(changed: Iterable<ChangedEntry>, limit: number): readonly number[] {
  const entries: number[] = [];
  for (const { entry } of changed) if (entries.push(entry) === limit) break;
  return entries;
}

/** Runs a check on the read model file of each of `numRuns` random histories. */
function checkForAnyHistory(
  model: AnyReadModel,
  check: (
    fold: { file: string; head: number; history: RowVersionHistory },
    random: fc.GeneratorValue,
  ) => void,
  numRuns: number,
): void {
  fc.assert(
    fc.property(arbitraryHistory, fc.gen(), (steps, random) => {
      const book = recordHistory(steps);
      const { file } = projectInProcess(book, { model });
      const db = new Database(file, { readonly: true });
      try {
        check({ file, head: book.head, history: new RowVersionHistory(db, model) }, random);
      } finally {
        db.close();
        book.remove();
      }
    }),
    { numRuns, endOnFailure: true },
  );
}

const ALL = 1_000_000;

describe.each([shelves, placings] as AnyReadModel[])('the version history of $name', (model) => {
  it('lists changes that lead from the state at one entry to the state at another, for any history', () => {
    checkForAnyHistory(
      model,
      ({ file, head, history }, random) => {
        const [from = 0, to = 0] = [random(fc.nat, { max: head }), random(fc.nat, { max: head })].sort(
          (a, b) => a - b,
        );
        const changes = listChanges(history, from, to);
        expect(applyChanges(changes, readState(file, from, model))).toEqual(readState(file, to, model));
        for (const { entry } of changes) expect(entry > from && entry <= to).toBe(true);
      },
      80,
    );
  });

  it('lists changes in one order: by entry, table and key', () => {
    checkForAnyHistory(
      model,
      ({ head, history }) => {
        const order = listChanges(history, 0, head).map(({ entry, table, key }) =>
          [entry, table, ...Object.values(key)]
            .map((part) => (typeof part === 'number' ? String(part).padStart(9, '0') : part))
            .join('\0'),
        );
        expect(order).toEqual([...new Set(order)].sort());
      },
      40,
    );
  });

  it('lists each entry that changed a row once, with the rows that changed at it, from any entry to any other', () => {
    checkForAnyHistory(
      model,
      ({ head, history }, random) => {
        const whole = [...history.changedEntries(0, head)];
        for (const { entry, rows } of whole) {
          expect(rows).not.toEqual([]);
          expect(rows.filter((change) => change.entry !== entry)).toEqual([]);
        }
        const [from = 0, to = 0] = [random(fc.nat, { max: head }), random(fc.nat, { max: head })].sort(
          (a, b) => a - b,
        );
        expect([...history.changedEntries(from, to)]).toEqual(
          whole.filter(({ entry }) => entry > from && entry <= to),
        );
      },
      40,
    );
  });

  it('lists the first entries at which a row changed, for any limit', () => {
    checkForAnyHistory(
      model,
      ({ head, history }, random) => {
        const entries = [...history.changedEntries(0, head)].map(({ entry }) => entry);
        expect(history.entries({ from: 0, to: head, limit: ALL })).toEqual(entries);
        const from = random(fc.nat, { max: head });
        const limit = random(fc.nat, { max: 4 });
        expect(history.entries({ from, to: head, limit })).toEqual(
          entries.filter((entry) => entry > from).slice(0, limit),
        );
      },
      40,
    );
  });

  it('lists the same changes at named entries as between two entries', () => {
    checkForAnyHistory(
      model,
      ({ head, history }, random) => {
        const whole = [...history.changedEntries(0, head)];
        const every = Array.from({ length: head }, (_, n) => n + 1);
        for (const named of [whole.map(({ entry }) => entry), every, random(() => fc.subarray(every))])
          expect([...history.changesAtEntries(named)]).toEqual(
            whole.filter(({ entry }) => named.includes(entry)),
          );
      },
      40,
    );
  });
});

/** Prepares statements that call `count` once per execution and once per row. */
const countSteps = (db: Database.Database, count: () => void) => (sql: string) => {
  const statement = db.prepare<unknown[]>(sql);
  const [get, all, iterate] = [
    statement.get.bind(statement),
    statement.all.bind(statement),
    statement.iterate.bind(statement),
  ];
  return Object.assign(statement, {
    get(...values: unknown[]) {
      count();
      return get(...values);
    },
    all(...values: unknown[]) {
      count();
      const rows = all(...values);
      for (const _ of rows) count();
      return rows;
    },
    *iterate(...values: unknown[]) {
      count();
      for (const row of iterate(...values)) {
        count();
        yield row;
      }
    },
  });
};

describe('a query for changes', () => {
  const ENTRIES = 2_000;
  /** A long ledger of short rows, so that the queried changes lie far from both ends. */
  const createLongLedger = () =>
    TestLedger.create(ENTRIES, (n) => ['shelf-x', bookPlaced('x', String(n % 50), `title ${n}`)]);

  it('runs in another thread, up to the projected entry', async () => {
    const book = createTestLedger();
    book.record('shelf-x', bookPlaced('x', '1', 'One', ['a']));
    book.recordGroup('shelf-x', [bookPlaced('x', '2', 'Two'), bookTaken('x', '1')]);
    book.record('shelf-x', factCorrected('shelf-x@0', bookPlaced('x', '3', 'Three')));
    book.record('shelf-x', factRetracted('shelf-x@1'));
    book.record('shelf-x', shelfSwept('x'));
    const { models } = await startLiveReadModels(book);
    const describeChanges = async (from: number, to: number) =>
      (await models.history('shelves', 'changes', { from, to, limit: 100, day: '2020-01-01' })).changes.map(
        ({ entry, query, key, before, after }) => {
          const [was, is] = [before as SqlRow | null, after as SqlRow | null];
          return `${entry} ${query} ${Object.values(key).join()}: ${JSON.stringify(was?.['title'] ?? was?.['size'] ?? was)} ${JSON.stringify(is?.['title'] ?? is?.['size'] ?? is)}`;
        },
      );
    // A group is one change at its last entry.
    expect(await describeChanges(1, 2)).toEqual([]);
    expect(await describeChanges(1, 3)).toEqual(['3 titles x,1: "One" null', '3 titles x,2: null "Two"']);
    expect(await describeChanges(3, 6)).toEqual([
      '4 sizes x: 1 2',
      '4 titles x,3: null "Three"',
      '5 sizes x: 2 1',
      '5 titles x,2: "Two" null',
      '6 sizes x: 1 null',
      '6 titles x,3: "Three" null',
    ]);
    expect(await models.history('shelves', 'entries', { from: 0, to: 6, limit: 2 })).toEqual([1, 3]);
    const { changes: found } = await models.history('shelves', 'changesAt', {
      entries: [1],
      day: '2020-01-01',
    });
    expect(found[1]).toEqual({
      entry: 1,
      item: '["titles","x","1"]',
      query: 'titles',
      path: {},
      key: { shelf: 'x', book: '1' },
      day: null,
      before: null,
      after: { shelf: 'x', book: '1', title: 'One' },
    });
  });

  it('reads only the rows near the queried entries', () => {
    const book = createTestLedger(createLongLedger());
    const { file } = projectInProcess(book);
    const db = new Database(file, { readonly: true });
    let steps = 0;
    const counted = new Proxy(db, {
      get: (target, name) =>
        name === 'prepare' ? countSteps(target, () => steps++) : (Reflect.get(target, name) as unknown),
    });
    try {
      const history = new RowVersionHistory(counted, shelves);
      expect(listChanges(history, 1_500, 1_501)).toHaveLength(1);
      expect(listFirstEntries(history.changedEntries(900, ENTRIES), 3)).toEqual([901, 902, 903]);
      expect([...history.changesAtEntries([1_200, 1_800])]).toHaveLength(2);
      expect(history.entries({ from: 900, to: ENTRIES, limit: 3 })).toEqual([901, 902, 903]);
      expect(steps).toBeLessThan(ENTRIES / 2);
    } finally {
      db.close();
    }
  });
});
