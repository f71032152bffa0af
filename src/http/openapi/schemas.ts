// The shapes that several parts of the document refer to.
import { problems } from '../problems.js';
import { text } from './parts.js';

export const SCHEMAS = {
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
