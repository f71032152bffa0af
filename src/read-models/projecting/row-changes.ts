// The changes of one batch to the rows of one stream. Nothing of it reaches the file before all handlers have run.
import type { AnyRowStores } from '../declaration/read-model.js';
import type { RowStore, Table } from '../declaration/table.js';
import type { SqlValue } from '../declaration/view.js';
import { type SqlRow, TableSchema, type SqlValues } from '../declaration/table-schema.js';

/** The latest version of a row in the file: the one that is not closed. */
export type CurrentRow = { readonly row: number; readonly values: SqlValues };

/** Towards lesser or greater keys. */
export type Direction = 'previous' | 'next';

/** The rows of one table of a file before this batch. */
export interface CurrentRows {
  get(stream: string, key: SqlValues): CurrentRow | undefined;
  /** The nearest row whose key differs from this one in the last column only. */
  getNeighbor(stream: string, key: SqlValues, direction: Direction): CurrentRow | undefined;
  all(stream: string): readonly CurrentRow[];
}

export type StagedChange = {
  readonly table: number;
  /** The version to close, and the values of the one to open: at least one of them. */
  readonly before: CurrentRow | undefined;
  readonly after: SqlValues | undefined;
};

type StagedRow = { readonly key: SqlValues; before: CurrentRow | undefined; after: SqlValues | undefined };

const isEqual = (a: SqlValues, b: SqlValues) => a.every((value, n) => value === b[n]);

class TableChanges implements RowStore<Table> {
  readonly staged = new Map<SqlValue, StagedRow>();
  /** The stream whose rows these are. */
  stream = '';
  /** Whether the file has no rows of the stream. */
  startsEmpty = false;
  #hasAllCurrent = false;

  constructor(
    readonly schema: TableSchema,
    readonly current: CurrentRows | undefined,
  ) {}

  begin(stream: string, startsEmpty: boolean): void {
    this.staged.clear();
    this.stream = stream;
    this.startsEmpty = startsEmpty;
    this.#hasAllCurrent = false;
  }

  get(key: SqlRow): SqlRow | undefined {
    const { after } = this.#getOrStage(this.schema.encodeKey(key));
    return after && this.schema.decode(after);
  }

  all(): readonly SqlRow[] {
    if (!this.startsEmpty) this.#stageAllCurrent();
    return [...this.staged.values()]
      .filter(({ after }) => after)
      .sort((a, b) => TableSchema.compareKeys(a.key, b.key))
      .map(({ after }) => this.schema.decode(after as SqlValues));
  }

  findPrevious(key: SqlRow): SqlRow | undefined {
    return this.#findNeighbor(this.schema.encodeKey(key), 'previous');
  }

  findNext(key: SqlRow): SqlRow | undefined {
    return this.#findNeighbor(this.schema.encodeKey(key), 'next');
  }

  put(row: SqlRow): void {
    const values = this.schema.encode(row);
    this.#getOrStage(this.schema.getKey(values)).after = values;
  }

  delete(key: SqlRow): void {
    this.#getOrStage(this.schema.encodeKey(key)).after = undefined;
  }

  /** The keys of the rows that were put and not deleted again. */
  listKeys(): readonly SqlValues[] {
    return [...this.staged.values()].filter(({ after }) => after).map(({ key }) => key);
  }

  /** Deletes rows by their keys. */
  deleteRows(keys: readonly SqlValues[]): void {
    for (const key of keys) this.#getOrStage(key).after = undefined;
  }

  #stageAllCurrent(): void {
    if (this.#hasAllCurrent) return;
    this.#hasAllCurrent = true;
    for (const version of this.current?.all(this.stream) ?? []) {
      const key = this.schema.getKey(version.values);
      if (!this.#findStaged(key)) this.#stage(key, version, version.values);
    }
  }

  #getOrStage(key: SqlValues): StagedRow {
    const staged = this.#findStaged(key);
    if (staged) return staged;
    const before = this.startsEmpty ? undefined : this.current?.get(this.stream, key);
    return this.#stage(key, before, before?.values);
  }

  #findNeighbor(key: SqlValues, direction: Direction): SqlRow | undefined {
    const current = this.#findUnstagedNeighbor(key, direction);
    let nearest = current && { key: this.schema.getKey(current.values), values: current.values };
    for (const { key: other, after } of this.staged.values())
      if (after && isBetween(key, other, nearest?.key, direction)) nearest = { key: other, values: after };
    return nearest && this.schema.decode(nearest.values);
  }

  /** The nearest row of the file that this batch has neither changed nor deleted. */
  #findUnstagedNeighbor(key: SqlValues, direction: Direction): CurrentRow | undefined {
    if (this.startsEmpty || this.#hasAllCurrent) return undefined;
    let found = this.current?.getNeighbor(this.stream, key, direction);
    while (found && this.#findStaged(this.schema.getKey(found.values)))
      found = this.current?.getNeighbor(this.stream, this.schema.getKey(found.values), direction);
    return found;
  }

  #findStaged(key: SqlValues): StagedRow | undefined {
    return this.staged.get(serializeKey(key));
  }

  #stage(key: SqlValues, before: CurrentRow | undefined, after: SqlValues | undefined): StagedRow {
    const staged = { key, before, after };
    this.staged.set(serializeKey(key), staged);
    return staged;
  }
}

/** Whether `key` is a neighbor of `from` in a direction, and nearer than `limit`. They differ in the last column only. */
function isBetween(
  from: SqlValues,
  key: SqlValues,
  limit: SqlValues | undefined,
  direction: Direction,
): boolean {
  const last = key.length - 1;
  for (let n = 0; n < last; n++) if (key[n] !== from[n]) return false;
  const sign = direction === 'next' ? 1 : -1;
  return (
    sign * TableSchema.compareKeys(key, from) > 0 &&
    (limit === undefined || sign * TableSchema.compareKeys(key, limit) < 0)
  );
}

/** Each text with its length, so that no two keys of a table are serialized alike. */
function serializeKey(key: SqlValues): SqlValue {
  if (key.length === 1) return key[0] as SqlValue;
  let text = '';
  for (const value of key) text += typeof value === 'string' ? `${value.length}:${value}` : `${value},`;
  return text;
}

/** Serves one batch after another: `begin`, the handlers, `changes`. */
export class StagedRows {
  /** The rows that handlers are given. */
  readonly rows: AnyRowStores;
  readonly #tables: readonly TableChanges[];

  /** `current`: by table; empty if there is no file. */
  constructor(schemas: readonly TableSchema[], current: readonly CurrentRows[]) {
    this.#tables = schemas.map((schema, n) => new TableChanges(schema, current[n]));
    this.rows = Object.fromEntries(this.#tables.map((draft) => [draft.schema.name, draft]));
  }

  /** Discards what was staged before. `startsEmpty`: the file has no rows of the stream. */
  begin(stream: string, startsEmpty: boolean): void {
    for (const table of this.#tables) table.begin(stream, startsEmpty);
  }

  /** Deletes every row that other changes to the same tables have put. */
  deleteRowsOf(others: StagedRows): void {
    this.#tables.forEach((table, n) => table.deleteRows(others.#tables[n]?.listKeys() ?? []));
  }

  /** The differences from the file, none where a row came back to what it was, in an order that depends on nothing else. */
  changes(): readonly StagedChange[] {
    const changes: StagedChange[] = [];
    this.#tables.forEach((draft, table) => {
      for (const { before, after } of draft.staged.values())
        if (before === undefined || after === undefined ? before !== after : !isEqual(before.values, after))
          changes.push({ table, before, after });
    });
    return changes;
  }
}
