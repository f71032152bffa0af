// What changed from entry to entry, told by the versions themselves. Rows are numbered in the order of the entries
// that made them, and closed ones are indexed by the entry that closed them: an answer costs what it lists, however
// much the file holds. As of entries that are folded none of it ever changes, so no transaction is needed.
import type Database from 'better-sqlite3';
import type { AnyReadModel, Value } from './read-model.js';
import { type PlainRow, shapesOf, STANDING, TableShape, type Values } from './table-shape.js';

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

/** Entries looked at together. */
const ENTRIES_AT_ONCE = 64;

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
    const changes: Change[] = [];
    for (let seen = after ? after.entry - 1 : from; ;) {
      const entries = this.entries({ from: seen, to, limit: ENTRIES_AT_ONCE });
      for (const entry of entries) {
        changes.push(...this.#at(entry, entry === after?.entry ? after : undefined));
        if (changes.length >= limit) return changes.slice(0, limit);
      }
      if (entries.length < ENTRIES_AT_ONCE) return changes;
      seen = entries.at(-1) ?? to;
    }
  }

  /** What changed at each of these entries, which ascend. */
  changesAt(entries: readonly number[]): readonly Change[] {
    return entries.flatMap((entry) => this.#at(entry, undefined));
  }

  #at(entry: number, after: Position | undefined): readonly Change[] {
    return this.#tables
      .filter(({ shape: { name } }) => !after || name >= after.table)
      .flatMap((table) => table.at(entry, after?.table === table.shape.name ? after.key : undefined));
  }
}

type Altered = { readonly stream: string; readonly key: Values; before: Values | null; after: Values | null };

class TableVersions {
  readonly #next: Database.Statement<unknown[]>;
  readonly #opened: Database.Statement<unknown[]>;
  readonly #closed: Database.Statement<unknown[]>;
  readonly #openedAt: Database.Statement<unknown[]>;
  readonly #closedAt: Database.Statement<unknown[]>;
  /** What was last found out by `#after`. */
  #known = { entry: 0, row: 1 };

  constructor(
    db: Database.Database,
    readonly shape: TableShape,
  ) {
    const { name, columns } = shape;
    const list = ['stream', ...columns].map((column) => `"${column}"`).join(', ');
    const closed = `FROM "${name}" INDEXED BY "${name}_closed" WHERE to_entry < ${STANDING}`;
    this.#next = db
      .prepare<unknown[]>(`SELECT row, from_entry FROM "${name}" WHERE row >= ? ORDER BY row LIMIT 1`)
      .raw();
    this.#opened = db
      .prepare<unknown[]>(`SELECT DISTINCT from_entry FROM "${name}" WHERE row >= ? AND row < ? LIMIT ?`)
      .pluck();
    this.#closed = db
      .prepare<unknown[]>(
        `SELECT DISTINCT to_entry ${closed} AND to_entry > ? AND to_entry <= ? ORDER BY to_entry LIMIT ?`,
      )
      .pluck();
    this.#openedAt = db.prepare<unknown[]>(`SELECT ${list} FROM "${name}" WHERE row >= ? AND row < ?`).raw();
    this.#closedAt = db.prepare<unknown[]>(`SELECT ${list} ${closed} AND to_entry = ?`).raw();
  }

  /** At most `limit` of those that opened rows, and of those that closed some, the first ones; in no order. */
  entries(from: number, to: number, limit: number): readonly number[] {
    return [
      ...(this.#opened.all(this.#after(from), this.#after(to), limit) as number[]),
      ...(this.#closed.all(from, to, limit) as number[]),
    ];
  }

  /** By key. */
  at(entry: number, after: Values | undefined): readonly Change[] {
    const altered = new Map<string, Altered>();
    const alter = ([stream, ...values]: Value[], to: 'before' | 'after') => {
      const key = this.shape.keyOf(values);
      if (after && TableShape.compare(key, after) <= 0) return;
      const name = JSON.stringify([stream, ...key]);
      const one = altered.get(name) ?? { stream: stream as string, key, before: null, after: null };
      altered.set(name, one);
      one[to] = values;
    };
    for (const row of this.#closedAt.all(entry) as Value[][]) alter(row, 'before');
    const opened = this.#openedAt.all(this.#after(entry - 1), this.#after(entry));
    for (const row of opened as Value[][]) alter(row, 'after');
    return [...altered.values()]
      .sort((a, b) => TableShape.compare(a.key, b.key))
      .map(({ stream, key, before, after }) => ({
        entry,
        stream,
        table: this.shape.name,
        key: Object.fromEntries(this.shape.table.key.map((column, n) => [column, key[n]])),
        before: before && this.shape.decode(before),
        after: after && this.shape.decode(after),
      }));
  }

  /** The number of the first row that a later entry made, or one above all numbers. `entry` is folded. */
  #after(entry: number): number {
    let low = entry >= this.#known.entry ? this.#known.row : 1;
    let high = Infinity;
    // In strides that grow, since what is asked next is often near; then by halves.
    for (let stride = 1; low < high; stride *= 2) {
      const probe = high === Infinity ? low + stride - 1 : Math.floor((low + high) / 2);
      const found = this.#next.get(probe) as readonly [row: number, entry: number] | undefined;
      if (found === undefined || found[1] > entry) high = probe;
      else low = found[0] + 1;
    }
    this.#known = { entry, row: low };
    return low;
  }
}
