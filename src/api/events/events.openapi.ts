// What the document says of the facts themselves.
import { AS_OF, json, PAGING, pathParameters, problem, query, ref, text } from '../shared/openapi-parts.js';

export const FACTS = {
  '/events': {
    get: {
      tags: ['Facts'],
      summary:
        'Facts as they were recorded; with Accept: text/event-stream live, resumable by Last-Event-ID; with Accept: application/x-ndjson an export of the whole book, without any parameters.',
      parameters: [
        query('after', { type: 'integer' }, 'Only what follows this entry.'),
        query('stream', text, 'Only facts of this stream.'),
        query('type', text, 'Only facts of this type.'),
        PAGING[0],
      ],
      responses: {
        200: {
          description: 'Facts in order.',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                properties: {
                  items: { type: 'array', items: ref('Event') },
                  next: { type: ['string', 'null'] },
                  entry: { type: 'integer' },
                },
              },
            },
            'text/event-stream': { schema: text },
            'application/x-ndjson': { schema: ref('ExportLine') },
          },
        },
      },
    },
  },
  '/events/{id}': {
    get: {
      tags: ['Facts'],
      summary: 'One fact.',
      parameters: pathParameters(':id'),
      responses: { 200: json('The fact.', ref('Event')), 404: problem('No such event.') },
    },
  },
  '/streams/{stream}': {
    get: {
      tags: ['Facts'],
      summary:
        'The facts of one stream; with Accept: application/x-ndjson all of them with a receipt in the last line, without any parameters.',
      parameters: [...pathParameters(':stream'), AS_OF, ...PAGING],
      responses: {
        200: {
          description: 'Facts in order.',
          content: {
            'application/json': { schema: { type: 'object' } },
            'application/x-ndjson': { schema: ref('ExportLine') },
          },
        },
        404: problem('No such stream.'),
      },
    },
  },
};
