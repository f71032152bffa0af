import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { type ParameterReader, parseKnownParameters } from './query-parameters.js';

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

/** For routes without parameters. */
export class EmptyQuery extends defineQueryClass({}) {}

/** Throws ProblemError for an unknown, repeated or invalid parameter. */
export function parseQuery<T extends object>(type: QueryClass<T>, query: unknown): T {
  const readers = Object.entries(type.parameters);
  const given = parseKnownParameters(query, Object.keys(type.parameters));
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
