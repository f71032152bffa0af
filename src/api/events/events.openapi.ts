import { eventShape } from '../shared/listed-shapes.js';
import {
  AS_OF_PARAMETER,
  createJsonResponse,
  createPageSchema,
  PAGING_PARAMETERS,
  createPathParameters,
  createProblemResponse,
  createQueryParameter,
  createSchemaReference,
  createTableResponse,
  textSchema,
} from '../shared/openapi-parts.js';

const EVENT_PAGE_SCHEMA = createPageSchema(createSchemaReference('Event'));

const EVENT_FILTERS = [
  createQueryParameter('after', { type: 'integer' }, 'Only events after this entry.'),
  createQueryParameter('stream', textSchema, 'Only events of this stream.'),
  createQueryParameter('type', textSchema, 'Only events of this type.'),
];

export const EVENT_OPENAPI_PATHS = {
  '/events': {
    get: {
      tags: ['Events'],
      operationId: 'listEvents',
      summary:
        'Events as they were recorded; with Accept: text/event-stream a live feed, resumable by Last-Event-ID; with Accept: application/x-ndjson an export of the whole book, which takes no parameters.',
      parameters: [...EVENT_FILTERS, PAGING_PARAMETERS[0]],
      responses: {
        422: createProblemResponse(
          'A parameter is invalid; or "after" or Last-Event-ID names an entry that the book does not have (yet): a client that followed another copy of the book must begin again.',
        ),
        200: {
          description: 'Events in order.',
          content: {
            'application/json': {
              schema: EVENT_PAGE_SCHEMA,
            },
            'text/event-stream': { schema: textSchema },
            'application/x-ndjson': { schema: createSchemaReference('ExportLine') },
          },
        },
      },
    },
  },
  '/events.csv': {
    get: {
      tags: ['Events'],
      operationId: 'listEventsTable',
      summary: 'Events as they were recorded. As a table, whole.',
      parameters: EVENT_FILTERS,
      responses: {
        200: createTableResponse(eventShape.column),
        304: { description: 'Not modified.' },
        422: createProblemResponse('A parameter is invalid.'),
      },
    },
  },
  '/events/{id}': {
    get: {
      tags: ['Events'],
      operationId: 'getEvent',
      summary: 'One event.',
      parameters: createPathParameters(':id'),
      responses: {
        200: createJsonResponse('The event.', createSchemaReference('Event')),
        404: createProblemResponse('No such event.'),
      },
    },
  },
  '/entries/{entry}': {
    get: {
      tags: ['Events'],
      operationId: 'getEntry',
      summary: 'The event of one entry; as a page also what became of it.',
      parameters: createPathParameters(':entry'),
      responses: {
        200: createJsonResponse('The event.', createSchemaReference('Event')),
        404: createProblemResponse('No such entry.'),
      },
    },
  },
  '/streams/{stream}': {
    get: {
      tags: ['Events'],
      operationId: 'getStream',
      summary:
        'The events of one stream; with Accept: application/x-ndjson an export of the stream with a receipt in the last line, which takes no parameters.',
      parameters: [...createPathParameters(':stream'), AS_OF_PARAMETER, ...PAGING_PARAMETERS],
      responses: {
        200: {
          description: 'Events in order.',
          content: {
            'application/json': { schema: EVENT_PAGE_SCHEMA },
            'application/x-ndjson': { schema: createSchemaReference('ExportLine') },
          },
        },
        404: createProblemResponse('No such stream.'),
      },
    },
  },
};
