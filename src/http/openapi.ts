// The OpenAPI document (3.1): from the commands, the read models' routes and the problems, so that none is said twice.
import type { CommandEntry } from '../domain/admission.js';
import { schemaOf } from '../domain/request.js';
import type { Published, Route } from '../read-models/route.js';
import { problems } from './problems.js';
import { LIMIT_DEFAULT, LIMIT_MAX } from './question.js';

type Json = { readonly [member: string]: unknown };

const text = { type: 'string' };
const query = (name: string, schema: object, description: string) => ({
  name,
  in: 'query',
  description,
  schema,
});
const headerOf = (name: string, description: string, schema: object = text) => ({
  name,
  in: 'header',
  description,
  schema,
});
const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});
const json = (description: string, schema: object) => ({
  description,
  content: { 'application/json': { schema } },
});
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const named = (path: string) => path.replaceAll(/:(\w+)/g, '{$1}');
const pathParameters = (path: string) =>
  [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: text }));

const LEDGER_ENTRY = headerOf(
  'Ledger-Entry',
  'Do not answer from a state before this entry: wait for it, at most 5 s.',
  { type: 'integer' },
);
const PAGING = [
  query(
    'limit',
    { type: 'integer', minimum: 1, maximum: LIMIT_MAX, default: LIMIT_DEFAULT },
    'How many items at most.',
  ),
  query('cursor', text, 'From "next" of the page before; opaque.'),
];

export function openApi(commands: Iterable<CommandEntry>, published: readonly Published[]): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Minutebook',
      version: '1',
      summary:
        'A minute book for organisations: an append-only record of who belongs, who met, who said what and what was decided.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: {
      ...Object.fromEntries(
        [...commands].map((command) => [`/commands/${command.name}`, commandPath(command)]),
      ),
      ...OTHER_PATHS,
      ...Object.fromEntries(
        published.flatMap(({ model, routes }) =>
          routes.map((route) => [named(route.path), { get: readPath(model.name, route) }]),
        ),
      ),
    },
    components: { schemas: SCHEMAS, securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
    security: [{}, { key: [] }],
  };
}

const RECORDING = {
  200: json(
    'It stands already (no events), or the same Idempotency-Key came again (the earlier answer).',
    ref('Recording'),
  ),
  201: json('The facts were recorded.', ref('Recording')),
  202: json(
    'The facts are durable; the read models were not awaited (Prefer: respond-async).',
    ref('Recording'),
  ),
  400: problem('The body is not JSON in UTF-8.'),
  401: problem('There is no key, or it is not known.'),
  403: problem('The key may not record.'),
  409: problem('A rule of the domain refuses.'),
  412: problem('If-Match names another revision.'),
  413: problem('The body is larger than 512 KiB.'),
  415: problem('The body is not JSON.'),
  422: problem('A field is missing, unknown or malformed, or a reference is unknown.'),
  429: problem('More requests than one principal may send in a minute.'),
  503: problem('It cannot be made durable now.'),
};
const schemaAnswer = {
  description: 'JSON Schema 2020-12.',
  content: { 'application/schema+json': { schema: { type: 'object' } } },
};
const CONDITIONS = [
  headerOf('Idempotency-Key', 'Makes the command safe to send again, for ever. 1 to 255 visible characters.'),
  headerOf('If-Match', 'The revision that the stream must have, in quotes.'),
  headerOf('Prefer', 'respond-async: answer as soon as it is durable.'),
];

const commandPath = ({ name, about, request }: CommandEntry) => ({
  get: {
    tags: ['Commands'],
    summary: `The JSON Schema of ${name}.`,
    responses: { 200: schemaAnswer },
  },
  post: {
    tags: ['Commands'],
    operationId: name,
    summary: about,
    parameters: CONDITIONS,
    requestBody: { required: true, content: { 'application/json': { schema: schemaOf(request) } } },
    responses: RECORDING,
    security: [{ key: [] }],
  },
});

const readPath = (name: string, { path, about, list, filters = {}, day, names }: Route) => ({
  tags: [name],
  summary: about,
  parameters: [
    ...pathParameters(path),
    ...Object.entries(filters).map(([filter, { about, ...rest }]) =>
      query(filter, rest.kind === 'one-of' ? { type: 'string', enum: rest.values } : text, about),
    ),
    ...(day
      ? [
          query(
            day,
            { type: 'string', format: 'date' },
            'The day the question is about, in valid time; by default today (UTC).',
          ),
        ]
      : []),
    query(
      'asOf',
      { type: ['integer', 'string'] },
      'What the book said: as of an entry number or an RFC 3339 timestamp.',
    ),
    query('v', { type: 'integer' }, 'The version of the read model, in pinned addresses.'),
    ...(names ? [query('lang', text, 'Languages in the order of preference, separated by commas.')] : []),
    ...(list ? PAGING : []),
    LEDGER_ENTRY,
  ],
  responses: {
    200: json(
      'The answer. Content-Location is its pinned address, where it will be found unchanged.',
      list
        ? {
            type: 'object',
            required: ['items', 'next', 'entry'],
            properties: {
              items: { type: 'array', items: { type: 'object' } },
              next: { type: ['string', 'null'] },
              entry: { type: 'integer' },
            },
          }
        : { type: 'object' },
    ),
    304: { description: 'As If-None-Match has it.' },
    ...(path.includes(':') && { 404: problem('The book does not know this id as of the entry.') }),
    422: problem('A parameter cannot be meant.'),
    503: problem('The read model is being built, or has not reached the entry.'),
  },
});

const page = { description: 'A page.', content: { 'text/html': { schema: text } } };

const OTHER_PATHS = {
  '/commands': {
    get: {
      tags: ['Commands'],
      summary: 'The commands there are.',
      responses: { 200: json('A list.', { type: 'object' }) },
    },
    post: {
      tags: ['Commands'],
      summary:
        'Several commands: as JSON a group of one stream, recorded together or not at all; as NDJSON any number, one result a line.',
      parameters: [
        ...CONDITIONS,
        query(
          'onError',
          { enum: ['continue', 'stop'] },
          'For NDJSON: whether a line that fails stops the rest.',
        ),
      ],
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: { type: 'array', minItems: 1, maxItems: 100, items: ref('Wording') },
          },
          'application/x-ndjson': { schema: ref('Line') },
        },
      },
      responses: {
        ...RECORDING,
        200: {
          description: 'As for one command, or for NDJSON one result a line.',
          content: {
            'application/json': { schema: ref('Recording') },
            'application/x-ndjson': { schema: ref('LineResult') },
          },
        },
      },
      security: [{ key: [] }],
    },
  },
  '/commands/{name}': {
    get: {
      tags: ['Commands'],
      summary: "A command's JSON Schema.",
      parameters: pathParameters(':name'),
      responses: { 200: schemaAnswer, 404: problem('No such command.') },
    },
  },
  '/events': {
    get: {
      tags: ['Facts'],
      summary:
        'Facts as they were recorded; with Accept: text/event-stream live, resumable by Last-Event-ID.',
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
      summary: 'The facts of one stream.',
      parameters: [
        ...pathParameters(':stream'),
        query('asOf', { type: ['integer', 'string'] }, 'As of an entry or an RFC 3339 timestamp.'),
        ...PAGING,
      ],
      responses: { 200: json('Facts in order.', { type: 'object' }), 404: problem('No such stream.') },
    },
  },
  '/projections': {
    get: {
      tags: ['Operation'],
      summary: 'How far the read models are.',
      responses: { 200: json('Statuses.', { type: 'object' }) },
    },
  },
  '/projections/{name}/rebuild': {
    post: {
      tags: ['Operation'],
      summary: 'Folds a read model anew while the old one serves.',
      parameters: pathParameters(':name'),
      responses: {
        202: json('It has begun.', { type: 'object' }),
        401: problem('There is no key, or it is not known.'),
        403: problem('Only an admin may.'),
        404: problem('No such read model.'),
      },
      security: [{ key: [] }],
    },
  },
  '/health/live': {
    get: {
      tags: ['Operation'],
      summary: 'The process answers.',
      responses: { 200: json('It does.', { type: 'object' }) },
    },
  },
  '/health/ready': {
    get: {
      tags: ['Operation'],
      summary: 'Everything can be read.',
      responses: { 200: json('It can.', { type: 'object' }), 503: json('Not yet.', { type: 'object' }) },
    },
  },
  '/problems': {
    get: {
      tags: ['Operation'],
      summary: 'All problems, as a page.',
      responses: { 200: page },
    },
  },
  '/problems/{code}': {
    get: {
      tags: ['Operation'],
      summary: 'What a problem means and how to mend it.',
      parameters: pathParameters(':code'),
      responses: { 200: page, 404: problem('No such code.') },
    },
  },
  '/openapi.json': {
    get: {
      tags: ['Operation'],
      summary: 'This document.',
      responses: { 200: json('An OpenAPI document.', { type: 'object' }) },
    },
  },
  '/docs': {
    get: { tags: ['Operation'], summary: 'This document, as a page.', responses: { 200: page } },
  },
  '/docs/style.css': {
    get: {
      tags: ['Operation'],
      summary: 'The style of the pages.',
      responses: { 200: { description: 'A style sheet.', content: { 'text/css': { schema: text } } } },
    },
  },
};

const SCHEMAS = {
  Wording: {
    type: 'object',
    required: ['command', 'data'],
    properties: { command: text, data: { type: 'object' } },
  },
  Line: {
    type: 'object',
    required: ['command', 'data'],
    properties: {
      command: text,
      data: { type: 'object' },
      idempotencyKey: text,
      recordedAt: { type: 'string', format: 'date-time' },
    },
  },
  LineResult: {
    type: 'object',
    required: ['line', 'status'],
    properties: {
      line: { type: 'integer' },
      status: { type: 'integer' },
      entry: { type: 'integer' },
      code: text,
      detail: text,
    },
  },
  Recording: {
    type: 'object',
    required: ['stream', 'revision', 'entry', 'recordedAt', 'events'],
    properties: {
      stream: text,
      revision: { type: 'integer' },
      entry: { type: 'integer' },
      recordedAt: { type: 'string', format: 'date-time' },
      events: {
        type: 'array',
        items: {
          type: 'object',
          properties: { id: { type: 'string', format: 'uuid' }, type: text, entry: { type: 'integer' } },
        },
      },
    },
  },
  Event: {
    type: 'object',
    required: ['entry', 'id', 'stream', 'revision', 'type', 'recordedAt', 'data', 'metadata'],
    properties: {
      entry: { type: 'integer' },
      id: { type: 'string', format: 'uuid' },
      stream: text,
      revision: { type: 'integer' },
      type: text,
      recordedAt: { type: 'string', format: 'date-time' },
      data: { type: 'object' },
      metadata: { type: 'object' },
      leaf: { type: 'string', description: 'Its leaf hash, hex.' },
    },
  },
  Problem: {
    type: 'object',
    required: ['type', 'title', 'status', 'code'],
    properties: {
      type: { type: 'string', format: 'uri-reference' },
      title: text,
      status: { type: 'integer' },
      detail: text,
      instance: text,
      code: { type: 'string', enum: Object.keys(problems) },
      errors: {
        type: 'array',
        items: { type: 'object', properties: { pointer: text, parameter: text, code: text, detail: text } },
      },
    },
  },
};
