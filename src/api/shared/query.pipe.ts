import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import {
  type AsOf,
  assertKnownParameters,
  type Cursor,
  decodeCursor,
  LIMIT_DEFAULT,
  LIMIT_MAX,
  parseAsOf,
  parseInteger,
  parseParameters,
} from './query-parameters.js';

/** Reads one parameter; `text` is undefined if it was left out. Throws ProblemError. */
type ParameterReader<T> = (text: string | undefined, name: string) => T;
type ParameterReaders = { readonly [name: string]: ParameterReader<unknown> };

/** The class of a query: its static member declares the parameters, its instances have their values. */
type QueryClass<T> = { new (): T; readonly parameters: ParameterReaders };

/** The base of a query class. A class without parameters refuses every parameter. */
export const defineQueryClass = <R extends ParameterReaders>(
  parameters: R,
): QueryClass<{ readonly [N in keyof R]: ReturnType<R[N]> }> =>
  // eslint-disable-next-line @typescript-eslint/no-extraneous-class -- parseQuery gives the instances their members
  class {
    static readonly parameters = parameters;
  } as unknown as QueryClass<{ readonly [N in keyof R]: ReturnType<R[N]> }>;

export const readText: ParameterReader<string | undefined> = (text) => text;
export const readAsOf: ParameterReader<AsOf> = (text, name) => parseAsOf(text, name);
export const readCursor: ParameterReader<Cursor | undefined> = (text) => decodeCursor(text);
export const readLimit: ParameterReader<number> = (text, name) =>
  parseInteger(name, text, LIMIT_DEFAULT, 1, LIMIT_MAX);
/** An entry number or a revision; undefined if it was left out. */
export const readCount: ParameterReader<number | undefined> = (text, name) =>
  text === undefined ? undefined : parseInteger(name, text, 0, 0, Number.MAX_SAFE_INTEGER);

/** For routes without parameters. */
export class EmptyQuery extends defineQueryClass({}) {}

/** Throws ProblemError for an unknown, repeated or invalid parameter. */
export function parseQuery<T extends object>(type: QueryClass<T>, query: unknown): T {
  const given = parseParameters(query);
  const readers = Object.entries(type.parameters);
  assertKnownParameters(given, Object.keys(type.parameters));
  return Object.assign(
    new type(),
    Object.fromEntries(readers.map(([name, read]) => [name, read(given.get(name), name)])),
  );
}

/** Turns a query string into the query class that the handler declares. */
@Injectable()
export class QueryPipe implements PipeTransform<unknown, object> {
  transform(query: unknown, { metatype }: ArgumentMetadata): object {
    return parseQuery(metatype as unknown as QueryClass<object>, query);
  }
}
