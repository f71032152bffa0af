import { aggregates } from '../domain/aggregates.js';
import { toJsonSchema } from '../domain/request-fields.js';
import type { JsonObject } from '../json/json.js';
import { CommandValidator, type RegisteredCommand } from './command-validation.js';

/** The JSON Schema (2020-12) of a command's data. `basePath` is the path before the addresses of the server. */
export const createCommandSchema = (
  { name, about: description, request, example }: RegisteredCommand,
  basePath = '',
): JsonObject => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `${basePath}/commands/${name}`,
  title: name,
  description,
  ...toJsonSchema(request),
  examples: [example],
});

/** The commands of this release, by name. */
export const listRegisteredCommands = (): ReadonlyMap<string, RegisteredCommand> =>
  new CommandValidator(aggregates, () => undefined).commands;

/** The JSON Schema of a command of this release, by its name; undefined if there is none. */
export function findCommandSchema(name: string): JsonObject | undefined {
  const command = listRegisteredCommands().get(name);
  return command && createCommandSchema(command);
}
