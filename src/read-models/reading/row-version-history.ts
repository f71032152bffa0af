// What changed from entry to entry, read from the row versions. Rows are numbered in the order of the entries that opened
// them, and closed ones are indexed by the entry that closed them: a result costs what it lists, whatever the size of the
// file. For entries that are projected none of it ever changes, so no transaction is needed.
import type Database from 'better-sqlite3';
import type { AnyReadModel } from '../declaration/read-model.js';
import type { SqlValue } from '../declaration/view.js';
import {
  type SqlRow,
  getTableSchemas,
  OPEN_ENDED,
  TableSchema,
  type SqlValues,
} from '../declaration/table-schema.js';

/** A row that changed at an entry: the columns it had and has, null where there was or is no row. */
type RowChange = {
  readonly entry: number;
  readonly stream: string;
  readonly table: string;
  readonly key: SqlRow;
  readonly before: SqlRow | null;
  readonly after: SqlRow | null;
};

/** `from` is exclusive, `to` inclusive, and projected. */
type EntryRange = { readonly from: number; readonly to: number; readonly limit: number };

/** The rows that changed at an entry, by table and key. */
export type ChangedEntry = { readonly entry: number; readonly rows: readonly RowChange[] };

export class RowVersionHistory {
  readonly #tables: readonly TableVersions[];

  /** Of all tables, or of those for which `includes` is true. */
  constructor(db: Database.Database, model: AnyReadModel, includes: (table: string) => boolean = () => true) {
    this.#tables = getTableSchemas(model)
      .filter(({ name }) => includes(name))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map((shape) => new TableVersions(db, shape));
  }

  /** The entries between two at which a row changed, in order: of a group the last. */
  entries({ from, to, limit }: EntryRange): readonly number[] {
    const found = new Set(this.#tables.flatMap((table) => table.entries(from, to, limit)));
    return [...found].sort((a, b) => a - b).slice(0, limit);
  }

  /** What changed between two entries, of which the first is exclusive, entry by entry; of a group at its last one. */
  *changedEntries(from: number, to: number): Generator<ChangedEntry> {
    const cursors = this.#openCursors(from);
    try {
      for (;;) {
        const entry = Math.min(...cursors.map(({ nextEntry }) => nextEntry));
        if (!(entry <= to)) return;
        yield { entry, rows: cursors.flatMap((cursor) => cursor.takeChanges(entry)) };
      }
    } finally {
      for (const cursor of cursors) cursor.close();
    }
  }

  /** What changed at each of these entries, which ascend; entries at which nothing did are left out. */
  *changesAtEntries(entries: readonly number[]): Generator<ChangedEntry> {
    const cursors = this.#openCursors((entries[0] ?? 1) - 1);
    try {
      for (const entry of entries) {
        const rows = cursors.flatMap((cursor) => cursor.takeChanges(entry));
        if (rows.length > 0) yield { entry, rows };
      }
    } finally {
      for (const cursor of cursors) cursor.close();
    }
  }

  #openCursors(after: number): readonly TableCursor[] {
    const cursors: TableCursor[] = [];
    try {
      for (const table of this.#tables) cursors.push(new TableCursor(table, after));
      return cursors;
    } catch (error) {
      for (const cursor of cursors) cursor.close();
      throw error;
    }
  }
}

type RowNumberAndEntry = readonly [row: number, entry: number];

class TableVersions {
  /** Both select the entry, the number of the row, the stream and the columns. */
  readonly openedVersions: Database.Statement<unknown[]>;
  readonly closedVersions: Database.Statement<unknown[]>;
  readonly #nextRow: Database.Statement<unknown[]>;
  readonly #openingEntries: Database.Statement<unknown[]>;
  readonly #closingEntries: Database.Statement<unknown[]>;

  constructor(
    db: Database.Database,
    readonly shape: TableSchema,
  ) {
    const { name, columns } = shape;
    const prepare = (sql: string) => db.prepare<unknown[]>(sql);
    const list = ['row', 'stream', ...columns].map((column) => `"${column}"`).join(', ');
    const closed = `FROM "${name}" INDEXED BY "${name}_closed" WHERE to_entry < ${OPEN_ENDED} AND to_entry > ?`;
    this.openedVersions = prepare(
      `SELECT from_entry, ${list} FROM "${name}" WHERE row >= ? ORDER BY row`,
    ).raw();
    this.closedVersions = prepare(`SELECT to_entry, ${list} ${closed} ORDER BY to_entry`).raw();
    this.#nextRow = prepare(
      `SELECT row, from_entry FROM "${name}" WHERE row >= ? ORDER BY row LIMIT 1`,
    ).raw();
    this.#openingEntries = prepare(
      `SELECT DISTINCT from_entry FROM "${name}" WHERE row >= ? AND row < ? LIMIT ?`,
    ).pluck();
    this.#closingEntries = prepare(
      `SELECT DISTINCT to_entry ${closed} AND to_entry <= ? ORDER BY to_entry LIMIT ?`,
    ).pluck();
  }

  /** The first `limit` entries that opened rows, and the first that closed some; unordered. */
  entries(from: number, to: number, limit: number): readonly number[] {
    const start = this.findRowAfter(from);
    return [
      ...(this.#openingEntries.all(start, this.findRowAfter(to, start), limit) as number[]),
      ...(this.#closingEntries.all(from, to, limit) as number[]),
    ];
  }

  /** The number of the first row that a later entry opened, or one above all numbers; not below `low`. */
  findRowAfter(entry: number, low = 1): number {
    let high = Infinity;
    // Exponential search, since the next row is often near; then binary search.
    for (let stride = 1; low < high; stride *= 2) {
      const probe = high === Infinity ? low + stride - 1 : Math.floor((low + high) / 2);
      const found = this.#nextRow.get(probe) as RowNumberAndEntry | undefined;
      if (found === undefined || found[1] > entry) high = probe;
      else low = found[0] + 1;
    }
    return low;
  }
}

type AlteredRow = {
  readonly stream: string;
  readonly key: SqlValues;
  before: SqlValues | null;
  after: SqlValues | null;
};

/** Iterates over the row versions of one table that were opened and closed, entry by entry. */
class TableCursor {
  readonly #table: TableVersions;
  #opened: AscendingRows;
  #closed: AscendingRows;

  constructor(table: TableVersions, after: number) {
    this.#table = table;
    this.#opened = new AscendingRows(table.openedVersions, table.findRowAfter(after));
    this.#closed = new AscendingRows(table.closedVersions, after);
  }

  /** The next entry at which a row changed; Infinity at the end. */
  get nextEntry(): number {
    return Math.min(this.#opened.entry, this.#closed.entry);
  }

  /** What changed at an entry, by key; entries before it are skipped. */
  takeChanges(entry: number): readonly RowChange[] {
    this.#seek(entry);
    const { shape } = this.#table;
    const altered = new Map<string, AlteredRow>();
    const alter = ([, , stream, ...values]: readonly SqlValue[], to: 'before' | 'after'): void => {
      const key = shape.getKey(values);
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
      .sort((a, b) => TableSchema.compareKeys(a.key, b.key))
      .map(({ stream, key, before, after }) => ({
        entry,
        stream,
        table: shape.name,
        key: Object.fromEntries(shape.table.key.map((column, n) => [column, key[n]])),
        before: before && shape.decode(before),
        after: after && shape.decode(after),
      }));
  }

  close(): void {
    this.#opened.close();
    this.#closed.close();
  }

  #seek(entry: number): void {
    if (this.#opened.entry < entry) {
      const [, row] = this.#opened.row;
      this.#opened.close();
      this.#opened = new AscendingRows(
        this.#table.openedVersions,
        this.#table.findRowAfter(entry - 1, row as number),
      );
    }
    if (this.#closed.entry < entry) {
      this.#closed.close();
      this.#closed = new AscendingRows(this.#table.closedVersions, entry - 1);
    }
  }
}

/** Rows in the order of the entry that is their first column, one at a time. */
class AscendingRows {
  readonly #rows: IterableIterator<unknown>;
  #row: readonly SqlValue[] | undefined;

  constructor(statement: Database.Statement<unknown[]>, from: number) {
    this.#rows = statement.iterate(from);
    this.advance();
  }

  get row(): readonly SqlValue[] {
    return this.#row ?? [];
  }

  /** Infinity at the end. */
  get entry(): number {
    return this.#row ? (this.#row[0] as number) : Infinity;
  }

  advance(): void {
    const { value, done } = this.#rows.next() as IteratorResult<readonly SqlValue[], undefined>;
    this.#row = done ? undefined : value;
  }

  close(): void {
    this.#rows.return?.();
  }
}
