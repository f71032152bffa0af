// The paths of the read models, derived from the routes that they declare.
import type { Route } from '../../read-models/declaration/route.js';
import { TABLE_SUFFIX } from '../shared/table-writer.js';
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
  'The state at that time (RFC 7089): as of the last entry recorded up to the end of that second. Ignored if the address has asOf or a cursor.',
);

/** The parameters of a route without those for record time and paging. */
const createRouteParameters = ({ path, filters = {}, day, isDayOptional, names }: Route) => [
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
          isDayOptional
            ? 'The day in valid time; by default the day of each meeting.'
            : 'The day in valid time; by default today (UTC).',
        ),
      ]
    : []),
  ...(names
    ? [createQueryParameter('lang', textSchema, 'Languages in order of preference, separated by commas.')]
    : []),
];

/** A route with its table, if it has one, and its timemap. */
export const createReadModelPaths = (name: string, route: Route) => ({
  [toOpenApiPath(route.path)]: { get: createReadOperation(name, route) },
  ...(route.columns && {
    [toOpenApiPath(route.path + TABLE_SUFFIX)]: { get: createTableOperation(name, route) },
  }),
  [toOpenApiPath(TIMEMAP_PREFIX + route.path)]: { get: createTimemapOperation(route) },
});

const createReadOperation = (name: string, route: Route) => ({
  tags: [name],
  summary: route.about,
  parameters: [
    ...createRouteParameters(route),
    AS_OF_PARAMETER,
    createQueryParameter('v', { type: 'integer' }, 'The version of the read model, as in permalinks.'),
    ...(route.list ? PAGING_PARAMETERS : []),
    LEDGER_ENTRY_HEADER,
    ACCEPT_DATETIME,
  ],
  responses: {
    200: createJsonResponse(
      'The answer. Content-Location is its permalink, whose answer never changes; Memento-Datetime is when the requested entry was recorded.',
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
    302: {
      description:
        'For Accept-Datetime: Location is the permalink of the state at that time, whose answer has Memento-Datetime.',
    },
    304: { description: 'Not modified.' },
    400: createProblemResponse('Accept-Datetime is invalid.'),
    ...(route.path.includes(':') && {
      404: createProblemResponse('There is nothing with this id as of the entry.'),
    }),
    422: createProblemResponse('A parameter is invalid.'),
    503: createProblemResponse('The read model is being built, or has not reached the entry.'),
  },
});

const TABLE_CONTENT = { 'text/csv': { schema: textSchema } };

const createTableOperation = (name: string, route: Route) => ({
  tags: [name],
  summary: `${route.about} As a table, whole.`,
  parameters: [
    ...createRouteParameters(route),
    AS_OF_PARAMETER,
    createQueryParameter('v', { type: 'integer' }, 'The version of the read model, as in permalinks.'),
    LEDGER_ENTRY_HEADER,
    ACCEPT_DATETIME,
  ],
  responses: {
    200: {
      description:
        'CSV (RFC 4180) in UTF-8 with a byte order mark: all items as of one entry, which Ledger-Entry names.',
      content: TABLE_CONTENT,
    },
    400: createProblemResponse('Accept-Datetime is invalid.'),
    ...(route.path.includes(':') && {
      404: createProblemResponse('There is nothing with this id as of the entry.'),
    }),
    422: createProblemResponse('A parameter is invalid.'),
    429: createProblemResponse('The client has too many tables open.'),
    503: createProblemResponse('The read model is being built, or has not reached the entry.'),
  },
});

const createTimemapOperation = (route: Route) => ({
  tags: ['Timemaps'],
  summary: `The mementos of ${toOpenApiPath(route.path)} with their datetimes (RFC 7089): one for each entry at which the read model changed, so neighbors may be equal.`,
  parameters: [
    ...createRouteParameters(route),
    ...(route.list ? [PAGING_PARAMETERS[0]] : []),
    createQueryParameter(
      'after',
      { type: 'integer' },
      'Only mementos after this entry; from the link to the next page.',
    ),
    LEDGER_ENTRY_HEADER,
  ],
  responses: {
    200: { description: 'Links, in pages.', content: { [LINK_FORMAT]: { schema: textSchema } } },
    304: { description: 'Not modified.' },
    ...(route.path.includes(':') && { 404: createProblemResponse('There is nothing with this id now.') }),
    422: createProblemResponse('A parameter is invalid.'),
    503: createProblemResponse('The read model is being built, or has not reached the entry.'),
  },
});
