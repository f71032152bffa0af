// A declared table in SQL, and its rows between objects (for handlers and queries) and values (for SQLite).
import type { Json } from '../../eventsourcing/message.js';
import { canonicalJson } from '../../json/canonical-json.js';
import type { AnyReadModel, Table, Value } from './read-model.js';

/** `to_entry` while a row stands. */
export const STANDING = Number.MAX_SAFE_INTEGER;

export type Values = readonly Value[];
export type PlainRow = { readonly [column: string]: unknown };

/** A row that its table's declaration does not allow. */
export class RowDoesNotFit extends Error {}

const RESERVED_TABLES = new Set(['checkpoint', 'parked']);
const RESERVED_COLUMNS = new Set(['row', 'stream', 'from_entry', 'to_entry', 'rowid']);
const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');

/** One declared table, checked and ready for use. */
export class TableShape {
  readonly columns: readonly string[];
  /** Where in a row's values the key's columns are. */
  readonly #key: readonly number[];
  readonly #kinds: readonly { readonly type: string; readonly nullable: boolean }[];

  constructor(
    readonly name: string,
    readonly table: Table,
  ) {
    this.columns = Object.keys(table.columns);
    this.#key = table.key.map((column) => this.columns.indexOf(column));
    this.#kinds = Object.values(table.columns).map((type) => ({
      type: type.replace('?', ''),
      nullable: type.endsWith('?'),
    }));
    const used = [...table.key, ...(table.indexes?.flat() ?? []), ...(table.search ? [table.search] : [])];
    if (
      !/^[a-z][a-z0-9_]*$/.test(name) ||
      RESERVED_TABLES.has(name) ||
      !this.columns.every((column) => /^[a-z][A-Za-z0-9_]*$/.test(column) && !RESERVED_COLUMNS.has(column)) ||
      !used.every((column) => column in table.columns) ||
      !this.#key.every((at) => this.#kinds[at]?.type !== 'json' && !this.#kinds[at]?.nullable) ||
      table.key.length === 0
    )
      throw new TypeError(`The table '${name}' cannot be declared like this: see TableShape.`);
  }

  /** What folding needs: standing rows are found by stream and key. */
  get schema(): string {
    const { name, table } = this;
    const types = this.#kinds.map(
      ({ type, nullable }, n) =>
        `"${this.columns[n]}" ${type === 'integer' ? 'INTEGER' : 'TEXT'}${nullable ? '' : ' NOT NULL'}`,
    );
    return [
      `CREATE TABLE "${name}" (row INTEGER PRIMARY KEY, stream TEXT NOT NULL, ${types.join(', ')}, from_entry INTEGER NOT NULL, to_entry INTEGER NOT NULL) STRICT;`,
      `CREATE UNIQUE INDEX "${name}_standing" ON "${name}" (stream, ${quoted(table.key)}) WHERE to_entry = ${STANDING};`,
      // Only ever added to: a version row keeps its text for good.
      ...(table.search
        ? [`CREATE VIRTUAL TABLE "${name}_search" USING fts5 (words, content='', tokenize='ascii');`]
        : []),
    ].join('\n');
  }

  /**
   * What reading needs. Declared indexes end in `to_entry`, so that a reader of the present passes over closed
   * versions inside the index. Closed versions are found by the entry that closed them; `from_entry` needs no
   * index, since rows are numbered in its order.
   */
  get indexes(): string {
    const { name, table } = this;
    return [
      `CREATE INDEX IF NOT EXISTS "${name}_closed" ON "${name}" (to_entry) WHERE to_entry < ${STANDING};`,
      ...(table.indexes ?? []).map(
        (columns) =>
          `CREATE INDEX IF NOT EXISTS "${name}_by_${columns.join('_')}" ON "${name}" (${quoted(columns)}, to_entry);`,
      ),
    ].join('\n');
  }

  /** Throws RowDoesNotFit unless the row is what the declaration says. */
  encode(row: PlainRow): Values {
    const values = this.columns.map((column, n) => this.#encoded(row[column], column, n));
    for (const column in row)
      if (!(column in this.table.columns)) throw new RowDoesNotFit(`${this.name} has no column '${column}'.`);
    return values;
  }

  decode(values: Values): PlainRow {
    const row: Record<string, unknown> = {};
    for (let n = 0; n < this.columns.length; n++) {
      const value = values[n] ?? null;
      row[this.columns[n] as string] =
        value !== null && this.#kinds[n]?.type === 'json' ? (JSON.parse(value as string) as unknown) : value;
    }
    return row;
  }

  /** The key's values of a row, or of a key alone. */
  keyIn(row: PlainRow): Values {
    return this.#key.map((at) =>
      this.#encoded(row[this.columns[at] as string], this.columns[at] as string, at),
    );
  }

  keyOf(values: Values): Values {
    return this.#key.map((at) => values[at] as Value);
  }

  /** Orders two keys. */
  static compare(a: Values, b: Values): number {
    for (let n = 0; n < a.length; n++) {
      const [x, y] = [a[n] as string | number, b[n] as string | number];
      if (x !== y) return x < y ? -1 : 1;
    }
    return 0;
  }

  #encoded(value: unknown, column: string, n: number): Value {
    const kind = this.#kinds[n];
    if (kind?.nullable && (value === undefined || value === null)) return null;
    if (kind?.type === 'json' && value !== undefined) return canonicalJson(value as Json);
    if (kind?.type === 'text' && typeof value === 'string' && value.isWellFormed()) return value;
    if (kind?.type === 'integer' && Number.isSafeInteger(value)) return value as number;
    throw new RowDoesNotFit(
      `${this.name}.${column} is ${this.table.columns[column]}, which ${String(JSON.stringify(value)).slice(0, 100)} is not.`,
    );
  }
}

export const shapesOf = ({ tables }: AnyReadModel): readonly TableShape[] =>
  Object.entries(tables).map(([name, table]) => new TableShape(name, table));

/** The tables of a file, and what readers need besides. Two declarations that agree in both can share a file. */
export function schemaOf(model: AnyReadModel): { readonly tables: string; readonly indexes: string } {
  const shapes = shapesOf(model);
  const tables = [
    'CREATE TABLE checkpoint (entry INTEGER NOT NULL, leaf BLOB, complete INTEGER NOT NULL, schema TEXT NOT NULL) STRICT;',
    'CREATE TABLE parked (stream TEXT PRIMARY KEY, entry INTEGER NOT NULL, stamp INTEGER NOT NULL, reason TEXT NOT NULL) STRICT;',
    ...shapes.map(({ schema }) => schema),
  ];
  return { tables: tables.join('\n'), indexes: shapes.map(({ indexes }) => indexes).join('\n') };
}
