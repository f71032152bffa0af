// What the document says of the read models: all of it from the routes that they declare.
import type { Route } from '../../read-models/declaration/route.js';
import { LINK_FORMAT, TIMEMAP } from '../shared/memento.js';
import {
  AS_OF,
  headerOf,
  json,
  LEDGER_ENTRY,
  named,
  PAGING,
  pathParameters,
  problem,
  query,
  text,
} from '../shared/openapi-parts.js';

const ACCEPT_DATETIME = headerOf(
  'Accept-Datetime',
  'What the book said at that time (RFC 7089): as of the last entry recorded by then, the second itself included. An address with asOf or a cursor is not negotiated.',
);

/** What tells one question of a route from another, but for the state of the book and the page. */
const question = ({ path, filters = {}, day, names }: Route) => [
  ...pathParameters(path),
  ...Object.entries(filters).map(([filter, { about, ...rest }]) =>
    query(filter, rest.kind === 'one-of' ? { type: 'string', enum: rest.values } : text, about),
  ),
  ...(day
    ? [
        query(
          day,
          { type: 'string', format: 'date' },
          'The day the question is about, in valid time; by default today (UTC).',
        ),
      ]
    : []),
  ...(names ? [query('lang', text, 'Languages in the order of preference, separated by commas.')] : []),
];

/** A route with its timemap. */
export const readPaths = (name: string, route: Route) => ({
  [named(route.path)]: { get: answers(name, route) },
  [named(TIMEMAP + route.path)]: { get: timemap(route) },
});

const answers = (name: string, route: Route) => ({
  tags: [name],
  summary: route.about,
  parameters: [
    ...question(route),
    AS_OF,
    query('v', { type: 'integer' }, 'The version of the read model, in pinned addresses.'),
    ...(route.list ? PAGING : []),
    LEDGER_ENTRY,
    ACCEPT_DATETIME,
  ],
  responses: {
    200: json(
      'The answer. Content-Location is its pinned address, where it will be found unchanged; Memento-Datetime is when the entry was recorded that was asked for.',
      route.list
        ? {
            type: 'object',
            required: ['items', 'next', 'entry'],
            properties: {
              items: { type: 'array', items: { type: 'object' } },
              next: { type: ['string', 'null'] },
              entry: { type: 'integer' },
            },
          }
        : { type: 'object' },
    ),
    304: { description: 'As If-None-Match has it.' },
    400: problem('Accept-Datetime is not a date.'),
    ...(route.path.includes(':') && { 404: problem('The book does not know this id as of the entry.') }),
    422: problem('A parameter cannot be meant.'),
    503: problem('The read model is being built, or has not reached the entry.'),
  },
});

const timemap = (route: Route) => ({
  tags: ['Timemaps'],
  summary: `The addresses of what ${named(route.path)} said in the past, with datetimes (RFC 7089): one for each entry at which the read model changed, so that neighbours may say the same.`,
  parameters: [
    ...question(route),
    ...(route.list ? [PAGING[0]] : []),
    query('after', { type: 'integer' }, 'Only what follows this entry; from the link to the next page.'),
    LEDGER_ENTRY,
  ],
  responses: {
    200: { description: 'Links, in pages.', content: { [LINK_FORMAT]: { schema: text } } },
    304: { description: 'As If-None-Match has it.' },
    ...(route.path.includes(':') && { 404: problem('The book does not know this id now.') }),
    422: problem('A parameter cannot be meant.'),
    503: problem('The read model is being built, or has not reached the entry.'),
  },
});
