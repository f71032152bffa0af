// The queries of a read model.
import type { CsvColumns } from './csv-columns.js';
import type { Page } from './paginate.js';
import type { Shape } from './shape.js';
import type { View } from './view.js';

/** What a query that a route answers declares of its answer: the shape of a record, or of the items of a list. */
export type AnswerShape = { readonly record: Shape } | { readonly item: Shape };

/** A pure function of view and parameters. Parameters and result are plain data: they may cross threads. */
type Query<P, R> = {
  readonly run: (view: View, parameters: P) => R;
  /** Whether it reads many rows, and so runs in a reader thread instead of on the caller's. */
  readonly scan: boolean;
  /** Undefined of a query that no route answers. */
  readonly answer: AnswerShape | undefined;
};
export type AnyQuery = Query<never, unknown>;
export type Queries = { readonly [name: string]: AnyQuery };

/** The columns of a list as a table; undefined of a record. */
export const findCsvColumns = (answer: AnswerShape | undefined): CsvColumns | undefined => {
  const column = answer && 'item' in answer ? answer.item.column : undefined;
  return typeof column === 'object' ? column : undefined;
};

type QueryOptions = { readonly scan?: boolean };
type RunQuery<P, R> = (view: View, parameters: P) => R;

type DefineQuery = {
  /** A query of a record, whose answer has the declared shape; undefined if there is no such thing. */
  <P, T>(
    run: RunQuery<P, NoInfer<T> | undefined>,
    options: QueryOptions & { readonly record: Shape<T> },
  ): Query<P, T | undefined>;
  /** A query of a list, whose items have the declared shape. */
  <P, T>(
    run: RunQuery<P, Page<NoInfer<T>> | undefined>,
    options: QueryOptions & { readonly item: Shape<T> },
  ): Query<P, Page<T> | undefined>;
  /** A query without a route. */
  <P, R>(run: RunQuery<P, R>, options?: QueryOptions): Query<P, R>;
};

export const defineQuery: DefineQuery = <P, R>(
  run: RunQuery<P, R>,
  { scan = false, record, item }: QueryOptions & { readonly record?: Shape; readonly item?: Shape } = {},
): Query<P, R> => ({ run, scan, answer: record ? { record } : item ? { item } : undefined });

export type ResultOf<Q> = Q extends Query<never, infer R> ? R : never;
/** A query that declares no parameters ignores them. */
export type ParametersOf<Q> = Q extends { readonly run: (view: never, parameters: infer P) => unknown }
  ? [P] extends [never]
    ? unknown
    : P
  : never;
