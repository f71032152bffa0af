// Validates commands with a few known facts, and formats each error as one line.
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

/** The facts that exist, by reference. */
export const KNOWN_FACTS: { readonly [name: string]: { readonly stream: string; readonly type: string } } = {
  'membership-csto:uzbekistan@0': { stream: 'membership-csto:uzbekistan', type: 'MemberJoined' },
  'membership-csto:uzbekistan@1': { stream: 'membership-csto:uzbekistan', type: 'FactCorrected' },
  'membership-csto:uzbekistan@2': { stream: 'membership-csto:uzbekistan', type: 'FactDisputed' },
  'membership-csto:uzbekistan@3': { stream: 'membership-csto:uzbekistan', type: 'FactRetracted' },
  'membership-csto:uzbekistan@4': { stream: 'membership-csto:uzbekistan', type: 'ParticipationSuspended' },
  'meeting-csto-cfm-2011-05-31@21': { stream: 'meeting-csto-cfm-2011-05-31', type: 'StatementRecorded' },
  'person-yerzhan-kazykhanov@1': { stream: 'person-yerzhan-kazykhanov', type: 'OfficeAssumed' },
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
  result: ValidatedCommands | InvalidCommand | Refusal,
): ValidatedCommands | string | string[] => {
  if (result instanceof InvalidCommand) return formatErrors(result.errors);
  return result instanceof Refusal ? result.code : result;
};

const SENDER = { idempotencyKey: 'k1' };

/** `/pointer code` for each error, the code of a refusal, or the validated commands. */
export const validateCommand = (command: string, data: Json) =>
  summarizeResult(validator.validate({ command, data }, SENDER));
export const validateGroup = (...envelopes: CommandEnvelope[]) =>
  summarizeResult(validator.validateGroup(envelopes, SENDER));

/** The specimen of a command with some fields replaced; undefined removes one. */
export const changeSpecimen = (
  command: string,
  changes: { readonly [field: string]: Json | undefined },
): JsonObject => {
  const changed = { ...getSpecimen(command), ...changes };
  return Object.fromEntries(
    Object.entries(changed).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
};
