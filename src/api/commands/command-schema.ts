import type { CommandEntry } from '../../commands/command-validation.js';
import { schemaOf } from '../../domain/request-metadata.js';

/** The JSON Schema (2020-12) of a command's data. */
export const commandSchema = ({ name, about, request }: CommandEntry) => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `/commands/${name}`,
  title: name,
  description: about,
  ...schemaOf(request),
});
