// Helpers for the parts of the OpenAPI document.
import { type CsvColumns, listCsvColumnNames } from '../../read-models/declaration/csv-columns.js';
import { LIMIT_DEFAULT, LIMIT_MAX } from './query-parameters.js';

export const textSchema = { type: 'string' };
export const integerSchema = { type: 'integer' };
export const timestampSchema = { type: 'string', format: 'date-time' };
export const uuidSchema = { type: 'string', format: 'uuid' };

type Members = { readonly [name: string]: object };

/** The schema of an object with these members, of which some may be missing, and no others. */
export const createObjectSchema = (members: Members, optional: Members = {}, description?: string) => ({
  type: 'object',
  ...(description !== undefined && { description }),
  ...(Object.keys(members).length > 0 && { required: Object.keys(members) }),
  properties: { ...members, ...optional },
  additionalProperties: false,
});
/** A page of a list. */
export const createPageSchema = (item: object) =>
  createObjectSchema({
    items: { type: 'array', items: item },
    next: {
      type: ['string', 'null'],
      format: 'uri-reference',
      description: 'The address of the next page; null on the last one.',
    },
    entry: { type: 'integer', description: 'The entry as of which the list is answered.' },
  });
export const createQueryParameter = (name: string, schema: object, description: string) => ({
  name,
  in: 'query',
  description,
  schema,
});
export const createHeaderParameter = (name: string, description: string, schema: object = textSchema) => ({
  name,
  in: 'header',
  description,
  schema,
});
export const createProblemResponse = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});
export const createJsonResponse = (description: string, schema: object) => ({
  description,
  content: { 'application/json': { schema } },
});
export const createSchemaReference = (name: string) => ({ $ref: `#/components/schemas/${name}` });
/** A route path of Nest (`:name`) as an OpenAPI path (`{name}`). */
export const toOpenApiPath = (path: string) => path.replaceAll(/:(\w+)/g, '{$1}');
export const createPathParameters = (path: string) =>
  [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: textSchema }));
export const htmlResponse = { description: 'A page.', content: { 'text/html': { schema: textSchema } } };

export const API_KEY_REQUIRED = [{ key: [] }];
export const AS_OF_PARAMETER = createQueryParameter(
  'asOf',
  { type: ['integer', 'string'] },
  'The state as of an entry number or an RFC 3339 timestamp of record time.',
);
export const LEDGER_ENTRY_HEADER = createHeaderParameter(
  'Ledger-Entry',
  'The answer must not be from a state before this entry: the server waits for it, at most 5 s.',
  { type: 'integer' },
);
export const PAGING_PARAMETERS = [
  createQueryParameter(
    'limit',
    { type: 'integer', minimum: 1, maximum: LIMIT_MAX, default: LIMIT_DEFAULT },
    'The maximum number of items.',
  ),
  createQueryParameter('cursor', textSchema, 'From "next" of the previous page; opaque.'),
];

/** A whole list as a table. */
export const createTableResponse = (columns: CsvColumns) => ({
  description: `CSV (RFC 4180) in UTF-8 with a byte order mark: all items as of one entry, which Ledger-Entry names. The columns: ${listCsvColumnNames(columns).join(', ')}.`,
  content: { 'text/csv': { schema: textSchema } },
});
