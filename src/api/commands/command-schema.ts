import type { RegisteredCommand } from '../../commands/command-validation.js';
import { toJsonSchema } from '../../domain/request-fields.js';

/** The JSON Schema (2020-12) of a command's data. */
export const createCommandSchema = ({ name, about: description, request }: RegisteredCommand) => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `/commands/${name}`,
  title: name,
  description,
  ...toJsonSchema(request),
});
