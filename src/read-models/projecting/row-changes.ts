// What one stamp would change in one stream's rows. Nothing of it reaches the file before the stamp is whole.
import type { AnyRows, Rows, Table, Value } from '../declaration/read-model.js';
import { type PlainRow, TableShape, type Values } from '../declaration/table-schema.js';

/** A version that stands in the file. */
export type Version = { readonly row: number; readonly values: Values };

/** The rows of a file as they stood before this stamp. */
export interface StandingRows {
  get(table: number, stream: string, key: Values): Version | undefined;
  all(table: number, stream: string): readonly Version[];
}

export type Change = {
  readonly table: number;
  /** The version to close, and the values of the one to open: at least one of them. */
  readonly before: Version | undefined;
  readonly after: Values | undefined;
};

type Staged = { readonly key: Values; before: Version | undefined; after: Values | undefined };

const equal = (a: Values, b: Values) => a.every((value, n) => value === b[n]);

class TableDraft implements Rows<Table> {
  readonly staged = new Map<Value, Staged>();
  /** The stream whose rows these are. */
  stream = '';
  /** Whether the draft starts from nothing instead of from what stands. */
  blank = false;
  #settled = false;

  constructor(
    readonly shape: TableShape,
    readonly standing: (stream: string, key: Values) => Version | undefined,
    readonly allStanding: (stream: string) => readonly Version[],
  ) {}

  begin(stream: string, blank: boolean): void {
    this.staged.clear();
    this.stream = stream;
    this.blank = blank;
    this.#settled = false;
  }

  get(key: PlainRow): PlainRow | undefined {
    const { after } = this.#at(this.shape.keyIn(key));
    return after && this.shape.decode(after);
  }

  all(): readonly PlainRow[] {
    if (!this.blank) this.settle();
    return [...this.staged.values()]
      .filter(({ after }) => after)
      .sort((a, b) => TableShape.compare(a.key, b.key))
      .map(({ after }) => this.shape.decode(after as Values));
  }

  put(row: PlainRow): void {
    const values = this.shape.encode(row);
    this.#at(this.shape.keyOf(values)).after = values;
  }

  delete(key: PlainRow): void {
    this.#at(this.shape.keyIn(key)).after = undefined;
  }

  /** Sets every row of the stream that stands against what the draft has in its place. */
  settle(): void {
    if (this.#settled) return;
    this.#settled = true;
    for (const version of this.allStanding(this.stream)) {
      const key = this.shape.keyOf(version.values);
      const staged = this.#staged(key);
      if (!staged) this.#stage(key, version, this.blank ? undefined : version.values);
      else staged.before = version;
    }
  }

  #at(key: Values): Staged {
    const staged = this.#staged(key);
    if (staged) return staged;
    const before = this.blank ? undefined : this.standing(this.stream, key);
    return this.#stage(key, before, before?.values);
  }

  #staged(key: Values): Staged | undefined {
    return this.staged.get(name(key));
  }

  #stage(key: Values, before: Version | undefined, after: Values | undefined): Staged {
    const staged = { key, before, after };
    this.staged.set(name(key), staged);
    return staged;
  }
}

/** Each text with its length, so that no two keys of a table have one name. */
function name(key: Values): Value {
  if (key.length === 1) return key[0] as Value;
  let name = '';
  for (const value of key) name += typeof value === 'string' ? `${value.length}:${value}` : `${value},`;
  return name;
}

/** Serves one stamp after another: `begin`, the handlers, `changes`. */
export class Draft {
  /** What handlers are given. */
  readonly rows: AnyRows;
  readonly #tables: readonly TableDraft[];
  #anew = false;

  constructor(shapes: readonly TableShape[], standing: StandingRows) {
    this.#tables = shapes.map(
      (shape, n) =>
        new TableDraft(
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
    this.#anew = anew;
    for (const table of this.#tables) table.begin(stream, anew || first);
  }

  /** The differences from what stands, none where the draft came back to it, in an order that depends on nothing else. */
  changes(): readonly Change[] {
    const changes: Change[] = [];
    this.#tables.forEach((draft, table) => {
      if (this.#anew) draft.settle();
      for (const { before, after } of draft.staged.values())
        if (before === undefined || after === undefined ? before !== after : !equal(before.values, after))
          changes.push({ table, before, after });
    });
    return changes;
  }
}
