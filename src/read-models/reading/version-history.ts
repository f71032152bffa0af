// What changed from entry to entry, told by the versions themselves. Rows are numbered in the order of the entries
// that made them, and closed ones are indexed by the entry that closed them: an answer costs what it lists, however
// much the file holds. As of entries that are folded none of it ever changes, so no transaction is needed.
import type Database from 'better-sqlite3';
import type { AnyReadModel, Value } from '../declaration/read-model.js';
import { type PlainRow, shapesOf, STANDING, TableShape, type Values } from '../declaration/table-schema.js';

/** One row that is another one since an entry: the columns it had and has, null where there was or is no row. */
export type Change = {
  readonly entry: number;
  readonly stream: string;
  readonly table: string;
  readonly key: PlainRow;
  readonly before: PlainRow | null;
  readonly after: PlainRow | null;
};

/** Where a change stands in the order of all changes of a read model: by entry, table and key. */
export type Position = { readonly entry: number; readonly table: string; readonly key: Values };

/** `from` is exclusive, `to` inclusive, and folded. */
export type Between = {
  readonly from: number;
  readonly to: number;
  /** Only what follows it. */
  readonly after?: Position;
  readonly limit: number;
};

export class VersionHistory {
  readonly #tables: readonly TableVersions[];

  constructor(db: Database.Database, model: AnyReadModel) {
    this.#tables = shapesOf(model)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map((shape) => new TableVersions(db, shape));
  }

  /** The entries between two at which a row changed, in order: of a group the last. */
  entries({ from, to, limit }: Between): readonly number[] {
    const found = new Set(this.#tables.flatMap((table) => table.entries(from, to, limit)));
    return [...found].sort((a, b) => a - b).slice(0, limit);
  }

  /** What changed between two entries, in the order of positions. */
  changes({ from, to, after, limit }: Between): readonly Change[] {
    return this.#walk(after ? after.entry - 1 : from, (walks) => {
      const changes: Change[] = [];
      while (changes.length < limit) {
        const entry = Math.min(...walks.map(({ next }) => next));
        if (entry > to) break;
        const found = walks.flatMap((walk) => walk.take(entry));
        changes.push(...(entry === after?.entry ? found.filter((change) => follows(change, after)) : found));
      }
      return changes.slice(0, limit);
    });
  }

  /** What changed at each of these entries, which ascend. */
  changesAt(entries: readonly number[]): readonly Change[] {
    return this.#walk((entries[0] ?? 1) - 1, (walks) =>
      entries.flatMap((entry) => walks.flatMap((walk) => walk.take(entry))),
    );
  }

  #walk<T>(from: number, look: (walks: readonly Walk[]) => T): T {
    const walks: Walk[] = [];
    try {
      for (const table of this.#tables) walks.push(new Walk(table, from));
      return look(walks);
    } finally {
      for (const walk of walks) walk.end();
    }
  }
}

const follows = ({ table, key }: Change, after: Position): boolean =>
  table === after.table
    ? TableShape.compare(Object.values(key) as Values, after.key) > 0
    : table > after.table;

type RowNumber = readonly [row: number, entry: number];

class TableVersions {
  /** With the entry and the number of the row, the stream and the columns. */
  readonly opened: Database.Statement<unknown[]>;
  readonly closed: Database.Statement<unknown[]>;
  readonly #next: Database.Statement<unknown[]>;
  readonly #openers: Database.Statement<unknown[]>;
  readonly #closers: Database.Statement<unknown[]>;

  constructor(
    db: Database.Database,
    readonly shape: TableShape,
  ) {
    const { name, columns } = shape;
    const prepare = (sql: string) => db.prepare<unknown[]>(sql);
    const list = ['row', 'stream', ...columns].map((column) => `"${column}"`).join(', ');
    const closed = `FROM "${name}" INDEXED BY "${name}_closed" WHERE to_entry < ${STANDING} AND to_entry > ?`;
    this.opened = prepare(`SELECT from_entry, ${list} FROM "${name}" WHERE row >= ? ORDER BY row`).raw();
    this.closed = prepare(`SELECT to_entry, ${list} ${closed} ORDER BY to_entry`).raw();
    this.#next = prepare(`SELECT row, from_entry FROM "${name}" WHERE row >= ? ORDER BY row LIMIT 1`).raw();
    this.#openers = prepare(
      `SELECT DISTINCT from_entry FROM "${name}" WHERE row >= ? AND row < ? LIMIT ?`,
    ).pluck();
    this.#closers = prepare(
      `SELECT DISTINCT to_entry ${closed} AND to_entry <= ? ORDER BY to_entry LIMIT ?`,
    ).pluck();
  }

  /** At most `limit` of those that opened rows, and of those that closed some, the first ones; in no order. */
  entries(from: number, to: number, limit: number): readonly number[] {
    const start = this.rowAfter(from);
    return [
      ...(this.#openers.all(start, this.rowAfter(to, start), limit) as number[]),
      ...(this.#closers.all(from, to, limit) as number[]),
    ];
  }

  /** The number of the first row that a later entry made, or one above all numbers; not below `low`. */
  rowAfter(entry: number, low = 1): number {
    let high = Infinity;
    // In strides that grow, since what is asked next is often near; then by halves.
    for (let stride = 1; low < high; stride *= 2) {
      const probe = high === Infinity ? low + stride - 1 : Math.floor((low + high) / 2);
      const found = this.#next.get(probe) as RowNumber | undefined;
      if (found === undefined || found[1] > entry) high = probe;
      else low = found[0] + 1;
    }
    return low;
  }
}

type Altered = { readonly stream: string; readonly key: Values; before: Values | null; after: Values | null };

/** From entry to entry through what was opened and closed in one table. */
class Walk {
  readonly #table: TableVersions;
  #opened: Ascending;
  #closed: Ascending;

  constructor(table: TableVersions, after: number) {
    this.#table = table;
    this.#opened = new Ascending(table.opened, table.rowAfter(after));
    this.#closed = new Ascending(table.closed, after);
  }

  /** The next entry at which a row changed; Infinity at the end. */
  get next(): number {
    return Math.min(this.#opened.entry, this.#closed.entry);
  }

  /** What changed at an entry, by key; whatever came before it is passed over. */
  take(entry: number): readonly Change[] {
    this.#seek(entry);
    const { shape } = this.#table;
    const altered = new Map<string, Altered>();
    const alter = ([, , stream, ...values]: readonly Value[], to: 'before' | 'after'): void => {
      const key = shape.keyOf(values);
      const name = JSON.stringify([stream, ...key]);
      const one = altered.get(name) ?? { stream: stream as string, key, before: null, after: null };
      altered.set(name, one);
      one[to] = values;
    };
    while (this.#closed.entry === entry) {
      alter(this.#closed.row, 'before');
      this.#closed.advance();
    }
    while (this.#opened.entry === entry) {
      alter(this.#opened.row, 'after');
      this.#opened.advance();
    }
    return [...altered.values()]
      .sort((a, b) => TableShape.compare(a.key, b.key))
      .map(({ stream, key, before, after }) => ({
        entry,
        stream,
        table: shape.name,
        key: Object.fromEntries(shape.table.key.map((column, n) => [column, key[n]])),
        before: before && shape.decode(before),
        after: after && shape.decode(after),
      }));
  }

  end(): void {
    this.#opened.end();
    this.#closed.end();
  }

  #seek(entry: number): void {
    if (this.#opened.entry < entry) {
      const [, row] = this.#opened.row;
      this.#opened.end();
      this.#opened = new Ascending(this.#table.opened, this.#table.rowAfter(entry - 1, row as number));
    }
    if (this.#closed.entry < entry) {
      this.#closed.end();
      this.#closed = new Ascending(this.#table.closed, entry - 1);
    }
  }
}

/** Rows in the order of the entry that stands first in each, one at a time. */
class Ascending {
  readonly #rows: IterableIterator<unknown>;
  #row: readonly Value[] | undefined;

  constructor(statement: Database.Statement<unknown[]>, from: number) {
    this.#rows = statement.iterate(from);
    this.advance();
  }

  get row(): readonly Value[] {
    return this.#row ?? [];
  }

  /** Infinity at the end. */
  get entry(): number {
    return this.#row ? (this.#row[0] as number) : Infinity;
  }

  advance(): void {
    const { value, done } = this.#rows.next() as IteratorResult<readonly Value[], undefined>;
    this.#row = done ? undefined : value;
  }

  end(): void {
    this.#rows.return?.();
  }
}
