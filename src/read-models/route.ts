// How a read model is read over HTTP. Declared beside its queries; parameters, pinned addresses, caching, pages,
// documentation and rights follow from it.
import type { Page } from './page.js';
import type { AnyQuery, Query, ReadModel, Value } from './read-model.js';

/** What a query parameter may say. */
export type Filter =
  | { readonly kind: 'text'; readonly about: string }
  | { readonly kind: 'one-of'; readonly values: readonly string[]; readonly about: string }
  /** A calendar day. */
  | { readonly kind: 'day'; readonly about: string };

/** What every query is given: the parts of the path and the filters by name (null if left out), and these. */
export type Asked = {
  readonly [parameter: string]: Value;
} & {
  /** The day the question is about (`on` or `from`), if the route has one. */
  readonly day: string;
  /** Language tags in the order of preference, separated by commas; `und` for none. */
  readonly lang: string;
};
/** What a list's query is given besides. */
export type AskedPage = { readonly asked: Asked; readonly limit: number; readonly after?: readonly Value[] | undefined };

export type Route = {
  /** Such as `/organizations/:organization/members`. */
  readonly path: string;
  readonly about: string;
  readonly query: string;
  readonly filters?: { readonly [name: string]: Filter };
  /** The parameter in valid time, by default today. */
  readonly day?: 'on' | 'from';
  /** Whether the answer shows names, which may be had in several languages. */
  readonly names: boolean;
  /** Whether it is a list, read page by page; else undefined is 404. */
  readonly list: boolean;
  /** An example of an item or of the whole answer, for the documentation. */
  readonly example: object;
};

type QueriesOf<R> = { readonly [Q in keyof R]: Query<AskedPage, Page<object> | undefined> | Query<Asked, object | undefined> };

/** A read model with its routes: what a line of the list in projections/ names. */
export type Published = { readonly model: ReadModel; readonly routes: readonly Route[] };

export const published = <Q extends { readonly [name: string]: AnyQuery }>(
  model: ReadModel<Q>,
  routes: readonly (Route & { readonly query: keyof Q & string })[],
): Published => ({ model, routes });

export type { QueriesOf };
