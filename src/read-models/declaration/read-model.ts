// How a read model is declared: its tables, what each event does to their rows, the questions it answers.
// Everything a projection needs comes from this file; the engine beside it does the rest.
import { AMENDMENT_TYPES, type Fact } from '../../eventsourcing/amendments.js';
import type { AnyEvent } from '../../eventsourcing/message.js';
import { TableSchema } from './table-schema.js';

export { type Page, type PageRequest, paginate } from './paginate.js';
export { toSearchExpression } from './search-text.js';

/**
 * `json` holds any JSON value, stored as canonical JSON and given back parsed; `?` allows null. There is no
 * boolean: say 0 or 1, or use json.
 */
export type ColumnType = 'text' | 'integer' | 'json' | 'text?' | 'integer?' | 'json?';
export type Columns = { readonly [column: string]: ColumnType };

declare const jsonType: unique symbol;
/** A json column of a known shape: `entries: json<readonly number[]>()`. */
export const json = <T>() => 'json' as 'json' & { readonly [jsonType]: T };
/** The same where null is allowed (and kept as SQL's NULL). */
export const nullableJson = <T>() => 'json?' as 'json?' & { readonly [jsonType]: T };

type Nullable<C, T> = C extends `${string}?` ? T | null : T;
type ValueOf<C extends ColumnType> = Nullable<
  C,
  C extends { readonly [jsonType]: infer T }
    ? T
    : C extends 'text' | 'text?'
      ? string
      : C extends 'integer' | 'integer?'
        ? number
        : unknown
>;
type KeyColumn<C extends Columns> = {
  [K in keyof C & string]: C[K] extends 'text' | 'integer' ? K : never;
}[keyof C & string];
type TextColumn<C extends Columns> = {
  [K in keyof C & string]: C[K] extends 'text' | 'text?' ? K : never;
}[keyof C & string];
type NullableColumn<C extends Columns> = {
  [K in keyof C & string]: C[K] extends `${string}?` ? K : never;
}[keyof C & string];

export type Table<C extends Columns = Columns, K extends string = string> = {
  readonly columns: C;
  /** What tells a stream's rows of this table apart. Two streams may use the same key. */
  readonly key: readonly K[];
  /** For the queries: each is a list of columns in the order in which they are looked up or sorted. */
  readonly indexes?: readonly (readonly string[])[];
  /** A text column that can be searched in full (see View.matching). */
  readonly search?: string;
};
export type Tables = { readonly [name: string]: Table };

export const defineTable = <const C extends Columns, const K extends KeyColumn<C>>(declared: {
  readonly columns: C;
  readonly key: readonly [K, ...K[]];
  readonly indexes?: readonly (readonly (keyof C & string)[])[];
  readonly search?: TextColumn<C>;
}): Table<C, K> => declared;

/** A row as it stands. Columns of the engine (`stream`, `from_entry`, `to_entry`) are for queries only. */
export type Row<T extends Table> =
  T extends Table<infer C> ? { readonly [N in keyof C]: ValueOf<C[N]> } : never;
/** A row to be put; a nullable column may be left out. */
export type NewRow<T extends Table> =
  T extends Table<infer C>
    ? { readonly [N in Exclude<keyof C, NullableColumn<C>>]: ValueOf<C[N]> } & {
        readonly [N in NullableColumn<C>]?: ValueOf<C[N]> | undefined;
      }
    : never;
export type Key<T extends Table> =
  T extends Table<infer C, infer K> ? { readonly [N in K & keyof C]: ValueOf<C[N]> } : never;

/**
 * The rows of one table that belong to the event's own stream: no handler can see or touch another's. A row is
 * a value; change it by putting another one.
 */
export interface Rows<T extends Table> {
  get(key: Key<T>): Row<T> | undefined;
  /** In the order of the key, texts by their UTF-16 units. */
  all(): readonly Row<T>[];
  /** Writes the whole row, in place of the one with its key. Putting what stands already changes nothing. */
  put(row: NewRow<T>): void;
  /** Deleting what does not stand changes nothing. */
  delete(key: Key<T>): void;
}
export type RowsOf<T extends Tables> = { readonly [N in keyof T]: Rows<T[N]> };

/**
 * What each event does to the rows. Handlers are pure: they depend on the fact and the rows alone. One that
 * throws, or puts a row that does not fit, parks its stream in this read model; nothing else is touched.
 */
export type HandlersByType<E extends AnyEvent, T extends Tables> = {
  readonly [Type in E['type']]?: (fact: Fact<Extract<E, { type: Type }>>, rows: RowsOf<T>) => void;
};

/** What every event does to the rows, whatever its type is, after its own handler. */
export type EveryEventHandler<T extends Tables> = (fact: Fact, rows: RowsOf<T>) => void;

export type SqlValue = string | number | null;
export type SqlParameters = { readonly [name: string]: SqlValue };

/** A read model as of one entry, for a query. */
export interface View {
  readonly entry: number;
  /**
   * SQL that stands for a table as of the entry, to be followed by an alias: `FROM ${view.at('intervals')} i`.
   * Beside the declared columns it has `stream`, `from_entry` (the entry that made the row) and `row` (unique,
   * in the order in which rows were made). Its parameter is `@entry`, which the view binds. At an entry inside a
   * group of facts it is as of the entry before the group.
   */
  table(table: string): string;
  /**
   * SQL for the `row`s of a table whose `search` column matches the named parameter, a searchExpression:
   * `WHERE s.row IN ${view.matching('statements', '@q')}`. Rows of all times match: only use it on `at`.
   */
  fullTextSearch(table: string, parameter: string): string;
  /** A result column that is a json column, through whatever subqueries, is given back parsed. */
  all<Result>(sql: string, parameters?: SqlParameters): Result[];
  get<Result>(sql: string, parameters?: SqlParameters): Result | undefined;
}

/** A pure function of view and parameters. Parameters and result are plain data: they may cross threads. */
export type Query<P, R> = {
  readonly run: (view: View, parameters: P) => R;
  /** Whether it reads many rows, and so runs in a reader thread instead of on the caller's. */
  readonly scan: boolean;
};
export const defineQuery = <P, R>(
  run: (view: View, parameters: P) => R,
  { scan = false }: { readonly scan?: boolean } = {},
): Query<P, R> => ({ run, scan });

// What the engine sees of a declaration, whatever its events, rows and questions are.
export type AnyRows = { readonly [table: string]: Rows<Table> };
export type Handler = (fact: Fact, rows: AnyRows) => void;
export type Handlers = {
  readonly when: { readonly [type: string]: Handler | undefined };
  readonly whenever: Handler | undefined;
};
export type AnyQuery = Query<never, unknown>;
export type SharedTables = { readonly tables: Tables; readonly handlers: Handlers };
export type ReadModel<
  Q extends { readonly [name: string]: AnyQuery } = { readonly [name: string]: AnyQuery },
> = {
  readonly name: string;
  readonly version: number;
  /** Its own tables and those of the parts that it includes. */
  readonly tables: Tables;
  /** The handlers of the parts that it includes, in order, then its own. */
  readonly handlers: readonly Handlers[];
  readonly queries: Q;
};
export type AnyReadModel = ReadModel;

// Each handler takes only facts of its own event type and rows of its own tables, and is given no others.
function toHandlers({
  when = {},
  whenever,
}: {
  readonly when?: object;
  readonly whenever?: unknown;
}): Handlers {
  for (const type in when)
    if (AMENDMENT_TYPES.has(type))
      throw new TypeError(`Nobody handles ${type}: what it says stands in the facts that it speaks of.`);
  return { when: when as Handlers['when'], whenever: whenever as Handlers['whenever'] };
}

/** Tables that several read models need, with their handlers: folded into the file of each that includes them. */
export const defineSharedTables =
  <E extends AnyEvent>() =>
  <T extends Tables>(declared: {
    readonly tables: T;
    readonly when: HandlersByType<E, T>;
    readonly whenever?: EveryEventHandler<T>;
  }): SharedTables => ({ tables: declared.tables, handlers: toHandlers(declared) });

/**
 * `readModel<Events>()({ ... })`. The version must rise whenever the rows change that a ledger leads to: its
 * file is then folded anew, which is the only migration there is.
 */
export const defineReadModel =
  <E extends AnyEvent>() =>
  <T extends Tables, Q extends { readonly [name: string]: AnyQuery }>(declared: {
    readonly name: string;
    readonly version: number;
    readonly tables: T;
    readonly include?: readonly SharedTables[];
    readonly when?: HandlersByType<E, T>;
    readonly whenever?: EveryEventHandler<T>;
    readonly queries: Q;
  }): ReadModel<Q> => {
    const { name, version, include = [], queries } = declared;
    if (!/^[a-z][a-z-]*$/.test(name)) throw new TypeError(`A read model cannot be named '${name}'.`);
    if (!Number.isSafeInteger(version) || version < 1)
      throw new TypeError(`${name} has no version ${version}.`);
    const tables: Record<string, Table> = {};
    for (const [table, declaration] of [...include, declared].flatMap((part) =>
      Object.entries(part.tables),
    )) {
      if (tables[table]) throw new TypeError(`${name} declares the table '${table}' twice.`);
      tables[table] = new TableSchema(table, declaration).table;
    }
    const handlers = [...include.map((part) => part.handlers), toHandlers(declared)];
    return { name, version, tables, handlers, queries };
  };
