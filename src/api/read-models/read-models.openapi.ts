// What the document says of the read models: all of it from the routes that they declare.
import type { Route } from '../../read-models/declaration/route.js';
import { LINK_FORMAT, TIMEMAP_PREFIX } from '../shared/memento.js';
import {
  AS_OF_PARAMETER,
  createHeaderParameter,
  createJsonResponse,
  LEDGER_ENTRY_HEADER,
  toOpenApiPath,
  PAGING_PARAMETERS,
  createPathParameters,
  createProblemResponse,
  createQueryParameter,
  textSchema,
} from '../shared/openapi-parts.js';

const ACCEPT_DATETIME = createHeaderParameter(
  'Accept-Datetime',
  'What the book said at that time (RFC 7089): as of the last entry recorded by then, the second itself included. An address with asOf or a cursor is not negotiated.',
);

/** What tells one question of a route from another, but for the state of the book and the page. */
const createRouteParameters = ({ path, filters = {}, day, names }: Route) => [
  ...createPathParameters(path),
  ...Object.entries(filters).map(([filter, { about, ...rest }]) =>
    createQueryParameter(
      filter,
      rest.kind === 'one-of' ? { type: 'string', enum: rest.values } : textSchema,
      about,
    ),
  ),
  ...(day
    ? [
        createQueryParameter(
          day,
          { type: 'string', format: 'date' },
          'The day the question is about, in valid time; by default today (UTC).',
        ),
      ]
    : []),
  ...(names
    ? [createQueryParameter('lang', textSchema, 'Languages in the order of preference, separated by commas.')]
    : []),
];

/** A route with its timemap. */
export const createReadModelPaths = (name: string, route: Route) => ({
  [toOpenApiPath(route.path)]: { get: createReadOperation(name, route) },
  [toOpenApiPath(TIMEMAP_PREFIX + route.path)]: { get: createTimemapOperation(route) },
});

const createReadOperation = (name: string, route: Route) => ({
  tags: [name],
  summary: route.about,
  parameters: [
    ...createRouteParameters(route),
    AS_OF_PARAMETER,
    createQueryParameter('v', { type: 'integer' }, 'The version of the read model, in pinned addresses.'),
    ...(route.list ? PAGING_PARAMETERS : []),
    LEDGER_ENTRY_HEADER,
    ACCEPT_DATETIME,
  ],
  responses: {
    200: createJsonResponse(
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
    400: createProblemResponse('Accept-Datetime is not a date.'),
    ...(route.path.includes(':') && {
      404: createProblemResponse('The book does not know this id as of the entry.'),
    }),
    422: createProblemResponse('A parameter cannot be meant.'),
    503: createProblemResponse('The read model is being built, or has not reached the entry.'),
  },
});

const createTimemapOperation = (route: Route) => ({
  tags: ['Timemaps'],
  summary: `The addresses of what ${toOpenApiPath(route.path)} said in the past, with datetimes (RFC 7089): one for each entry at which the read model changed, so that neighbours may say the same.`,
  parameters: [
    ...createRouteParameters(route),
    ...(route.list ? [PAGING_PARAMETERS[0]] : []),
    createQueryParameter(
      'after',
      { type: 'integer' },
      'Only what follows this entry; from the link to the next page.',
    ),
    LEDGER_ENTRY_HEADER,
  ],
  responses: {
    200: { description: 'Links, in pages.', content: { [LINK_FORMAT]: { schema: textSchema } } },
    304: { description: 'As If-None-Match has it.' },
    ...(route.path.includes(':') && { 404: createProblemResponse('The book does not know this id now.') }),
    422: createProblemResponse('A parameter cannot be meant.'),
    503: createProblemResponse('The read model is being built, or has not reached the entry.'),
  },
});
