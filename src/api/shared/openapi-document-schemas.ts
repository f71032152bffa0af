// Schemas of the documents that describe this server: JSON Schema and OpenAPI, with the members that are used here.
import { createObjectSchema, createSchemaReference, integerSchema, textSchema } from './openapi-parts.js';

const createDictionary = (value: object) => ({ type: 'object', additionalProperties: value });
const createList = (item: object) => ({ type: 'array', items: item });
const createMembers = (names: readonly string[], schema: object) =>
  Object.fromEntries(names.map((name) => [name, schema]));

const jsonSchema = createSchemaReference('JsonSchema');
const booleanSchema = { type: 'boolean' };
const textListSchema = createList(textSchema);
/** A member that names another part of the document, or has that part itself. */
const createReferable = (name: string) => ({
  anyOf: [createObjectSchema({ $ref: textSchema }), createSchemaReference(name)],
});
const exampleSchema = { anyOf: [textSchema, integerSchema, createSchemaReference('EventData')] };

const JSON_SCHEMA_KEYWORDS = {
  ...createMembers(
    ['$ref', '$schema', '$id', 'title', 'description', 'format', 'pattern', 'contentMediaType'],
    textSchema,
  ),
  ...createMembers(
    ['minimum', 'maximum', 'minItems', 'maxItems', 'minLength', 'maxLength', 'maxProperties'],
    integerSchema,
  ),
  ...createMembers(['items', 'propertyNames', 'not'], jsonSchema),
  ...createMembers(['anyOf', 'oneOf', 'allOf'], createList(jsonSchema)),
  required: textListSchema,
  enum: createList({ type: ['string', 'boolean'] }),
  type: { anyOf: [textSchema, textListSchema] },
  properties: createDictionary({ anyOf: [booleanSchema, jsonSchema] }),
  additionalProperties: { anyOf: [booleanSchema, jsonSchema] },
  uniqueItems: booleanSchema,
  const: { type: ['string', 'integer', 'boolean'] },
  default: { type: ['string', 'integer', 'boolean'] },
  examples: createList(exampleSchema),
};

const contentSchema = createDictionary(
  createObjectSchema({ schema: jsonSchema }, { example: exampleSchema }),
);
const securitySchema = createList(createDictionary(textListSchema));

export const OPENAPI_DOCUMENT_SCHEMAS = {
  JsonSchema: createObjectSchema({}, JSON_SCHEMA_KEYWORDS, 'JSON Schema 2020-12, as far as it is used here.'),
  CommandSchema: createObjectSchema(
    {
      $schema: textSchema,
      $id: { type: 'string', format: 'uri-reference' },
      title: { type: 'string', description: 'The name of the command.' },
      description: textSchema,
      type: { type: 'string', const: 'object' },
      properties: createDictionary(jsonSchema),
      required: textListSchema,
      additionalProperties: { type: 'boolean', const: false },
      examples: createList(createSchemaReference('EventData')),
    },
    { allOf: createList(jsonSchema) },
    'The JSON Schema 2020-12 of the data of a command.',
  ),
  OpenApiHeader: createObjectSchema({ description: textSchema, schema: jsonSchema }),
  OpenApiResponse: createObjectSchema(
    { description: textSchema },
    { headers: createDictionary(createReferable('OpenApiHeader')), content: contentSchema },
  ),
  OpenApiParameter: createObjectSchema(
    { name: textSchema, in: { type: 'string', enum: ['path', 'query', 'header'] }, schema: jsonSchema },
    { description: textSchema, required: booleanSchema, example: exampleSchema },
  ),
  OpenApiOperation: createObjectSchema(
    {
      operationId: textSchema,
      summary: textSchema,
      tags: textListSchema,
      responses: createDictionary(createReferable('OpenApiResponse')),
    },
    {
      description: textSchema,
      parameters: createList(createReferable('OpenApiParameter')),
      requestBody: createObjectSchema({ required: booleanSchema, content: contentSchema }),
      security: securitySchema,
    },
  ),
  OpenApiDocument: createObjectSchema(
    {
      openapi: textSchema,
      info: createObjectSchema({
        title: textSchema,
        version: textSchema,
        summary: textSchema,
        description: textSchema,
        license: createObjectSchema({ name: textSchema, identifier: textSchema }),
      }),
      servers: createList(createObjectSchema({ url: textSchema, description: textSchema })),
      tags: createList(createObjectSchema({ name: textSchema, description: textSchema })),
      paths: createDictionary(createDictionary(createSchemaReference('OpenApiOperation'))),
      components: createObjectSchema({
        schemas: createDictionary(jsonSchema),
        headers: createDictionary(createSchemaReference('OpenApiHeader')),
        responses: createDictionary(createSchemaReference('OpenApiResponse')),
        securitySchemes: createDictionary(createObjectSchema({ type: textSchema, scheme: textSchema })),
      }),
      security: securitySchema,
    },
    {},
    'OpenAPI 3.1, as far as it is used here.',
  ),
};
