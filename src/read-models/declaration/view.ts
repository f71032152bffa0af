// The rows of a read model as of one entry, as a query sees them.

export type SqlValue = string | number | null;
export type SqlParameters = { readonly [name: string]: SqlValue };

/** `hasMore`: whether another row follows. */
export type ViewPage<Result> = { readonly rows: Result[]; readonly hasMore: boolean };

/** A read model as of one entry, for a query. */
export interface View {
  readonly entry: number;
  /**
   * SQL that stands for a table as of the entry, to be followed by an alias: `FROM ${view.table('intervals')} i`.
   * Beside the declared columns it has `stream`, `from_entry` (the entry that created the row) and `row` (unique, in
   * the order in which rows were created). Its parameter is `@entry`, which the view binds. At an entry inside a group
   * of events it is as of the entry before the group.
   */
  table(table: string): string;
  /**
   * SQL for the `row`s of a table whose `search` column matches the named parameter, which holds the result of
   * `toSearchExpression`: `WHERE s.row IN ${view.fullTextSearch('statements', '@q')}`. Row versions of all times match:
   * use it only on rows of `table`.
   */
  fullTextSearch(table: string, parameter: string): string;
  /** A result column that is a json column, also through subqueries, is returned parsed. */
  all<Result>(sql: string, parameters?: SqlParameters): Result[];
  /** The first rows, at most `limit`, and of at most `maxCharacters` together unless it is one. */
  getPage<Result>(
    sql: string,
    parameters: SqlParameters,
    limit: number,
    maxCharacters: number,
  ): ViewPage<Result>;
  get<Result>(sql: string, parameters?: SqlParameters): Result | undefined;
}
