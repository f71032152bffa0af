// The types of command fields that are objects, or lists of objects, with fields of their own.
import { ArrayMaxSize, ArrayMinSize, IsArray, ValidateNested } from 'class-validator';
import type { RequestClass } from '../eventsourcing/aggregate.js';
import { isObject } from '../json/is-object.js';
import {
  type Check,
  COLLECTION_SIZE_MAX,
  createCheckDecorator,
  createFieldDecorator,
  type FieldOptions,
  toJsonSchema,
} from './request-fields.js';

const objectCheck: Check = {
  name: 'isObject',
  code: 'invalid-value',
  test: isObject,
  explain: () => 'must be a JSON object',
};

/** An object that another check validates. */
export const AnyObject = (options: FieldOptions = {}) =>
  createFieldDecorator(
    options,
    { schema: { type: 'object', additionalProperties: true } },
    createCheckDecorator(objectCheck),
  );

/** An object with fields of its own. */
export const Nested = (type: RequestClass, options: FieldOptions = {}) =>
  createFieldDecorator(
    options,
    { schema: toJsonSchema(type), nested: { type, list: false } },
    createCheckDecorator(objectCheck),
    ValidateNested({ context: { code: 'invalid-value' } }),
  );

/** A list of such objects, none empty. */
export const NestedList = (type: RequestClass, options: FieldOptions = {}) =>
  createFieldDecorator(
    options,
    {
      schema: { type: 'array', items: toJsonSchema(type), minItems: 1, maxItems: COLLECTION_SIZE_MAX },
      nested: { type, list: true },
    },
    IsArray({ context: { code: 'invalid-value' } }),
    ArrayMinSize(1, { context: { code: 'invalid-value' } }),
    ArrayMaxSize(COLLECTION_SIZE_MAX, { context: { code: 'invalid-value' } }),
    createCheckDecorator({
      ...objectCheck,
      name: 'areObjects',
      test: (value) => Array.isArray(value) && value.every(isObject),
      explain: () => 'must be a list of JSON objects',
    }),
    ValidateNested({ context: { code: 'invalid-value' } }),
  );
