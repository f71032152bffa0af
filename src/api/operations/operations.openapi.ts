import {
  createJsonResponse,
  createObjectSchema,
  createPageSchema,
  API_KEY_REQUIRED,
  htmlResponse,
  createPathParameters,
  AS_OF_PARAMETER,
  createProblemResponse,
  createQueryParameter,
  createSchemaReference,
  textSchema,
} from '../shared/openapi-parts.js';

const readinessSchema = {
  type: 'object',
  required: ['status', 'reads', 'commands', 'reasons', 'entry', 'projections'],
  properties: {
    status: { type: 'string', description: 'ok, or the first of the reasons.' },
    reads: { type: 'boolean', description: 'Whether reads are served.' },
    commands: { type: 'boolean', description: 'Whether commands are recorded, as far as the node knows.' },
    reasons: {
      type: 'array',
      items: { type: 'string' },
      description:
        'Codes of problems (/problems). One of them, such as clock, can be named although reads and commands are served.',
    },
    fault: { type: 'string', description: 'Which copy differs, if the node has diverged.' },
    entry: {
      type: ['integer', 'null'],
      description: 'The last entry of this node; null if the ledger cannot be read.',
    },
    cluster: { type: 'string', enum: ['live', 'catching-up', 'cut-off'] },
    projections: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'status', 'lag'],
        properties: {
          name: { type: 'string' },
          status: { type: 'string', enum: ['live', 'building', 'failed'] },
          lag: { type: 'integer' },
        },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};

const problemExplanationSchema = createObjectSchema({
  code: textSchema,
  status: { type: 'integer' },
  title: textSchema,
  meaning: textSchema,
  remedy: textSchema,
});
const createJsonOrPageResponse = (description: string, schema: object) => ({
  description,
  content: { ...createJsonResponse(description, schema).content, ...htmlResponse.content },
});

/** Where the page is the default. */
const createPageOrJsonResponse = (description: string, schema: object) => ({
  description,
  content: { ...htmlResponse.content, ...createJsonResponse(description, schema).content },
});
const topicMembers = { name: textSchema, title: textSchema, about: textSchema };
const topicIndexSchema = createObjectSchema({
  items: { type: 'array', items: createObjectSchema(topicMembers) },
});
const topicSchema = createObjectSchema({
  ...topicMembers,
  operations: {
    type: 'array',
    items: createObjectSchema({
      operationId: textSchema,
      method: textSchema,
      path: textSchema,
      summary: textSchema,
    }),
  },
});

const createFileOperation = (operationId: string, summary: string, type: string) => ({
  get: {
    tags: ['Operations'],
    operationId,
    summary,
    responses: { 200: { description: 'A file.', content: { [type]: { schema: textSchema } } } },
  },
});

export const OPERATION_OPENAPI_PATHS = {
  '/': {
    get: {
      tags: ['Operations'],
      operationId: 'getRoot',
      summary:
        'What this server is, and where to go on. For browsers the first page of the book, or, where reading needs a key, the documentation.',
      responses: {
        200: createJsonResponse('The name, the version, and addresses by what is found there.', {
          type: 'object',
          required: ['name', 'version', 'links'],
          properties: {
            name: textSchema,
            version: textSchema,
            links: {
              type: 'object',
              additionalProperties: { type: 'string', format: 'uri-reference' },
            },
          },
          additionalProperties: false,
        }),
        303: { description: 'With Accept: text/html.' },
      },
    },
  },
  '/projections': {
    get: {
      tags: ['Operations'],
      operationId: 'listProjections',
      summary: 'The status and position of every read model.',
      responses: {
        200: createJsonResponse(
          'Statuses, all on one page.',
          createPageSchema(createSchemaReference('ReadModelStatus')),
        ),
      },
    },
  },
  '/projections/{name}/rebuild': {
    post: {
      tags: ['Operations'],
      operationId: 'rebuildProjection',
      summary: 'Rebuilds a read model while its present generation serves.',
      parameters: createPathParameters(':name'),
      responses: {
        202: createJsonResponse('The rebuild has started.', createSchemaReference('ReadModelStatus')),
        401: createProblemResponse('No API key, or an unknown one.'),
        403: createProblemResponse('Only the role admin may rebuild.'),
        404: createProblemResponse('No such read model.'),
      },
      security: API_KEY_REQUIRED,
    },
  },
  '/health/live': {
    get: {
      tags: ['Operations'],
      operationId: 'getLiveness',
      summary: 'Liveness: the process answers requests.',
      responses: {
        200: createJsonResponse('Alive.', createObjectSchema({ status: { type: 'string', const: 'ok' } })),
      },
    },
  },
  '/health/ready': {
    get: {
      tags: ['Operations'],
      operationId: 'getReadiness',
      summary:
        'Readiness: 200 if every read model can be read, and, with for=commands, commands can be recorded as well.',
      parameters: [
        {
          name: 'for',
          in: 'query',
          description: 'What is to be sent to this node.',
          schema: { type: 'string', enum: ['reads', 'commands'], default: 'reads' },
        },
      ],
      responses: {
        200: createJsonResponse('Ready.', readinessSchema),
        503: createJsonResponse('Not ready.', readinessSchema),
        422: createProblemResponse('An unknown parameter, or a value that it does not have.'),
      },
    },
  },
  '/metrics': {
    get: {
      tags: ['Operations'],
      operationId: 'getMetrics',
      summary: 'Metrics of this node in the text format of Prometheus.',
      responses: { 200: { description: 'Metrics.', content: { 'text/plain': { schema: textSchema } } } },
    },
  },
  '/problems': {
    get: {
      tags: ['Operations'],
      operationId: 'listProblems',
      summary: 'All problems; as a page with Accept: text/html.',
      responses: {
        200: createJsonOrPageResponse(
          'All problems.',
          createObjectSchema({ items: { type: 'array', items: problemExplanationSchema } }),
        ),
      },
    },
  },
  '/problems/{code}': {
    get: {
      tags: ['Operations'],
      operationId: 'getProblem',
      summary: 'The meaning and the remedy of a problem; as a page with Accept: text/html.',
      parameters: createPathParameters(':code'),
      responses: {
        200: createJsonOrPageResponse('What the code means.', problemExplanationSchema),
        404: createProblemResponse('No such code.'),
      },
    },
  },
  '/openapi.json': {
    get: {
      tags: ['Operations'],
      operationId: 'getOpenApiDocument',
      summary: 'This document.',
      responses: {
        200: createJsonResponse('An OpenAPI document.', createSchemaReference('OpenApiDocument')),
      },
    },
  },
  '/docs': {
    get: {
      tags: ['Operations'],
      operationId: 'getDocumentation',
      summary: 'The documentation, as pages.',
      responses: {
        200: createPageOrJsonResponse('The pages; those of commands are in GET /commands.', topicIndexSchema),
      },
    },
  },
  '/docs/{name}': {
    get: {
      tags: ['Operations'],
      operationId: 'getDocumentationPage',
      summary: 'The page of a command, of a read model, or of another part of the interface.',
      parameters: createPathParameters(':name'),
      responses: {
        200: createPageOrJsonResponse('The page; as JSON what it is about, of a command its schema.', {
          anyOf: [createSchemaReference('CommandSchema'), topicSchema],
        }),
        404: createProblemResponse('No such page.'),
      },
    },
  },
  '/search': {
    get: {
      tags: ['Operations'],
      operationId: 'getSearchPage',
      summary:
        'A page with everything that has these words. As JSON each list is searched at its own address.',
      parameters: [createQueryParameter('q', textSchema, 'The words.'), AS_OF_PARAMETER],
      responses: { 200: htmlResponse },
    },
  },
  '/meetings/{meeting}/statements/{statement}': {
    get: {
      tags: ['Operations'],
      operationId: 'getStatementPage',
      summary: 'A page with one statement, its context and its corrections.',
      parameters: [...createPathParameters(':meeting/:statement'), AS_OF_PARAMETER],
      responses: { 200: htmlResponse, 404: createProblemResponse('No such statement.') },
    },
  },
  '/robots.txt': createFileOperation('getRobots', 'What robots may read.', 'text/plain'),
  '/sitemap.xml': createFileOperation('getSitemap', 'The addresses of the pages.', 'application/xml'),
  '/opensearch.xml': createFileOperation(
    'getOpenSearch',
    'By which a browser searches the book (OpenSearch 1.1).',
    'application/opensearchdescription+xml',
  ),
  '/assets/{hash}/{file}': {
    get: {
      tags: ['Operations'],
      operationId: 'getAsset',
      summary: 'A file of the pages, under the hash of its content.',
      parameters: createPathParameters(':hash/:file'),
      responses: {
        200: {
          description: 'A style sheet, or an icon.',
          content: { 'text/css': { schema: textSchema }, 'image/svg+xml': { schema: textSchema } },
        },
        404: createProblemResponse('No such file in this release.'),
      },
    },
  },
};
