// What the parts of the OpenAPI document are made of.
import { LIMIT_DEFAULT, LIMIT_MAX } from './read-query.js';

export const text = { type: 'string' };
export const query = (name: string, schema: object, description: string) => ({
  name,
  in: 'query',
  description,
  schema,
});
export const headerOf = (name: string, description: string, schema: object = text) => ({
  name,
  in: 'header',
  description,
  schema,
});
export const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});
export const json = (description: string, schema: object) => ({
  description,
  content: { 'application/json': { schema } },
});
export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
/** Nest's way of naming a part of a path, as OpenAPI writes it. */
export const named = (path: string) => path.replaceAll(/:(\w+)/g, '{$1}');
export const pathParameters = (path: string) =>
  [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: text }));
export const page = { description: 'A page.', content: { 'text/html': { schema: text } } };

export const KEY_ONLY = [{ key: [] }];
export const AS_OF = query(
  'asOf',
  { type: ['integer', 'string'] },
  'What the book said: as of an entry number or an RFC 3339 timestamp.',
);
export const LEDGER_ENTRY = headerOf(
  'Ledger-Entry',
  'Do not answer from a state before this entry: wait for it, at most 5 s.',
  { type: 'integer' },
);
export const PAGING = [
  query(
    'limit',
    { type: 'integer', minimum: 1, maximum: LIMIT_MAX, default: LIMIT_DEFAULT },
    'How many items at most.',
  ),
  query('cursor', text, 'From "next" of the page before; opaque.'),
];
