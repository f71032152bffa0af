// How a read model is read over HTTP. Routes are declared beside the queries; parameters, permalinks, caching, pages,
// documentation and access rights follow from the declaration.
import type { Queries } from './query.js';
import type { ReadModel } from './read-model.js';
import type { SqlValue } from './view.js';

/** The values that a query parameter may have. */
export type FilterParameter =
  | { readonly kind: 'text'; readonly about: string }
  /** A calendar day. */
  | { readonly kind: 'day'; readonly about: string }
  | { readonly kind: 'one-of'; readonly values: readonly string[]; readonly about: string };

/** The parameters of a query that has a route. */
export type QueryRequest = {
  /** The parts of the path, by name. */
  readonly path: { readonly [name: string]: string };
  /** The filters that are set, by name. */
  readonly filters: { readonly [name: string]: string };
  /** The day that the request is about (`on` or `from`), if the route has one; empty if it is left to the query. */
  readonly day: string;
  /** Language tags in the order of preference; empty if names are wanted as registered. */
  readonly languages: readonly string[];
  /** For lists: how many items at most, and after which (the `next` of the page before). */
  readonly limit: number;
  readonly after?: readonly SqlValue[];
  /** For lists: only the item with these values, to be passed to `paginate`. The audit of changes reads items so. */
  readonly only?: { readonly [column: string]: SqlValue };
};

export type Route<QueryName extends string = string> = {
  /** Such as `/organizations/:organization/members`. */
  readonly path: string;
  readonly about: string;
  /** A query of `QueryRequest`: undefined is 404; for a list it returns a Page. */
  readonly query: QueryName;
  readonly list: boolean;
  readonly filters?: { readonly [name: string]: FilterParameter };
  /** The parameter in valid time, by default today. */
  readonly day?: 'on' | 'from';
  /** Without the parameter the query chooses the days itself, and the permalink has none. */
  readonly isDayOptional?: boolean;
  /** Whether the answer shows names, which a client may request in several languages. */
  readonly names: boolean;
  /** Of a record: its members that have a query of their own, for the audit of changes. */
  readonly parts?: { readonly [member: string]: QueryName };
};

/** A read model with its routes: an element of the list in projections/index.ts. */
export type PublishedReadModel<Q extends Queries = Queries> = {
  readonly model: ReadModel<Q>;
  readonly routes: readonly Route[];
};

export const publishReadModel = <Q extends Queries>(
  model: ReadModel<Q>,
  routes: readonly Route<keyof Q & string>[],
): PublishedReadModel<Q> => ({ model, routes });
