// Schemas that several parts of the OpenAPI document refer to. Objects are closed, but for the data of events.
import { problems } from '../../problems/problems.js';
import type { JsonObject } from '../../json/json.js';
import { object } from '../../read-models/declaration/shape.js';
import { changeShape, eventHeaderMembers, eventShape } from './listed-shapes.js';
import {
  createObjectSchema,
  createSchemaReference,
  integerSchema,
  textSchema,
  timestampSchema,
  uuidSchema,
} from './openapi-parts.js';

const EVENT_HEADER = object(eventHeaderMembers).schema['properties'] as JsonObject;
const EVENT_MEMBERS = eventShape.schema['properties'] as JsonObject;

const createNullableReference = (name: string, description?: string) => ({
  anyOf: [createSchemaReference(name), { type: 'null' }],
  ...(description !== undefined && { description }),
});

const READ_MODEL_SCHEMAS = {
  Progress: createObjectSchema({ done: integerSchema, of: integerSchema }),
  ReadModelStatus: createObjectSchema(
    {
      name: textSchema,
      version: integerSchema,
      generation: {
        type: ['integer', 'null'],
        description: 'Of the file that serves; null while there is none.',
      },
      entry: { type: 'integer', description: 'The last entry that can be read; 0 while nothing can.' },
      lag: integerSchema,
      status: { type: 'string', enum: ['live', 'building', 'failed'] },
      parked: {
        type: 'array',
        description: 'Streams that the read model leaves out, and why.',
        items: createObjectSchema({ stream: textSchema, entry: integerSchema, reason: textSchema }),
      },
    },
    { progress: createSchemaReference('Progress'), reason: textSchema },
  ),
};

const EVENT_SCHEMAS = {
  EventData: {
    type: 'object',
    additionalProperties: true,
    description: 'The data of an event, whose fields its command declares.',
  },
  EventMetadata: createObjectSchema(
    {
      actor: { type: 'string', description: 'The name of a key, or issuer and subject.' },
      command: textSchema,
      correlationId: textSchema,
      salt: textSchema,
    },
    {
      request: createObjectSchema(
        { key: textSchema, body: textSchema },
        {},
        'The Idempotency-Key and a digest of the body.',
      ),
      group: createObjectSchema({ index: integerSchema, of: integerSchema }),
      version: { type: 'integer', description: 'The version of the shape of the data; 1 if missing.' },
    },
  ),
  Event: eventShape.schema,
  EventReference: createObjectSchema({ id: uuidSchema, entry: integerSchema }),
  ExportLine: {
    description:
      'One line of an export, canonical JSON (RFC 8785): first a header, for the book or for one stream; then one entry per line; for a stream, a receipt (C2SP tlog-proof) in the last line.',
    anyOf: ['ExportHeader', 'StreamExportHeader', 'ExportedEntry', 'ExportReceipt'].map(
      createSchemaReference,
    ),
  },
  ExportHeader: createObjectSchema({
    entries: integerSchema,
    export: { type: 'string', const: 'minutebook' },
    key: { type: ['string', 'null'], description: 'The key that verifies checkpoints (C2SP vkey).' },
    root: { type: ['string', 'null'], description: 'The RFC 6962 root of all entries, base64.' },
    v: { type: 'integer', const: 1 },
  }),
  StreamExportHeader: createObjectSchema({
    entries: integerSchema,
    export: { type: 'string', const: 'minutebook-stream' },
    key: { type: ['string', 'null'], description: 'The key that verifies checkpoints (C2SP vkey).' },
    stream: textSchema,
    v: { type: 'integer', const: 1 },
  }),
  ExportedEntry: createObjectSchema({
    ...EVENT_MEMBERS,
    previous: {
      type: ['string', 'null'],
      description: 'The leaf hash of the previous entry of the stream, hex.',
    },
  }),
  ExportReceipt: createObjectSchema({ receipt: textSchema }),
};

const innerIdSchema = {
  type: 'string',
  description: 'The id of what the event adds inside its stream, such as that of a statement.',
};

const COMMAND_SCHEMAS = {
  LineResult: createObjectSchema(
    { line: integerSchema, status: integerSchema },
    {
      entry: integerSchema,
      code: { type: 'string', enum: Object.keys(problems) },
      detail: textSchema,
      errors: {
        type: 'array',
        description: 'Of a refused line: as in a problem, if they are about fields of the line.',
        items: createSchemaReference('ProblemDetail'),
      },
    },
  ),
  CheckedCommand: createObjectSchema(
    {
      stream: textSchema,
      revision: integerSchema,
      events: { type: 'array', items: createObjectSchema({ type: textSchema }, { key: innerIdSchema }) },
    },
    {},
    'With check=true: the stream and its revision as they would be, and what would be recorded.',
  ),
  RecordedCommand: createObjectSchema(
    {
      stream: textSchema,
      revision: integerSchema,
      entry: integerSchema,
      recordedAt: timestampSchema,
      events: {
        type: 'array',
        items: createObjectSchema(
          { id: uuidSchema, type: textSchema, entry: integerSchema },
          { key: innerIdSchema },
        ),
      },
    },
    {
      receipt: {
        type: 'string',
        description: 'With Prefer: return=representation: a C2SP tlog-proof of the last event.',
      },
    },
  ),
};

const AUDIT_SCHEMAS = {
  Row: {
    type: 'object',
    description: 'Columns by name.',
    additionalProperties: { type: ['string', 'number', 'null'] },
  },
  Change: {
    ...changeShape.schema,
    description: 'An item of a list, or a record, that shows another content since an entry.',
  },
  TrailItem: createObjectSchema(
    {
      ...EVENT_HEADER,
      actor: textSchema,
      command: textSchema,
      data: { ...createSchemaReference('EventData'), description: 'The data as recorded.' },
      correctedBy: createNullableReference('EventReference', 'The latest correction that is not retracted.'),
      retractedBy: createNullableReference('EventReference'),
      disputedBy: { type: 'array', items: createSchemaReference('EventReference') },
      corroboratedBy: { type: 'array', items: createSchemaReference('EventReference') },
      changes: { type: 'array', items: createSchemaReference('Change') },
    },
    {
      group: createObjectSchema(
        { index: integerSchema, of: integerSchema, entry: integerSchema },
        {},
        'For events recorded together: changes are listed at the last one, which is `entry`.',
      ),
    },
  ),
};

const PROBLEM_SCHEMAS = {
  ProblemDetail: createObjectSchema(
    { code: textSchema, detail: textSchema },
    {
      pointer: { type: 'string', description: 'Of a field in the body: a JSON pointer (RFC 6901).' },
      parameter: { type: 'string', description: 'Of a parameter of the address: its name.' },
    },
  ),
  Problem: createObjectSchema(
    {
      type: { type: 'string', format: 'uri-reference' },
      title: textSchema,
      status: integerSchema,
      detail: textSchema,
      instance: { type: 'string', format: 'uri-reference' },
      code: { type: 'string', enum: Object.keys(problems) },
    },
    {
      currentRevision: {
        type: ['integer', 'null'],
        description: 'Of a stream that has another revision than required; null if there is no such stream.',
      },
      entry: { type: 'integer', description: 'The entry that is damaged.' },
      errors: { type: 'array', items: createSchemaReference('ProblemDetail') },
    },
    'RFC 9457.',
  ),
};

export const OPENAPI_SCHEMAS = {
  ...READ_MODEL_SCHEMAS,
  ...EVENT_SCHEMAS,
  ...COMMAND_SCHEMAS,
  ...AUDIT_SCHEMAS,
  ...PROBLEM_SCHEMAS,
};
