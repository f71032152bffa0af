// How the tables of a read model are declared, and the row types that follow from the declaration.

/**
 * `json` holds any JSON value, stored as canonical JSON and returned parsed; `?` allows null. There is no boolean: use
 * 0 and 1, or json.
 */
type ColumnType = 'text' | 'integer' | 'json' | 'text?' | 'integer?' | 'json?';
type Columns = { readonly [column: string]: ColumnType };

declare const valueType: unique symbol;
/** A text column that holds one of these: `status: textOf<MeetingStatus>()`. */
export const textOf = <T extends string>() => 'text' as 'text' & { readonly [valueType]: T };
/** The same where null is allowed. */
export const nullableTextOf = <T extends string>() => 'text?' as 'text?' & { readonly [valueType]: T };
/** A json column of a known type: `entries: json<readonly number[]>()`. */
export const json = <T>() => 'json' as 'json' & { readonly [valueType]: T };
/** The same where null is allowed (and stored as SQL's NULL). */
export const nullableJson = <T>() => 'json?' as 'json?' & { readonly [valueType]: T };

type Nullable<C, T> = C extends `${string}?` ? T | null : T;
type ValueOf<C extends ColumnType> = Nullable<
  C,
  C extends { readonly [valueType]: infer T }
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
  /** Identifies a row among those of its stream. Two streams may use the same key. */
  readonly key: readonly K[];
  /** For the queries: each is a list of columns in the order in which they are looked up or sorted. */
  readonly indexes?: readonly (readonly string[])[];
  /** A text column with a full-text index (see View.fullTextSearch). */
  readonly search?: string;
};
export type Tables = { readonly [name: string]: Table };

export const defineTable = <const C extends Columns, const K extends KeyColumn<C>>(declared: {
  readonly columns: C;
  readonly key: readonly [K, ...K[]];
  readonly indexes?: readonly (readonly (keyof C & string)[])[];
  readonly search?: TextColumn<C>;
}): Table<C, K> => declared;

/** The row of these columns. Columns of the engine (`stream`, `from_entry`, `to_entry`) are for queries only. */
export type RowOfColumns<C extends Columns> = { readonly [N in keyof C]: ValueOf<C[N]> };
export type Row<T extends Table> = T extends Table<infer C> ? RowOfColumns<C> : never;
/** A row to be put; a nullable column may be left out. */
type NewRow<T extends Table> =
  T extends Table<infer C>
    ? { readonly [N in Exclude<keyof C, NullableColumn<C>>]: ValueOf<C[N]> } & {
        readonly [N in NullableColumn<C>]?: ValueOf<C[N]> | undefined;
      }
    : never;
type Key<T extends Table> =
  T extends Table<infer C, infer K> ? { readonly [N in K & keyof C]: ValueOf<C[N]> } : never;

/**
 * The rows of one table that belong to the event's own stream: no handler can read or change another's. A row is a
 * value; change it by putting another one.
 */
export interface RowStore<T extends Table> {
  get(key: Key<T>): Row<T> | undefined;
  /** In the order of the key, texts by their UTF-16 units. */
  all(): readonly Row<T>[];
  /**
   * The row before a key, which need not be there: the nearest one whose key differs from it in the last column only. That
   * column holds integers or ASCII texts. Costs the same among many rows as among few.
   */
  findPrevious(key: Key<T>): Row<T> | undefined;
  /** The row after a key, likewise. */
  findNext(key: Key<T>): Row<T> | undefined;
  /** Writes the whole row, in place of the one with its key. Putting the row that is there already changes nothing. */
  put(row: NewRow<T>): void;
  /** Deleting a row that is not there changes nothing. */
  delete(key: Key<T>): void;
}
export type RowStores<T extends Tables> = { readonly [N in keyof T]: RowStore<T[N]> };
