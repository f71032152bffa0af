// A declared table in SQL, and the conversion of its rows between objects (for handlers and queries) and values (for
// SQLite).
import type { Json } from '../../json/json.js';
import { ApplicationError } from '../../errors/application-error.js';
import { canonicalJson } from '../../json/canonical-json.js';
import type { Table, Tables } from './table.js';
import type { SqlValue } from './view.js';

/** `to_entry` of a row version that is not closed. */
export const OPEN_ENDED = Number.MAX_SAFE_INTEGER;

type DeclaredTables = { readonly tables: Tables };

export type SqlValues = readonly SqlValue[];
export type SqlRow = { readonly [column: string]: unknown };

/** A row that the declaration of its table does not allow. */
class InvalidRowError extends ApplicationError {
  readonly code = 'invalid-row';
}

const RESERVED_TABLES = new Set(['checkpoint', 'parked']);
/** Of the views for readers of the file; see docs/sql.md. */
const CURRENT_VIEW_PREFIX = 'current_';
const RESERVED_COLUMNS = new Set(['row', 'stream', 'from_entry', 'to_entry', 'rowid']);
const quoteColumns = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');

/** One declared table, checked and ready for use. */
export class TableSchema {
  readonly columns: readonly string[];
  /** Where in a row's values the key's columns are. */
  readonly #keyIndexes: readonly number[];
  readonly #columnTypes: readonly { readonly type: string; readonly nullable: boolean }[];

  constructor(
    readonly name: string,
    readonly table: Table,
  ) {
    this.columns = Object.keys(table.columns);
    this.#keyIndexes = table.key.map((column) => this.columns.indexOf(column));
    this.#columnTypes = Object.values(table.columns).map((type) => ({
      type: type.replace('?', ''),
      nullable: type.endsWith('?'),
    }));
    const used = [...table.key, ...(table.indexes?.flat() ?? []), ...(table.search ? [table.search] : [])];
    if (
      !/^[a-z][a-z0-9_]*$/.test(name) ||
      RESERVED_TABLES.has(name) ||
      name.startsWith(CURRENT_VIEW_PREFIX) ||
      !this.columns.every((column) => /^[a-z][A-Za-z0-9_]*$/.test(column) && !RESERVED_COLUMNS.has(column)) ||
      !used.every((column) => column in table.columns) ||
      !this.#keyIndexes.every(
        (index) => this.#columnTypes[index]?.type !== 'json' && !this.#columnTypes[index]?.nullable,
      ) ||
      table.key.length === 0
    )
      throw new TypeError(`The table '${name}' cannot be declared like this: see TableSchema.`);
  }

  /** What the writer needs, by which current rows are found by stream and key, and a view of these for other programs. */
  get createTableSql(): string {
    const { name, table } = this;
    const types = this.#columnTypes.map(
      ({ type, nullable }, n) =>
        `"${this.columns[n]}" ${type === 'integer' ? 'INTEGER' : 'TEXT'}${nullable ? '' : ' NOT NULL'}`,
    );
    return [
      `CREATE TABLE "${name}" (row INTEGER PRIMARY KEY, stream TEXT NOT NULL, ${types.join(', ')}, from_entry INTEGER NOT NULL, to_entry INTEGER NOT NULL) STRICT;`,
      `CREATE UNIQUE INDEX "${name}_standing" ON "${name}" (stream, ${quoteColumns(table.key)}) WHERE to_entry = ${OPEN_ENDED};`,
      `CREATE VIEW "${CURRENT_VIEW_PREFIX}${name}" AS SELECT stream, ${quoteColumns(this.columns)}, from_entry FROM "${name}" WHERE to_entry = ${OPEN_ENDED};`,
      // Append-only: a row version never changes its text.
      ...(table.search
        ? [`CREATE VIRTUAL TABLE "${name}_search" USING fts5 (words, content='', tokenize='ascii');`]
        : []),
    ].join('\n');
  }

  /**
   * What readers need. Declared indexes end in `to_entry`, so that a query of the present skips closed versions inside
   * the index. Closed versions are found by the entry that closed them; `from_entry` needs no index, since rows are
   * numbered in its order.
   */
  get createIndexesSql(): string {
    const { name, table } = this;
    return [
      `CREATE INDEX IF NOT EXISTS "${name}_closed" ON "${name}" (to_entry) WHERE to_entry < ${OPEN_ENDED};`,
      ...(table.indexes ?? []).map(
        (columns) =>
          `CREATE INDEX IF NOT EXISTS "${name}_by_${columns.join('_')}" ON "${name}" (${quoteColumns(columns)}, to_entry);`,
      ),
    ].join('\n');
  }

  /** Throws InvalidRowError unless the row is what the declaration says. */
  encode(row: SqlRow): SqlValues {
    const values = this.columns.map((column, n) => this.#encodeValue(row[column], column, n));
    for (const column in row)
      if (!(column in this.table.columns))
        throw new InvalidRowError(`${this.name} has no column '${column}'.`);
    return values;
  }

  decode(values: SqlValues): SqlRow {
    const row: Record<string, unknown> = {};
    for (let n = 0; n < this.columns.length; n++) {
      const value = values[n] ?? null;
      row[this.columns[n] as string] =
        value !== null && this.#columnTypes[n]?.type === 'json'
          ? (JSON.parse(value as string) as unknown)
          : value;
    }
    return row;
  }

  /** The key's values of a row, or of a key alone. */
  encodeKey(row: SqlRow): SqlValues {
    return this.#keyIndexes.map((index) =>
      this.#encodeValue(row[this.columns[index] as string], this.columns[index] as string, index),
    );
  }

  getKey(values: SqlValues): SqlValues {
    return this.#keyIndexes.map((index) => values[index] as SqlValue);
  }

  /** Orders two keys. */
  static compareKeys(a: SqlValues, b: SqlValues): number {
    for (let n = 0; n < a.length; n++) {
      const [x, y] = [a[n] as string | number, b[n] as string | number];
      if (x !== y) return x < y ? -1 : 1;
    }
    return 0;
  }

  #encodeValue(value: unknown, column: string, n: number): SqlValue {
    const kind = this.#columnTypes[n];
    if (kind?.nullable && (value === undefined || value === null)) return null;
    if (kind?.type === 'json' && value !== undefined) return canonicalJson(value as Json);
    if (kind?.type === 'text' && typeof value === 'string' && value.isWellFormed()) return value;
    if (kind?.type === 'integer' && Number.isSafeInteger(value)) return value as number;
    throw new InvalidRowError(
      `${this.name}.${column} is ${this.table.columns[column]}, which ${String(JSON.stringify(value)).slice(0, 100)} is not.`,
    );
  }
}

export const getTableSchemas = ({ tables }: DeclaredTables): readonly TableSchema[] =>
  Object.entries(tables).map(([name, table]) => new TableSchema(name, table));

/** The tables of a file, and the indexes for readers. Two declarations with equal SQL can use the same file. */
export function getSqlSchema(model: DeclaredTables): { readonly tables: string; readonly indexes: string } {
  const shapes = getTableSchemas(model);
  const tables = [
    'CREATE TABLE checkpoint (entry INTEGER NOT NULL, leaf BLOB, complete INTEGER NOT NULL, schema TEXT NOT NULL) STRICT;',
    'CREATE TABLE parked (stream TEXT PRIMARY KEY, entry INTEGER NOT NULL, stamp INTEGER NOT NULL, reason TEXT NOT NULL) STRICT;',
    ...shapes.map(({ createTableSql }) => createTableSql),
  ];
  return {
    tables: tables.join('\n'),
    indexes: shapes.map(({ createIndexesSql }) => createIndexesSql).join('\n'),
  };
}
