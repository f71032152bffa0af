// Reads a read model's file. Row versions are never removed, only closed, so a query as of an entry needs no
// transaction: whatever is projected meanwhile belongs to later entries.
import type Database from 'better-sqlite3';
import { openHardenedDatabase } from '../../ledger/sqlite/open-hardened-database.js';
import type { AnyQuery } from '../declaration/query.js';
import type { AnyReadModel } from '../declaration/read-model.js';
import type { SqlParameters, View, ViewPage } from '../declaration/view.js';
import type { SqlRow } from '../declaration/table-schema.js';
import { ItemChanges } from './item-changes.js';
import { RowVersionHistory } from './row-version-history.js';

type PreparedQuery = { readonly statement: Database.Statement<unknown[]>; readonly json: readonly string[] };

/** What the versions of a read model's rows say about the past. */
export type ReadModelHistory = Pick<RowVersionHistory, 'entries'> &
  Pick<ItemChanges, 'changes' | 'changesAt'>;

export class GenerationReader {
  readonly #db: Database.Database;
  readonly #model: AnyReadModel;
  readonly #prepared = new Map<string, PreparedQuery>();
  #history: ReadModelHistory | undefined;

  /** Of an existing file that a thread keeps open for writing. */
  constructor(file: string, model: AnyReadModel) {
    this.#db = openHardenedDatabase(file, { readonly: true, fileMustExist: true });
    this.#model = model;
  }

  /** The result as of an entry that the file has reached. Throws what the query throws. */
  query(query: string, parameters: unknown, entry: number): unknown {
    const declared: AnyQuery | undefined = this.#model.queries[query];
    if (!declared) throw new TypeError(`${this.#model.name} has no query '${query}'.`);
    return declared.run(this.createView(entry), parameters as never);
  }

  get history(): ReadModelHistory {
    return (this.#history ??= this.#createHistory());
  }

  createView(entry: number): View {
    return {
      entry,
      table: (table) =>
        `(SELECT * FROM "${this.#checkTable(table)}" WHERE from_entry <= @entry AND @entry < to_entry)`,
      fullTextSearch: (table, parameter) =>
        `(SELECT rowid FROM "${this.#checkTable(table)}_search" WHERE words MATCH ${parameter})`,
      all: <Result>(sql: string, parameters?: SqlParameters) => {
        const { statement, json } = this.#prepare(sql);
        const rows = statement.all({ ...parameters, entry }) as SqlRow[];
        return (json.length === 0 ? rows : rows.map((row) => parseJsonColumns(row, json))) as Result[];
      },
      getPage: <Result>(sql: string, parameters: SqlParameters, limit: number, maxCharacters: number) => {
        const { statement, json } = this.#prepare(sql);
        const found = statement.iterate({ ...parameters, entry }) as Iterable<SqlRow>;
        const { rows, hasMore } = takeRows(found, limit, maxCharacters);
        return { rows: rows.map((row) => parseJsonColumns(row, json)) as Result[], hasMore };
      },
      get: <Result>(sql: string, parameters?: SqlParameters) => {
        const { statement, json } = this.#prepare(sql);
        const row = statement.get({ ...parameters, entry }) as SqlRow | undefined;
        return (row && json.length > 0 ? parseJsonColumns(row, json) : row) as Result | undefined;
      },
    };
  }

  close(): void {
    this.#db.close();
  }

  #createHistory(): ReadModelHistory {
    const { shownIn } = this.#model;
    const versions = new RowVersionHistory(this.#db, this.#model);
    const shown = new RowVersionHistory(this.#db, this.#model, (table) => Object.hasOwn(shownIn, table));
    const items = new ItemChanges(this.#model, shown, (entry) => this.createView(entry));
    return {
      entries: (range) => versions.entries(range),
      changes: (range) => items.changes(range),
      changesAt: (entries) => items.changesAt(entries),
    };
  }

  #checkTable(table: string): string {
    if (!(table in this.#model.tables)) throw new TypeError(`${this.#model.name} has no table '${table}'.`);
    return table;
  }

  #prepare(sql: string): PreparedQuery {
    let prepared = this.#prepared.get(sql);
    if (!prepared) {
      const statement = this.#db.prepare<unknown[]>(sql);
      const json = statement
        .columns()
        .filter(({ table, column }) =>
          this.#model.tables[table ?? '']?.columns[column ?? '']?.startsWith('json'),
        )
        .map(({ name }) => name);
      this.#prepared.set(sql, (prepared = { statement, json }));
    }
    return prepared;
  }
}

/** Reads no row after the one that exceeds the size. */
function takeRows(found: Iterable<SqlRow>, limit: number, maxCharacters: number): ViewPage<SqlRow> {
  const rows: SqlRow[] = [];
  let characters = 0;
  for (const row of found) {
    characters += countCharacters(row);
    if (rows.length === limit || (rows.length > 0 && characters > maxCharacters))
      return { rows, hasMore: true };
    rows.push(row);
  }
  return { rows, hasMore: false };
}

/** What an item has beside its texts, such as the names of its members. */
const ITEM_CHARACTERS = 200;

const countCharacters = (row: SqlRow): number =>
  Object.values(row).reduce<number>(
    (sum, value) => (typeof value === 'string' ? sum + value.length : sum),
    ITEM_CHARACTERS,
  );

function parseJsonColumns(row: SqlRow, columns: readonly string[]): SqlRow {
  if (columns.length === 0) return row;
  const result: Record<string, unknown> = { ...row };
  for (const column of columns) {
    const text = row[column];
    if (typeof text === 'string') result[column] = JSON.parse(text) as unknown;
  }
  return result;
}
