// Schemas that several parts of the OpenAPI document refer to.
import { problems } from '../../problems/problems.js';
import { textSchema } from './openapi-parts.js';

/** An item of any list, or a member of a record. */
const createItemSchema = (description: string) => ({
  type: ['object', 'array', 'string', 'null'],
  description,
});

/** What an event is, and where and when it was recorded. */
const EVENT_HEADER = {
  entry: { type: 'integer' },
  id: { type: 'string', format: 'uuid' },
  stream: textSchema,
  revision: { type: 'integer' },
  type: textSchema,
  recordedAt: { type: 'string', format: 'date-time' },
} as const;

export const OPENAPI_SCHEMAS = {
  ReadModelStatus: {
    type: 'object',
    required: ['name', 'version', 'generation', 'entry', 'lag', 'status', 'parked'],
    properties: {
      name: textSchema,
      version: { type: 'integer' },
      generation: {
        type: ['integer', 'null'],
        description: 'Of the file that serves; null while there is none.',
      },
      entry: { type: 'integer', description: 'The last entry that can be read; 0 while nothing can.' },
      lag: { type: 'integer' },
      status: { enum: ['live', 'building', 'failed'] },
      progress: {
        type: 'object',
        required: ['done', 'of'],
        properties: { done: { type: 'integer' }, of: { type: 'integer' } },
        additionalProperties: false,
      },
      parked: {
        type: 'array',
        description: 'Streams that the read model leaves out, and why.',
        items: {
          type: 'object',
          required: ['stream', 'entry', 'reason'],
          properties: { stream: textSchema, entry: { type: 'integer' }, reason: textSchema },
          additionalProperties: false,
        },
      },
      reason: textSchema,
    },
    additionalProperties: false,
  },
  EventMetadata: {
    type: 'object',
    required: ['actor', 'command', 'correlationId', 'salt'],
    properties: {
      actor: { type: 'string', description: 'The name of a key, or issuer and subject.' },
      command: textSchema,
      request: {
        type: 'object',
        required: ['key', 'body'],
        properties: { key: textSchema, body: textSchema },
        additionalProperties: false,
      },
      correlationId: textSchema,
      salt: textSchema,
      group: {
        type: 'object',
        required: ['index', 'of'],
        properties: { index: { type: 'integer' }, of: { type: 'integer' } },
        additionalProperties: false,
      },
      version: { type: 'integer', description: 'The version of the shape of the data; 1 if missing.' },
    },
    additionalProperties: false,
  },
  ExportLine: {
    description:
      'One line of an export, canonical JSON (RFC 8785): first a header, for the book or for one stream; then one entry per line; for a stream, a receipt (C2SP tlog-proof) in the last line.',
    anyOf: [
      {
        type: 'object',
        required: ['entries', 'export', 'key', 'v'],
        properties: {
          entries: { type: 'integer' },
          export: { enum: ['minutebook', 'minutebook-stream'] },
          key: { type: ['string', 'null'], description: 'The key that verifies checkpoints (C2SP vkey).' },
          root: { type: ['string', 'null'], description: 'The RFC 6962 root of all entries, base64.' },
          stream: textSchema,
          v: { const: 1 },
        },
      },
      {
        allOf: [{ $ref: '#/components/schemas/Event' }],
        required: ['leaf', 'previous'],
        properties: {
          previous: {
            type: ['string', 'null'],
            description: 'The leaf hash of the previous entry of the stream, hex.',
          },
        },
      },
      { type: 'object', required: ['receipt'], properties: { receipt: textSchema } },
    ],
  },
  LineResult: {
    type: 'object',
    required: ['line', 'status'],
    properties: {
      line: { type: 'integer' },
      status: { type: 'integer' },
      entry: { type: 'integer' },
      code: textSchema,
      detail: textSchema,
      errors: {
        type: 'array',
        description: 'Of a refused line: as in a problem, if they are about fields of the line.',
        items: { type: 'object', additionalProperties: true },
      },
    },
  },
  CheckedCommand: {
    type: 'object',
    description: 'With check=true: the stream and its revision as they would be, and what would be recorded.',
    required: ['stream', 'revision', 'events'],
    properties: {
      stream: textSchema,
      revision: { type: 'integer' },
      events: {
        type: 'array',
        items: { type: 'object', required: ['type'], properties: { type: textSchema } },
      },
    },
  },
  RecordedCommand: {
    type: 'object',
    required: ['stream', 'revision', 'entry', 'recordedAt', 'events'],
    properties: {
      stream: textSchema,
      revision: { type: 'integer' },
      entry: { type: 'integer' },
      recordedAt: { type: 'string', format: 'date-time' },
      events: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            id: { type: 'string', format: 'uuid' },
            type: textSchema,
            entry: { type: 'integer' },
          },
        },
      },
      receipt: {
        type: 'string',
        description: 'With Prefer: return=representation: a C2SP tlog-proof of the last event.',
      },
    },
  },
  Event: {
    type: 'object',
    required: [...Object.keys(EVENT_HEADER), 'data', 'metadata'],
    properties: {
      ...EVENT_HEADER,
      data: { type: 'object', additionalProperties: true, description: 'As its command declares it.' },
      metadata: { $ref: '#/components/schemas/EventMetadata' },
      leaf: { type: 'string', description: 'The leaf hash, hex.' },
    },
  },
  Change: {
    type: 'object',
    description: 'An item of a list, or a record, that shows another content since an entry.',
    required: ['projection', 'list', 'key', 'before', 'after', 'entry', 'event', 'actor', 'reason'],
    properties: {
      projection: { type: 'string', description: 'The read model that answers the list.' },
      list: {
        type: 'string',
        format: 'uri-reference',
        description:
          'The address that GET serves: with asOf it shows "before" and "after". It names a day where the list does not show the change today; a fragment is a JSON pointer to a member of a record.',
      },
      key: {
        type: 'object',
        description: 'Members that identify the item in its list; empty if the list has only one value.',
      },
      before: createItemSchema('The item as of the entry before; null if the list did not have it.'),
      after: createItemSchema('The item as of the entry; null if the list does not have it.'),
      entry: { type: 'integer' },
      event: { type: 'string', format: 'uuid', description: 'The id of the event of that entry.' },
      actor: textSchema,
      reason: { type: ['string', 'null'], description: 'The reason in the event, if it has one.' },
    },
  },
  EventReference: {
    type: 'object',
    required: ['id', 'entry'],
    properties: { id: { type: 'string', format: 'uuid' }, entry: { type: 'integer' } },
  },
  TrailItem: {
    type: 'object',
    required: [...Object.keys(EVENT_HEADER), 'actor', 'command', 'data'],
    properties: {
      ...EVENT_HEADER,
      actor: textSchema,
      command: textSchema,
      data: { type: 'object', additionalProperties: true, description: 'The data as recorded.' },
      correctedBy: {
        anyOf: [{ $ref: '#/components/schemas/EventReference' }, { type: 'null' }],
        description: 'The latest correction that is not retracted.',
      },
      retractedBy: { anyOf: [{ $ref: '#/components/schemas/EventReference' }, { type: 'null' }] },
      disputedBy: { type: 'array', items: { $ref: '#/components/schemas/EventReference' } },
      group: {
        type: 'object',
        description: 'For events recorded together: changes are listed at the last one, which is `entry`.',
        properties: { index: { type: 'integer' }, of: { type: 'integer' }, entry: { type: 'integer' } },
      },
      changes: { type: 'array', items: { $ref: '#/components/schemas/Change' } },
    },
  },
  Problem: {
    type: 'object',
    required: ['type', 'title', 'status', 'code'],
    properties: {
      type: { type: 'string', format: 'uri-reference' },
      title: textSchema,
      status: { type: 'integer' },
      detail: textSchema,
      instance: textSchema,
      currentRevision: {
        type: ['integer', 'null'],
        description: 'Of a stream that has another revision than required.',
      },
      code: { type: 'string', enum: Object.keys(problems) },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          properties: { pointer: textSchema, parameter: textSchema, code: textSchema, detail: textSchema },
        },
      },
    },
  },
};
