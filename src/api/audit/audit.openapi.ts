// What the document says of auditing.
import {
  AS_OF_PARAMETER,
  createJsonResponse,
  LEDGER_ENTRY_HEADER,
  PAGING_PARAMETERS,
  createPathParameters,
  createProblemResponse,
  createQueryParameter,
  createSchemaReference,
} from '../shared/openapi-parts.js';

const createPageSchema = (schema: string) => ({
  type: 'object',
  required: ['items', 'next', 'entry'],
  properties: {
    items: { type: 'array', items: createSchemaReference(schema) },
    next: { type: ['string', 'null'] },
    entry: { type: 'integer' },
  },
});
const asOfSchema = { type: ['integer', 'string'] };

export const AUDIT_PATHS = {
  '/audit/changes': {
    get: {
      tags: ['Audit'],
      summary:
        'Rows of read models that changed between two entries, from what to what, by which entry, by whom and why: by entry, projection, table and key.',
      parameters: [
        createQueryParameter(
          'from',
          asOfSchema,
          'What changed after this entry, or RFC 3339 timestamp; by default from the beginning.',
        ),
        createQueryParameter(
          'to',
          asOfSchema,
          'What changed up to this entry, or RFC 3339 timestamp; by default the last.',
        ),
        createQueryParameter(
          'projection',
          { type: 'string' },
          'Only of this read model; GET /projections lists them.',
        ),
        ...PAGING_PARAMETERS,
        LEDGER_ENTRY_HEADER,
      ],
      responses: {
        200: createJsonResponse(
          'Changed rows. Facts recorded together are one change, at their last entry.',
          createPageSchema('Change'),
        ),
        304: { description: 'As If-None-Match has it.' },
        422: createProblemResponse('A parameter cannot be meant.'),
        503: createProblemResponse('A read model is being built, or has not reached the entry.'),
      },
    },
  },
  '/audit/trail/{stream}': {
    get: {
      tags: ['Audit'],
      summary:
        'The facts of a stream as they were recorded, with what was said of each since, and the rows that each changed.',
      parameters: [
        ...createPathParameters(':stream'),
        AS_OF_PARAMETER,
        ...PAGING_PARAMETERS,
        LEDGER_ENTRY_HEADER,
      ],
      responses: {
        200: createJsonResponse('Facts in order.', createPageSchema('Trace')),
        304: { description: 'As If-None-Match has it.' },
        404: createProblemResponse('No such stream as of the entry.'),
        422: createProblemResponse('A parameter cannot be meant.'),
        503: createProblemResponse('A read model is being built, or has not reached the entry.'),
      },
    },
  },
};
