// The shapes that several parts of the document refer to.
import { problems } from '../../problems/problems.js';
import { textSchema } from './openapi-parts.js';

export const SCHEMAS = {
  Wording: {
    type: 'object',
    required: ['command', 'data'],
    properties: { command: textSchema, data: { type: 'object' } },
  },
  Line: {
    type: 'object',
    required: ['command', 'data'],
    properties: {
      command: textSchema,
      data: { type: 'object' },
      idempotencyKey: textSchema,
      recordedAt: { type: 'string', format: 'date-time' },
    },
  },
  ExportLine: {
    description:
      'One line of an export, canonical JSON (RFC 8785). First a header, of the book or of one stream; then one entry a line; of a stream also a receipt (C2SP tlog-proof) at the end.',
    anyOf: [
      {
        type: 'object',
        required: ['entries', 'export', 'key', 'v'],
        properties: {
          entries: { type: 'integer' },
          export: { enum: ['minutebook', 'minutebook-stream'] },
          key: { type: ['string', 'null'], description: 'Verifies checkpoints of the book (C2SP vkey).' },
          root: { type: ['string', 'null'], description: 'RFC 6962 root of all entries, base64.' },
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
            description: 'The leaf hash of the entry before it in its stream, hex.',
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
    },
  },
  Recording: {
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
    required: ['entry', 'id', 'stream', 'revision', 'type', 'recordedAt', 'data', 'metadata'],
    properties: {
      entry: { type: 'integer' },
      id: { type: 'string', format: 'uuid' },
      stream: textSchema,
      revision: { type: 'integer' },
      type: textSchema,
      recordedAt: { type: 'string', format: 'date-time' },
      data: { type: 'object' },
      metadata: { type: 'object' },
      leaf: { type: 'string', description: 'Its leaf hash, hex.' },
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
      before: { description: 'The item as of the entry before; null if the list did not have it.' },
      after: { description: 'The item as of the entry; null if the list does not have it.' },
      entry: { type: 'integer' },
      event: { type: 'string', format: 'uuid', description: 'The id of the event of that entry.' },
      actor: textSchema,
      reason: { type: ['string', 'null'], description: 'The reason in the event, if it has one.' },
    },
  },
  Named: {
    type: 'object',
    required: ['id', 'entry'],
    properties: { id: { type: 'string', format: 'uuid' }, entry: { type: 'integer' } },
  },
  Trace: {
    type: 'object',
    required: ['entry', 'id', 'stream', 'revision', 'type', 'recordedAt', 'actor', 'command', 'data'],
    properties: {
      entry: { type: 'integer' },
      id: { type: 'string', format: 'uuid' },
      stream: textSchema,
      revision: { type: 'integer' },
      type: textSchema,
      recordedAt: { type: 'string', format: 'date-time' },
      actor: textSchema,
      command: textSchema,
      data: { type: 'object', description: 'As it was recorded.' },
      correctedBy: {
        anyOf: [{ $ref: '#/components/schemas/Named' }, { type: 'null' }],
        description: 'The latest correction that stands.',
      },
      retractedBy: { anyOf: [{ $ref: '#/components/schemas/Named' }, { type: 'null' }] },
      disputedBy: { type: 'array', items: { $ref: '#/components/schemas/Named' } },
      group: {
        type: 'object',
        description: 'Of facts recorded together; the changes stand at the last, which is the entry.',
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
