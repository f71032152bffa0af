// What the document says of audits by replay.
import {
  createJsonResponse,
  KEY_REQUIRED,
  createPathParameters,
  createProblemResponse,
  createSchemaReference,
  textSchema,
} from '../shared/openapi-parts.js';

const DIFFERENCE_SCHEMA = {
  type: 'object',
  description: 'A row that is not as a replay leads to it, or an entry that is damaged (projection null).',
  required: ['projection', 'table', 'key', 'entry', 'live', 'replayed', 'detail'],
  properties: {
    projection: { type: ['string', 'null'] },
    table: textSchema,
    key: { type: 'object', description: 'The stream of the row, and its key.' },
    entry: { type: ['integer', 'null'], description: 'The entry that made the row.' },
    live: { type: ['object', 'null'], description: 'What stands in the file that serves.' },
    replayed: { type: ['object', 'null'], description: 'What a replay leads to.' },
    detail: textSchema,
  },
};

export const REPLAY_SCHEMA = {
  type: 'object',
  required: ['id', 'status', 'entry', 'phase', 'progress', 'differences', 'differencesCount'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    status: { enum: ['running', 'done', 'failed'] },
    entry: { type: 'integer', description: 'The last entry that is audited.' },
    projections: { type: 'array', items: textSchema },
    startedAt: { type: 'string', format: 'date-time' },
    verifiedAt: { type: ['string', 'null'], format: 'date-time' },
    phase: { enum: ['ledger', 'tree', 'refold', 'compare'] },
    progress: {
      type: 'object',
      description: 'Of the phase: entries, or tables while they are compared.',
      properties: { done: { type: 'integer' }, of: { type: 'integer' } },
    },
    root: {
      type: ['string', 'null'],
      format: 'byte',
      description: 'Of the tree of the audited entries; null before it is known.',
    },
    differencesCount: { type: 'integer', description: 'All, those that are found so far while it runs.' },
    differences: {
      type: 'array',
      description: 'The first 1,000, when it is done.',
      items: DIFFERENCE_SCHEMA,
    },
    compared: {
      type: 'array',
      description: 'As of which entry: a lower one than the audited if a file lags behind.',
      items: {
        type: 'object',
        properties: {
          projection: textSchema,
          version: { type: 'integer' },
          generation: { type: ['integer', 'null'] },
          entry: { type: ['integer', 'null'] },
        },
      },
    },
    resumedFrom: {
      type: 'integer',
      description: 'What an interrupted audit had folded up to this entry was gone on from.',
    },
    reason: { type: 'string', description: 'Why it failed.' },
  },
};

const AUTHORIZATION_RESPONSES = {
  401: createProblemResponse('There is no key, or it is not known.'),
  403: createProblemResponse('The key may not audit.'),
};

export const REPLAY_PATHS = {
  '/audit/replays': {
    post: {
      tags: ['Audit'],
      summary:
        'Reads the ledger again, folds every read model from nothing, and compares row by row with what serves.',
      requestBody: {
        required: false,
        content: {
          'application/json': {
            schema: {
              type: 'object',
              properties: {
                entry: { type: 'integer', description: 'Up to which entry; by default the head.' },
                projections: { type: 'array', items: textSchema, description: 'By default all.' },
              },
              additionalProperties: false,
            },
          },
        },
      },
      responses: {
        200: createJsonResponse(
          'Another audit runs, and this is it: there is one at a time.',
          createSchemaReference('Replay'),
        ),
        202: createJsonResponse(
          'It has begun; Location is where to follow it.',
          createSchemaReference('Replay'),
        ),
        400: createProblemResponse('The body is not JSON in UTF-8.'),
        ...AUTHORIZATION_RESPONSES,
        422: createProblemResponse('A member of the body cannot be meant.'),
        503: createProblemResponse('A read model is being built: there is nothing to compare with.'),
      },
      security: KEY_REQUIRED,
    },
  },
  '/audit/replays/{id}': {
    get: {
      tags: ['Audit'],
      summary:
        'How far an audit is, and what it found; with Accept: text/event-stream its state whenever it has changed.',
      parameters: createPathParameters(':id'),
      responses: {
        200: {
          description: 'Its state.',
          content: {
            'application/json': { schema: createSchemaReference('Replay') },
            'text/event-stream': { schema: textSchema },
          },
        },
        ...AUTHORIZATION_RESPONSES,
        404: createProblemResponse('No such audit, or it is not remembered any more.'),
      },
      security: KEY_REQUIRED,
    },
  },
};
