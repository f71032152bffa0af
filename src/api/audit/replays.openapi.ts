import {
  createJsonResponse,
  createObjectSchema,
  API_KEY_REQUIRED,
  createPathParameters,
  createProblemResponse,
  createSchemaReference,
  integerSchema,
  textSchema,
  timestampSchema,
  uuidSchema,
} from '../shared/openapi-parts.js';

const DIFFERENCE_SCHEMA = createObjectSchema(
  {
    projection: { type: ['string', 'null'] },
    table: textSchema,
    key: {
      ...createSchemaReference('Row'),
      description:
        'The stream of the row, and its key; or what names the entry, the tile, the checkpoint or the file.',
    },
    entry: {
      type: ['integer', 'null'],
      description: 'The entry that made the row, or that is damaged; null where it is about none.',
    },
    live: {
      anyOf: [createSchemaReference('Row'), { type: 'null' }],
      description: 'The row of the live generation.',
    },
    replayed: { anyOf: [createSchemaReference('Row'), { type: 'null' }], description: 'The replayed row.' },
    detail: textSchema,
  },
  {},
  'A row that differs from the replayed one, a damaged file, or, with projection null, a damaged entry or tile of the ledger, or a checkpoint that it contradicts.',
);

const COMPARED_SCHEMA = createObjectSchema({
  projection: textSchema,
  version: integerSchema,
  generation: { type: ['integer', 'null'] },
  entry: { type: ['integer', 'null'] },
});

export const REPLAY_SCHEMAS = {
  Difference: DIFFERENCE_SCHEMA,
  Replay: createObjectSchema(
    {
      id: uuidSchema,
      status: { type: 'string', enum: ['running', 'done', 'failed'] },
      entry: { type: 'integer', description: 'The last audited entry.' },
      projections: { type: 'array', items: textSchema },
      startedAt: timestampSchema,
      verifiedAt: { type: ['string', 'null'], format: 'date-time' },
      phase: { type: 'string', enum: ['files', 'ledger', 'tree', 'refold', 'compare'] },
      progress: {
        ...createSchemaReference('Progress'),
        description:
          'Progress of the phase: files in the phase files, tables in the phase compare, otherwise entries.',
      },
      root: {
        type: ['string', 'null'],
        format: 'byte',
        description: 'The root of the tree of the audited entries; null before it is computed.',
      },
      differencesCount: { type: 'integer', description: 'The number of differences found so far.' },
      differences: {
        type: 'array',
        description: 'The first 1,000 differences, once the audit is done.',
        items: createSchemaReference('Difference'),
      },
      compared: {
        type: 'array',
        description:
          'The compared generations, with the entry of the comparison: a lower one than the audited if a generation is behind.',
        items: COMPARED_SCHEMA,
      },
    },
    {
      resumedFrom: {
        type: 'integer',
        description: 'The entry at which an interrupted audit was resumed.',
      },
      reason: { type: 'string', description: 'Why the audit failed.' },
    },
  ),
};

const AUTHORIZATION_RESPONSES = {
  401: createProblemResponse('No API key, or an unknown one.'),
  403: createProblemResponse('The role of the key does not permit audits.'),
};

export const REPLAY_OPENAPI_PATHS = {
  '/audit/replays': {
    post: {
      tags: ['Audit'],
      operationId: 'startReplay',
      summary:
        'Checks the files, verifies the ledger and its tree, projects every read model from the first entry, and compares row by row with the live generation.',
      requestBody: {
        required: false,
        content: {
          'application/json': {
            schema: createObjectSchema(
              {},
              {
                entry: { type: 'integer', description: 'The last entry to audit; by default the head.' },
                projections: {
                  type: 'array',
                  items: textSchema,
                  minItems: 1,
                  description: 'The read models to audit; by default all.',
                },
              },
            ),
          },
        },
      },
      responses: {
        200: createJsonResponse(
          'Another audit is running; this is its state. There is one audit at a time.',
          createSchemaReference('Replay'),
        ),
        202: createJsonResponse(
          'The audit has started; Location is its address.',
          createSchemaReference('Replay'),
        ),
        400: createProblemResponse('The body is not JSON in UTF-8.'),
        ...AUTHORIZATION_RESPONSES,
        422: createProblemResponse('A member of the body is invalid.'),
        503: createProblemResponse('A read model is being built: it has no live generation to compare.'),
      },
      security: API_KEY_REQUIRED,
    },
  },
  '/audit/replays/{id}': {
    get: {
      tags: ['Audit'],
      operationId: 'getReplay',
      summary:
        'The progress and the result of an audit; with Accept: text/event-stream its state after every change.',
      parameters: createPathParameters(':id'),
      responses: {
        200: {
          description: 'The state of the audit.',
          content: {
            'application/json': { schema: createSchemaReference('Replay') },
            'text/event-stream': { schema: textSchema },
          },
        },
        ...AUTHORIZATION_RESPONSES,
        404: createProblemResponse('No such audit, or it is no longer kept.'),
      },
      security: API_KEY_REQUIRED,
    },
  },
};
