// The examples of the commands, which have every field, as specimens for tests to start from.
import { aggregates } from '../../src/domain/aggregates.js';
import { amendmentCommands } from '../../src/domain/amendment-commands.js';
import type { JsonObject } from '../../src/json/json.js';

export const specimens: { readonly [command: string]: JsonObject } = Object.fromEntries(
  [...aggregates.map(({ commands }) => commands), amendmentCommands].flatMap((commands) =>
    Object.entries(commands).map(([name, { example }]) => [name, example]),
  ),
);

export const getSpecimen = (command: string): JsonObject => {
  const data = specimens[command];
  if (!data) throw new Error(`there is no specimen of ${command}`);
  return data;
};
