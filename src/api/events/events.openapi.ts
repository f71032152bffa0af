// What the document says of the facts themselves.
import {
  AS_OF_PARAMETER,
  createJsonResponse,
  PAGING_PARAMETERS,
  createPathParameters,
  createProblemResponse,
  createQueryParameter,
  createSchemaReference,
  textSchema,
} from '../shared/openapi-parts.js';

export const EVENT_PATHS = {
  '/events': {
    get: {
      tags: ['Facts'],
      summary:
        'Facts as they were recorded; with Accept: text/event-stream live, resumable by Last-Event-ID; with Accept: application/x-ndjson an export of the whole book, without any parameters.',
      parameters: [
        createQueryParameter('after', { type: 'integer' }, 'Only what follows this entry.'),
        createQueryParameter('stream', textSchema, 'Only facts of this stream.'),
        createQueryParameter('type', textSchema, 'Only facts of this type.'),
        PAGING_PARAMETERS[0],
      ],
      responses: {
        200: {
          description: 'Facts in order.',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                properties: {
                  items: { type: 'array', items: createSchemaReference('Event') },
                  next: { type: ['string', 'null'] },
                  entry: { type: 'integer' },
                },
              },
            },
            'text/event-stream': { schema: textSchema },
            'application/x-ndjson': { schema: createSchemaReference('ExportLine') },
          },
        },
      },
    },
  },
  '/events/{id}': {
    get: {
      tags: ['Facts'],
      summary: 'One fact.',
      parameters: createPathParameters(':id'),
      responses: {
        200: createJsonResponse('The fact.', createSchemaReference('Event')),
        404: createProblemResponse('No such event.'),
      },
    },
  },
  '/streams/{stream}': {
    get: {
      tags: ['Facts'],
      summary:
        'The facts of one stream; with Accept: application/x-ndjson all of them with a receipt in the last line, without any parameters.',
      parameters: [...createPathParameters(':stream'), AS_OF_PARAMETER, ...PAGING_PARAMETERS],
      responses: {
        200: {
          description: 'Facts in order.',
          content: {
            'application/json': { schema: { type: 'object' } },
            'application/x-ndjson': { schema: createSchemaReference('ExportLine') },
          },
        },
        404: createProblemResponse('No such stream.'),
      },
    },
  },
};
