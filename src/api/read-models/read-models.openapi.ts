// The paths of the read models, derived from the routes that they declare.
import { isObject } from '../../json/is-object.js';
import type { JsonObject } from '../../json/json.js';
import type { CsvColumns } from '../../read-models/declaration/csv-columns.js';
import { type AnswerShape, findCsvColumns } from '../../read-models/declaration/query.js';
import type { PublishedReadModel, Route } from '../../read-models/declaration/route.js';
import type { OpenApiComponents } from '../shared/openapi-components.js';
import { CSV_SUFFIX } from '../shared/table-formatter.js';
import { LINK_FORMAT, TIMEMAP_PREFIX } from '../shared/memento.js';
import {
  AS_OF_PARAMETER,
  createHeaderParameter,
  createJsonResponse,
  createPageSchema,
  LEDGER_ENTRY_HEADER,
  toOpenApiPath,
  PAGING_PARAMETERS,
  createPathParameters,
  createProblemResponse,
  createQueryParameter,
  createTableResponse,
  textSchema,
} from '../shared/openapi-parts.js';

const ACCEPT_DATETIME = createHeaderParameter(
  'Accept-Datetime',
  'The state at that time (RFC 7089): as of the last entry recorded up to the end of that second. Ignored if the address has asOf or a cursor.',
);

const ACCEPT_LANGUAGE = createHeaderParameter(
  'Accept-Language',
  'Which of several names is shown, as "lang" does, which is stronger.',
);

/** The parameters of a route without those for record time and paging. */
const createRouteParameters = ({ path, filters = {}, day, isDayOptional, names }: Route) => [
  ...createPathParameters(path),
  ...Object.entries(filters).map(([filter, { about, ...rest }]) =>
    createQueryParameter(
      filter,
      rest.kind === 'one-of'
        ? { type: 'string', enum: rest.values }
        : rest.kind === 'day'
          ? { type: 'string', format: 'date' }
          : textSchema,
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
export const createReadModelPaths = (
  { model }: PublishedReadModel,
  route: Route,
  components: OpenApiComponents,
) => ({
  [toOpenApiPath(route.path)]: {
    get: createReadOperation(
      model.name,
      route,
      createAnswerSchema(route, model.queries[route.query]?.answer, components),
    ),
  },
  ...createTablePath(model, route),
});

function createTablePath({ name, queries }: PublishedReadModel['model'], route: Route) {
  const columns = findCsvColumns(queries[route.query]?.answer);
  const operation = columns && createTableOperation(name, route, columns);
  return operation && { [toOpenApiPath(route.path + CSV_SUFFIX)]: { get: operation } };
}

function createAnswerSchema(
  { path }: Route,
  answer: AnswerShape | undefined,
  components: OpenApiComponents,
): object {
  if (!answer) throw new TypeError(`The query of ${path} declares no answer.`);
  if ('record' in answer) return components.refer(answer.record.schema);
  return createPageSchema(components.refer(answer.item.schema));
}

/** What changes may show: the items of lists, records, and members of records that have a query of their own. */
export function createListedValueSchema(
  published: readonly PublishedReadModel[],
  components: OpenApiComponents,
): object {
  const schemas = published.flatMap(({ model, routes }) =>
    routes.flatMap((route) => listShownSchemas(route, model.queries[route.query]?.answer)),
  );
  const referred = schemas.map((schema) => JSON.stringify(components.refer(schema)));
  return {
    description: 'An item of a list, a record, or a member of one or of the list that it is.',
    anyOf: [...new Set(referred)].map((schema) => JSON.parse(schema) as JsonObject),
  };
}

function listShownSchemas({ parts = {} }: Route, answer: AnswerShape | undefined): readonly JsonObject[] {
  if (!answer) return [];
  if ('item' in answer) return [answer.item.schema];
  const members = answer.record.schema['properties'] as { readonly [name: string]: JsonObject };
  return [
    answer.record.schema,
    ...Object.keys(parts).flatMap((name) => {
      const member = members[name] ?? {};
      return isObject(member['items']) ? [member, member['items']] : [member];
    }),
  ];
}

const createReadOperation = (name: string, route: Route, answer: object) => ({
  tags: [name],
  summary: route.about,
  parameters: [
    ...createRouteParameters(route),
    AS_OF_PARAMETER,
    createQueryParameter('v', { type: 'integer' }, 'The version of the read model, as in permalinks.'),
    ...(route.list ? PAGING_PARAMETERS : []),
    LEDGER_ENTRY_HEADER,
    ACCEPT_DATETIME,
    ...(route.names ? [ACCEPT_LANGUAGE] : []),
  ],
  responses: {
    200: createJsonResponse(
      'The answer. Content-Location is its permalink, whose answer never changes; Memento-Datetime is when the requested entry was recorded.',
      answer,
    ),
    302: {
      description:
        'For Accept-Datetime: Location is the permalink of the state at that time, whose answer has Memento-Datetime.',
    },
    304: { description: 'Not modified.' },
    400: createProblemResponse('Accept-Datetime is invalid.'),
    404: createProblemResponse(
      'There is nothing with this id as of the entry, or the version of the read model is not served here.',
    ),
    422: createProblemResponse('A parameter is invalid.'),
    503: createProblemResponse('The read model is being built, or has not reached the entry.'),
  },
});

const createTableOperation = (name: string, route: Route, columns: CsvColumns) => ({
  tags: [name],
  summary: `${route.about} As a table, whole.`,
  parameters: [
    ...createRouteParameters(route),
    AS_OF_PARAMETER,
    createQueryParameter('v', { type: 'integer' }, 'The version of the read model, as in permalinks.'),
    LEDGER_ENTRY_HEADER,
    ACCEPT_DATETIME,
    ...(route.names ? [ACCEPT_LANGUAGE] : []),
  ],
  responses: {
    200: createTableResponse(columns),
    302: {
      description: 'For Accept-Datetime: Location is the permalink of the table as of that time.',
    },
    304: { description: 'Not modified.' },
    400: createProblemResponse('Accept-Datetime is invalid.'),
    ...(route.path.includes(':') && {
      404: createProblemResponse('There is nothing with this id as of the entry.'),
    }),
    422: createProblemResponse('A parameter is invalid.'),
    429: createProblemResponse('The client has too many tables open.'),
    503: createProblemResponse('The read model is being built, or has not reached the entry.'),
  },
});

export const TIMEMAP_OPENAPI_PATHS = {
  [`${TIMEMAP_PREFIX}/{path}`]: {
    get: {
      tags: ['Audit'],
      operationId: 'getTimemap',
      summary:
        'The mementos of any address of a read model, which {path} names, with their datetimes (RFC 7089): one for each entry at which the read model changed, so neighbors may be equal. It takes the filters, the day and the language of that address.',
      parameters: [
        ...createPathParameters(':path'),
        PAGING_PARAMETERS[0],
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
        404: createProblemResponse('There is nothing with this id now.'),
        422: createProblemResponse('A parameter is invalid.'),
        503: createProblemResponse('The read model is being built, or has not reached the entry.'),
      },
    },
  },
};
