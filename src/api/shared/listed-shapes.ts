// Shapes of the lists that are not read models: events, and changes of lists.
import type { JsonObject } from '../../json/json.js';
import { integer, object, type Shape, text } from '../../read-models/declaration/shape.js';
import { createSchemaReference, timestampSchema, uuidSchema } from './openapi-parts.js';

const json = (schema: JsonObject): Shape => ({ schema, column: 'json' });
const inColumn = (schema: JsonObject, description?: string): Shape<string> => ({
  ...text(),
  schema: { ...schema, ...(description !== undefined && { description }) },
});
const nullableReference = (name: string, description: string): Shape =>
  json({ anyOf: [createSchemaReference(name), { type: 'null' }], description });

/** What an event is, and where and when it was recorded. */
export const eventHeaderMembers = {
  entry: integer(),
  id: inColumn(uuidSchema),
  stream: text(),
  revision: integer(),
  type: text(),
  recordedAt: inColumn(timestampSchema),
} as const;

export const eventShape = object({
  ...eventHeaderMembers,
  data: json(createSchemaReference('EventData')),
  metadata: json(createSchemaReference('EventMetadata')),
  leaf: text('The leaf hash, hex.'),
});

export const changeShape = object({
  projection: text('The read model that answers the list.'),
  list: inColumn(
    { type: 'string', format: 'uri-reference' },
    'The address that GET serves: with asOf it shows "before" and "after". It names a day where the list does not show the change today; a fragment is a JSON pointer to a member of a record.',
  ),
  key: json({
    type: 'object',
    description: 'Members that identify the item in its list; empty if the list has only one value.',
    additionalProperties: { type: ['string', 'number', 'null'] },
  }),
  before: nullableReference(
    'ListedValue',
    'The item as of the entry before; null if the list did not have it.',
  ),
  after: nullableReference('ListedValue', 'The item as of the entry; null if the list does not have it.'),
  entry: integer(),
  event: inColumn(uuidSchema, 'The id of the event of that entry.'),
  actor: text(),
  reason: inColumn({ type: ['string', 'null'] }, 'The reason in the event, if it has one.'),
});
