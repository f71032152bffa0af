// The queries of a read model.
import type { View } from './view.js';

/** A pure function of view and parameters. Parameters and result are plain data: they may cross threads. */
type Query<P, R> = {
  readonly run: (view: View, parameters: P) => R;
  /** Whether it reads many rows, and so runs in a reader thread instead of on the caller's. */
  readonly scan: boolean;
};
export type AnyQuery = Query<never, unknown>;
export type Queries = { readonly [name: string]: AnyQuery };

export const defineQuery = <P, R>(
  run: (view: View, parameters: P) => R,
  { scan = false }: { readonly scan?: boolean } = {},
): Query<P, R> => ({ run, scan });

export type ResultOf<Q> = Q extends Query<never, infer R> ? R : never;
/** A query that declares no parameters ignores them. */
export type ParametersOf<Q> = Q extends { readonly run: (view: never, parameters: infer P) => unknown }
  ? [P] extends [never]
    ? unknown
    : P
  : never;
