// A page as data: its address, the queries that it needs answered as of one entry, and how it is shown.
import type { VNode } from 'preact';
import type { QueryRoute, ReadModelQuery } from '../api/shared/read-model-query.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Queries, ResultOf } from '../read-models/declaration/query.js';
import type { PublishedReadModel, QueryRequest } from '../read-models/declaration/route.js';

/** What a page is asked: parts of the path, filters, day in valid time, languages and place in a list. */
export type PageQuery = Pick<ReadModelQuery, 'path' | 'filters' | 'day' | 'languages' | 'limit' | 'cursor'>;

declare const ANSWER: unique symbol;
/** One query that a page needs answered. `toRequest` says what differs from the query of the page. */
type Ask<T = unknown> = {
  readonly model: string;
  readonly query: string;
  readonly toRequest: (query: PageQuery) => Partial<QueryRequest>;
  /** Never present: carries the type of the answer. */
  readonly [ANSWER]?: T;
};
type Asks = { readonly [name: string]: Ask };
export type AnswersTo<A extends Asks> = {
  readonly [N in keyof A]: A[N] extends Ask<infer T> ? T : never;
};

type QueriesOf<P> = P extends PublishedReadModel<infer Q> ? Q : never;
/** The answer of a query of a published read model. */
export type AnswerOf<P, N extends keyof QueriesOf<P>> = NonNullable<ResultOf<QueriesOf<P>[N]>>;
/** The items of a list that a query of a published read model answers. */
export type ItemOf<P, N extends keyof QueriesOf<P>> =
  AnswerOf<P, N> extends { readonly items: readonly (infer T)[] } ? T : never;

/** What the ledger itself has about a page, read as of the entry of the page; undefined if there is no such thing. */
type ReadFacts<A, F> = (ledger: Ledger, query: PageQuery, entry: number, answers: A) => F | undefined;

export type PageContent = {
  readonly title: string;
  readonly children: VNode;
};

type PageParts<A extends Asks, F> = {
  readonly path: string;
  readonly route: QueryRoute;
  /** The path of the entry of the navigation that the page belongs to. */
  readonly section?: string;
  /** Whether there is JSON, and a table, at the same address. */
  readonly formats?: readonly ('json' | 'csv')[];
  readonly asks: A;
  readonly readFacts?: ReadFacts<AnswersTo<A>, F>;
  /** The entries that made the page, of one that shows facts of the ledger. */
  readonly listStops?: (facts: F) => readonly number[];
  /** The streams whose entries may change the page, besides the entries that its answers name. */
  readonly listStreams?: (answers: AnswersTo<A>, query: PageQuery) => readonly string[];
  readonly view: (answers: AnswersTo<A>, query: PageQuery, facts: F) => PageContent;
};

/** A page whose answers have any type. */
export type RecordPage = Pick<PageParts<Asks, unknown>, 'path' | 'route' | 'section' | 'formats' | 'asks'> & {
  readonly readFacts?: ReadFacts<never, unknown>;
  readonly listStops?: (facts: never) => readonly number[];
  readonly listStreams?: (answers: never, query: PageQuery) => readonly string[];
  readonly view: (answers: never, query: PageQuery, facts: never) => PageContent;
};

export const definePage = <const A extends Asks, F = undefined>(page: PageParts<A, F>): RecordPage => page;

/** How many items a page shows of a list that is not its subject. */
const ITEMS_MAX = 1_000;

/** A query of a read model with the path, the day and the languages of the page, and the parts that `toRequest` gives. */
export const ask = <Q extends Queries, N extends keyof Q & string>(
  { model }: PublishedReadModel<Q>,
  query: N,
  toRequest: (query: PageQuery) => Partial<QueryRequest> = () => ({}),
): Ask<NonNullable<ResultOf<Q[N]>>> => ({
  model: model.name,
  query,
  toRequest: (query) => ({ filters: {}, limit: ITEMS_MAX, ...toRequest(query) }),
});

/** The query whose answer the page is: with its filters, and from its cursor on. */
export const askSubject = <Q extends Queries, N extends keyof Q & string>(
  { model }: PublishedReadModel<Q>,
  query: N,
): Ask<NonNullable<ResultOf<Q[N]>>> => ({
  model: model.name,
  query,
  toRequest: ({ filters, limit, cursor }) => ({ filters, limit, ...(cursor && { after: cursor.after }) }),
});

/** The declared route of a read model. Throws if there is none with this path. */
export function findRoute({ routes }: PublishedReadModel, path: string): QueryRoute {
  const route = routes.find((each) => each.path === path);
  if (!route) throw new Error(`No route has the path ${path}.`);
  return route;
}
