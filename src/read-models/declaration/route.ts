// How a read model is read over HTTP. Declared beside its queries; parameters, pinned addresses, caching, pages,
// documentation and rights follow from it.
import type { AnyQuery, ReadModel, SqlValue } from './read-model.js';

/** What a query parameter may say. */
export type Filter =
  | { readonly kind: 'text'; readonly about: string }
  /** A calendar day. */
  | { readonly kind: 'day'; readonly about: string }
  | { readonly kind: 'one-of'; readonly values: readonly string[]; readonly about: string };

/** What a query is given. */
export type QueryRequest = {
  /** The parts of the path, by name. */
  readonly path: { readonly [name: string]: string };
  /** The filters that were set, by name. */
  readonly filters: { readonly [name: string]: string };
  /** The day the question is about (`on` or `from`), if the route has one. */
  readonly day: string;
  /** Language tags in the order of preference; empty if names are wanted as registered. */
  readonly languages: readonly string[];
  /** For lists: how many items at most, and after which (the `next` of the page before). */
  readonly limit: number;
  readonly after?: readonly SqlValue[];
};

export type Route<QueryName extends string = string> = {
  /** Such as `/organizations/:organization/members`. */
  readonly path: string;
  readonly about: string;
  /** A query of `Asked`: undefined is 404; for a list it gives a Page. */
  readonly query: QueryName;
  readonly list: boolean;
  readonly filters?: { readonly [name: string]: Filter };
  /** The parameter in valid time, by default today. */
  readonly day?: 'on' | 'from';
  /** Whether the answer shows names, which may be had in several languages. */
  readonly names: boolean;
};

/** A read model with its routes: what a line of the list in projections/ names. */
export type PublishedReadModel = { readonly model: ReadModel; readonly routes: readonly Route[] };

export const publishReadModel = <Q extends { readonly [name: string]: AnyQuery }>(
  model: ReadModel<Q>,
  routes: readonly Route<keyof Q & string>[],
): PublishedReadModel => ({ model, routes });
