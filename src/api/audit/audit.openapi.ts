// What the document says of auditing.
import {
  AS_OF,
  json,
  LEDGER_ENTRY,
  PAGING,
  pathParameters,
  problem,
  query,
  ref,
} from '../shared/openapi-parts.js';

const pageOf = (schema: string) => ({
  type: 'object',
  required: ['items', 'next', 'entry'],
  properties: {
    items: { type: 'array', items: ref(schema) },
    next: { type: ['string', 'null'] },
    entry: { type: 'integer' },
  },
});
const moment = { type: ['integer', 'string'] };

export const AUDIT = {
  '/audit/changes': {
    get: {
      tags: ['Audit'],
      summary:
        'Rows of read models that changed between two entries, from what to what, by which entry, by whom and why: by entry, projection, table and key.',
      parameters: [
        query(
          'from',
          moment,
          'What changed after this entry, or RFC 3339 timestamp; by default from the beginning.',
        ),
        query('to', moment, 'What changed up to this entry, or RFC 3339 timestamp; by default the last.'),
        query('projection', { type: 'string' }, 'Only of this read model; GET /projections lists them.'),
        ...PAGING,
        LEDGER_ENTRY,
      ],
      responses: {
        200: json(
          'Changed rows. Facts recorded together are one change, at their last entry.',
          pageOf('Change'),
        ),
        304: { description: 'As If-None-Match has it.' },
        422: problem('A parameter cannot be meant.'),
        503: problem('A read model is being built, or has not reached the entry.'),
      },
    },
  },
  '/audit/trail/{stream}': {
    get: {
      tags: ['Audit'],
      summary:
        'The facts of a stream as they were recorded, with what was said of each since, and the rows that each changed.',
      parameters: [...pathParameters(':stream'), AS_OF, ...PAGING, LEDGER_ENTRY],
      responses: {
        200: json('Facts in order.', pageOf('Trace')),
        304: { description: 'As If-None-Match has it.' },
        404: problem('No such stream as of the entry.'),
        422: problem('A parameter cannot be meant.'),
        503: problem('A read model is being built, or has not reached the entry.'),
      },
    },
  },
};
