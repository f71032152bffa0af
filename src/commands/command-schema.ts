import { aggregates } from '../domain/aggregates.js';
import { toJsonSchema } from '../domain/request-fields.js';
import { CommandValidator, type RegisteredCommand } from './command-validation.js';

/** The JSON Schema (2020-12) of a command's data. */
export const createCommandSchema = ({ name, about: description, request }: RegisteredCommand) => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `/commands/${name}`,
  title: name,
  description,
  ...toJsonSchema(request),
});

/** The same, by the name of a command of this release; undefined if there is none. */
export function findCommandSchema(name: string): ReturnType<typeof createCommandSchema> | undefined {
  const { commands } = new CommandValidator(aggregates, () => undefined);
  const command = commands.get(name);
  return command && createCommandSchema(command);
}
