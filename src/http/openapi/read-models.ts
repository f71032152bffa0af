// What the document says of the read models: all of it from the routes that they declare.
import type { Route } from '../../read-models/route.js';
import { AS_OF, headerOf, json, PAGING, pathParameters, problem, query, text } from './parts.js';

const LEDGER_ENTRY = headerOf(
  'Ledger-Entry',
  'Do not answer from a state before this entry: wait for it, at most 5 s.',
  { type: 'integer' },
);

export const readPath = (name: string, { path, about, list, filters = {}, day, names }: Route) => ({
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
    AS_OF,
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
