// The door of a small book: what is wrong with a command, in one line each.
import 'reflect-metadata';
import {
  CommandValidator,
  type ValidatedCommands,
  type CommandEnvelope,
} from '../../src/commands/command-validation.js';
import { aggregates } from '../../src/domain/aggregates.js';
import type { Json, JsonObject } from '../../src/json/json.js';
import { type FieldError, InvalidCommand, Refusal } from '../../src/eventsourcing/refusal.js';
import { getSpecimen } from './command-specimens.js';

/** The facts that this book knows, by their names. */
export const KNOWN_FACTS: { readonly [name: string]: { readonly stream: string; readonly type: string } } = {
  'membership-csto:uzbekistan@0': { stream: 'membership-csto:uzbekistan', type: 'MemberJoined' },
  'membership-csto:uzbekistan@1': { stream: 'membership-csto:uzbekistan', type: 'FactCorrected' },
  'membership-csto:uzbekistan@2': { stream: 'membership-csto:uzbekistan', type: 'FactDisputed' },
  'membership-csto:uzbekistan@3': { stream: 'membership-csto:uzbekistan', type: 'FactRetracted' },
  'organization-csto@0': { stream: 'organization-csto', type: 'OrganizationRegistered' },
  '8d2f0d5a-0000-4000-8000-00000000000a': { stream: 'source-charter', type: 'SourceRegistered' },
};
export const validator = new CommandValidator(aggregates, (name) =>
  Object.hasOwn(KNOWN_FACTS, name) ? KNOWN_FACTS[name] : undefined,
);

const formatErrors = (errors: readonly FieldError[]): string[] => {
  for (const { detail } of errors) if (!/\w/.test(detail)) throw new Error('an error without a sentence');
  return errors.map(({ pointer, code }) => `${pointer} ${code}`);
};
const summarizeResult = (
  admitted: ValidatedCommands | InvalidCommand | Refusal,
): ValidatedCommands | string | string[] => {
  if (admitted instanceof InvalidCommand) return formatErrors(admitted.errors);
  return admitted instanceof Refusal ? admitted.code : admitted;
};

/** `/pointer code` for each error, or the code of a refusal, or what was admitted. */
export const validateCommand = (command: string, data: Json) =>
  summarizeResult(validator.validate({ command, data }));
export const validateGroup = (...wordings: CommandEnvelope[]) =>
  summarizeResult(validator.validateGroup(wordings));

/** The specimen of a command with some of its fields replaced; undefined takes one away. */
export const changeSpecimen = (
  command: string,
  changes: { readonly [field: string]: Json | undefined },
): JsonObject => {
  const changed = { ...getSpecimen(command), ...changes };
  return Object.fromEntries(
    Object.entries(changed).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
};
