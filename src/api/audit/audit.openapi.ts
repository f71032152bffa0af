// The operations of auditing in the OpenAPI document.
import { changeShape } from '../shared/listed-shapes.js';
import {
  AS_OF_PARAMETER,
  createJsonResponse,
  createPageSchema,
  LEDGER_ENTRY_HEADER,
  PAGING_PARAMETERS,
  createPathParameters,
  createProblemResponse,
  createQueryParameter,
  createSchemaReference,
  createTableResponse,
} from '../shared/openapi-parts.js';

const asOfSchema = { type: ['integer', 'string'] };

const CHANGE_FILTERS = [
  createQueryParameter(
    'from',
    asOfSchema,
    'Changes after this entry number or RFC 3339 timestamp; by default from the first entry.',
  ),
  createQueryParameter(
    'to',
    asOfSchema,
    'Changes up to this entry number or RFC 3339 timestamp; by default up to the last entry.',
  ),
  createQueryParameter(
    'projection',
    { type: 'string' },
    'Only changes of this read model; GET /projections lists them.',
  ),
];

export const AUDIT_OPENAPI_PATHS = {
  '/audit/changes': {
    get: {
      tags: ['Audit'],
      operationId: 'listChanges',
      summary:
        'Items of lists that changed between two entries: what GET showed before and shows since, by which event, by whom and why. Ordered by entry, projection, list and key.',
      parameters: [...CHANGE_FILTERS, ...PAGING_PARAMETERS, LEDGER_ENTRY_HEADER],
      responses: {
        200: createJsonResponse(
          'Changed items. Events recorded together are one change, at their last entry. A page may hold fewer items than the limit, or none, and have a next one.',
          createPageSchema(createSchemaReference('Change')),
        ),
        304: { description: 'Not modified since the ETag in If-None-Match.' },
        422: createProblemResponse('A parameter is unknown or invalid.'),
        503: createProblemResponse('A read model is being built, or has not reached the entry.'),
      },
    },
  },
  '/audit/changes.csv': {
    get: {
      tags: ['Audit'],
      operationId: 'listChangesTable',
      summary: 'Items of lists that changed between two entries. As a table, whole.',
      parameters: [...CHANGE_FILTERS, LEDGER_ENTRY_HEADER],
      responses: {
        200: createTableResponse(changeShape.column),
        304: { description: 'Not modified.' },
        422: createProblemResponse('A parameter is unknown or invalid.'),
        503: createProblemResponse('A read model is being built, or has not reached the entry.'),
      },
    },
  },
  '/audit/trail/{stream}': {
    get: {
      tags: ['Audit'],
      operationId: 'getTrail',
      summary:
        'The events of a stream as they were recorded, with the amendments of each, and the items that each changed.',
      parameters: [
        ...createPathParameters(':stream'),
        AS_OF_PARAMETER,
        ...PAGING_PARAMETERS,
        LEDGER_ENTRY_HEADER,
      ],
      responses: {
        200: createJsonResponse('Events in order.', createPageSchema(createSchemaReference('TrailItem'))),
        304: { description: 'Not modified since the ETag in If-None-Match.' },
        404: createProblemResponse('The stream does not exist as of the entry.'),
        422: createProblemResponse('A parameter is unknown or invalid.'),
        503: createProblemResponse('A read model is being built, or has not reached the entry.'),
      },
    },
  },
};
