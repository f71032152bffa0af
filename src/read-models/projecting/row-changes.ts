// What one stamp would change in one stream's rows. Nothing of it reaches the file before the stamp is whole.
import type { AnyRows } from '../declaration/read-model.js';
import type { Rows, Table } from '../declaration/table.js';
import type { SqlValue } from '../declaration/view.js';
import { type PlainRow, TableSchema, type Values } from '../declaration/table-schema.js';

/** A version that stands in the file. */
export type RowVersion = { readonly row: number; readonly values: Values };

/** The rows of a file as they stood before this stamp. */
export interface CurrentRows {
  get(table: number, stream: string, key: Values): RowVersion | undefined;
  all(table: number, stream: string): readonly RowVersion[];
}

export type StagedChange = {
  readonly table: number;
  /** The version to close, and the values of the one to open: at least one of them. */
  readonly before: RowVersion | undefined;
  readonly after: Values | undefined;
};

type StagedRow = { readonly key: Values; before: RowVersion | undefined; after: Values | undefined };

const isEqual = (a: Values, b: Values) => a.every((value, n) => value === b[n]);

class TableChanges implements Rows<Table> {
  readonly staged = new Map<SqlValue, StagedRow>();
  /** The stream whose rows these are. */
  stream = '';
  /** Whether the draft starts from nothing instead of from what stands. */
  startsEmpty = false;
  #isCompared = false;

  constructor(
    readonly shape: TableSchema,
    readonly findCurrent: (stream: string, key: Values) => RowVersion | undefined,
    readonly findAllCurrent: (stream: string) => readonly RowVersion[],
  ) {}

  begin(stream: string, blank: boolean): void {
    this.staged.clear();
    this.stream = stream;
    this.startsEmpty = blank;
    this.#isCompared = false;
  }

  get(key: PlainRow): PlainRow | undefined {
    const { after } = this.#getOrStage(this.shape.encodeKey(key));
    return after && this.shape.decode(after);
  }

  all(): readonly PlainRow[] {
    if (!this.startsEmpty) this.compareWithCurrent();
    return [...this.staged.values()]
      .filter(({ after }) => after)
      .sort((a, b) => TableSchema.compareKeys(a.key, b.key))
      .map(({ after }) => this.shape.decode(after as Values));
  }

  put(row: PlainRow): void {
    const values = this.shape.encode(row);
    this.#getOrStage(this.shape.getKey(values)).after = values;
  }

  delete(key: PlainRow): void {
    this.#getOrStage(this.shape.encodeKey(key)).after = undefined;
  }

  /** Sets every row of the stream that stands against what the draft has in its place. */
  compareWithCurrent(): void {
    if (this.#isCompared) return;
    this.#isCompared = true;
    for (const version of this.findAllCurrent(this.stream)) {
      const key = this.shape.getKey(version.values);
      const staged = this.#findStaged(key);
      if (!staged) this.#stage(key, version, this.startsEmpty ? undefined : version.values);
      else staged.before = version;
    }
  }

  #getOrStage(key: Values): StagedRow {
    const staged = this.#findStaged(key);
    if (staged) return staged;
    const before = this.startsEmpty ? undefined : this.findCurrent(this.stream, key);
    return this.#stage(key, before, before?.values);
  }

  #findStaged(key: Values): StagedRow | undefined {
    return this.staged.get(serializeKey(key));
  }

  #stage(key: Values, before: RowVersion | undefined, after: Values | undefined): StagedRow {
    const staged = { key, before, after };
    this.staged.set(serializeKey(key), staged);
    return staged;
  }
}

/** Each text with its length, so that no two keys of a table have one name. */
function serializeKey(key: Values): SqlValue {
  if (key.length === 1) return key[0] as SqlValue;
  let name = '';
  for (const value of key) name += typeof value === 'string' ? `${value.length}:${value}` : `${value},`;
  return name;
}

/** Serves one stamp after another: `begin`, the handlers, `changes`. */
export class RowChanges {
  /** What handlers are given. */
  readonly rows: AnyRows;
  readonly #tables: readonly TableChanges[];
  #isReplay = false;

  constructor(shapes: readonly TableSchema[], standing: CurrentRows) {
    this.#tables = shapes.map(
      (shape, n) =>
        new TableChanges(
          shape,
          (stream, key) => standing.get(n, stream, key),
          (stream) => standing.all(n, stream),
        ),
    );
    this.rows = Object.fromEntries(this.#tables.map((draft) => [draft.shape.name, draft]));
  }

  /**
   * Forgets whatever was drafted before. `anew`: the stream says everything again, as if nothing stood, and what
   * it does not say again goes. `first`: the stream says something for the first time, so nothing stands.
   */
  begin(stream: string, { anew, first }: { readonly anew: boolean; readonly first: boolean }): void {
    this.#isReplay = anew;
    for (const table of this.#tables) table.begin(stream, anew || first);
  }

  /** The differences from what stands, none where the draft came back to it, in an order that depends on nothing else. */
  changes(): readonly StagedChange[] {
    const changes: StagedChange[] = [];
    this.#tables.forEach((draft, table) => {
      if (this.#isReplay) draft.compareWithCurrent();
      for (const { before, after } of draft.staged.values())
        if (before === undefined || after === undefined ? before !== after : !isEqual(before.values, after))
          changes.push({ table, before, after });
    });
    return changes;
  }
}
