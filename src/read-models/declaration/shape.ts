// Shapes of answers: a JSON Schema, the type that it describes, and the columns of a table, from one declaration. Types are
// checked by the compiler where a query is defined; the schema is what OpenAPI documents. Threads load these declarations, so they are small.
import { isObject } from '../../json/is-object.js';
import type { JsonObject } from '../../json/json.js';
import type { CsvColumnKind, CsvColumns } from './csv-columns.js';

declare const TYPE: unique symbol;

export type Shape<T = unknown> = {
  /** JSON Schema 2020-12. An object with a `title` is a component of its own in OpenAPI. */
  readonly schema: JsonObject;
  /** What it is in a table; undefined if tables leave it out. */
  readonly column: CsvColumnKind | CsvColumns | undefined;
  /** Never present: carries the type. */
  readonly [TYPE]?: T;
};
type ObjectShape<T> = Shape<T> & { readonly column: CsvColumns };
/** A member that may be missing. */
type OptionalMember<T> = { readonly optional: Shape<T> };
type Members = { readonly [name: string]: Shape | OptionalMember<unknown> };

const SERVER_ADDRESS_FORMAT = 'uri-reference';

export type TypeOfShape<S> = S extends Shape<infer T> ? T : never;
type TypeOfMember<M> = M extends OptionalMember<infer T> ? T : M extends Shape<infer T> ? T : never;
type OptionalNames<M> = { [N in keyof M]: M[N] extends OptionalMember<unknown> ? N : never }[keyof M];
type TypeOfMembers<M extends Members> = {
  readonly [N in Exclude<keyof M, OptionalNames<M>>]: TypeOfMember<M[N]>;
} & { readonly [N in OptionalNames<M>]?: TypeOfMember<M[N]> };

const describe = (schema: JsonObject, description?: string): JsonObject =>
  description === undefined ? schema : { ...schema, description };

export const text = (description?: string): Shape<string> => ({
  schema: describe({ type: 'string' }, description),
  column: 'text',
});
/** One of these words. */
export const oneOf = <const T extends string>(values: readonly T[], description?: string): Shape<T> => ({
  schema: describe({ type: 'string', enum: values }, description),
  column: 'text',
});
export const integer = (description?: string): Shape<number> => ({
  schema: describe({ type: 'integer' }, description),
  column: 'number',
});
/** The number of an entry of the ledger. */
export const entryNumber = (description?: string): Shape<number> => ({
  schema: describe({ type: 'integer', minimum: 1 }, description),
  column: 'number',
});
export const boolean = (description?: string): Shape<boolean> => ({
  schema: describe({ type: 'boolean' }, description),
  column: 'flag',
});
/** An address of this server. Queries give it as a path from its root, clients get it as they reach the server. */
export const serverAddress = (description?: string): Shape<string> => ({
  schema: describe({ type: 'string', format: SERVER_ADDRESS_FORMAT }, description),
  column: 'text',
});
export const calendarDay = (description?: string): Shape<string> => ({
  schema: describe({ type: 'string', format: 'date' }, description),
  column: 'text',
});
/** Any JSON object: the only shape that is open. */
export const eventData: Shape<JsonObject> = {
  schema: {
    title: 'EventData',
    type: 'object',
    additionalProperties: true,
    description: 'The data of an event, whose fields its command declares.',
  },
  column: 'json',
};
export const nullable = <T>({ schema, column }: Shape<T>): Shape<T | null> => ({
  schema: { anyOf: [schema, { type: 'null' }] },
  column,
});
/** In a table numbers are separated by spaces, texts by semicolons, and other elements are JSON. */
export const list = <T>({ schema, column }: Shape<T>, description?: string): Shape<readonly T[]> => ({
  schema: describe({ type: 'array', items: schema }, description),
  column: column === 'number' ? 'ids' : column === 'text' ? 'texts' : 'json',
});
/** Values by names that the data choose, such as languages. */
export const dictionary = <T>(
  { schema }: Shape<T>,
  description?: string,
): Shape<{ readonly [name: string]: T }> => ({
  schema: describe({ type: 'object', additionalProperties: schema }, description),
  column: 'json',
});
/** The same, but for what it is in a table. */
export const inTable = <T>(shape: Shape<T>, column: Shape['column']): Shape<T> => ({ ...shape, column });
export const optionalMember = <T>(shape: Shape<T>): OptionalMember<T> => ({ optional: shape });

/** An object with these members and no others. */
export function object<M extends Members>(members: M, title?: string): ObjectShape<TypeOfMembers<M>> {
  const properties: { [name: string]: JsonObject } = {};
  const required: string[] = [];
  const columns: { [name: string]: CsvColumnKind | CsvColumns } = {};
  for (const [name, member] of Object.entries(members)) {
    const { schema, column } = 'optional' in member ? member.optional : member;
    properties[name] = schema;
    if (!('optional' in member)) required.push(name);
    if (column !== undefined) columns[name] = column;
  }
  return {
    column: columns,
    schema: {
      ...(title !== undefined && { title }),
      type: 'object',
      properties,
      required,
      additionalProperties: false,
    },
  };
}

/** The members of an object that are addresses of this server. */
export const listServerAddresses = ({ schema }: Shape): readonly string[] =>
  Object.entries(schema['properties'] ?? {}).flatMap(([name, member]) =>
    isObject(member) && member['format'] === SERVER_ADDRESS_FORMAT ? [name] : [],
  );
