// The door of a small book: what is wrong with a command, in one line each.
import 'reflect-metadata';
import { Admission, type Admitted, type Wording } from '../../src/commands/command-validation.js';
import { nouns } from '../../src/domain/aggregates.js';
import type { Json, JsonObject } from '../../src/eventsourcing/message.js';
import { type FieldError, Malformed, Refusal } from '../../src/eventsourcing/refusal.js';
import { specimen } from './command-specimens.js';

/** The facts that this book knows, by their names. */
export const KNOWN: { readonly [name: string]: { readonly stream: string; readonly type: string } } = {
  'membership-csto:uzbekistan@0': { stream: 'membership-csto:uzbekistan', type: 'MemberJoined' },
  'membership-csto:uzbekistan@1': { stream: 'membership-csto:uzbekistan', type: 'FactCorrected' },
  'membership-csto:uzbekistan@2': { stream: 'membership-csto:uzbekistan', type: 'FactDisputed' },
  'membership-csto:uzbekistan@3': { stream: 'membership-csto:uzbekistan', type: 'FactRetracted' },
  'organization-csto@0': { stream: 'organization-csto', type: 'OrganizationRegistered' },
  '8d2f0d5a-0000-4000-8000-00000000000a': { stream: 'source-charter', type: 'SourceRegistered' },
};
export const door = new Admission(nouns, (name) => (Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined));

const lines = (errors: readonly FieldError[]): string[] => {
  for (const { detail } of errors) if (!/\w/.test(detail)) throw new Error('an error without a sentence');
  return errors.map(({ pointer, code }) => `${pointer} ${code}`);
};
const outcome = (admitted: Admitted | Malformed | Refusal): Admitted | string | string[] => {
  if (admitted instanceof Malformed) return lines(admitted.errors);
  return admitted instanceof Refusal ? admitted.code : admitted;
};

/** `/pointer code` for each error, or the code of a refusal, or what was admitted. */
export const heard = (command: string, data: Json) => outcome(door.admit({ command, data }));
export const heardGroup = (...wordings: Wording[]) => outcome(door.admitGroup(wordings));

/** The specimen of a command with some of its fields replaced; undefined takes one away. */
export const but = (command: string, changes: { readonly [field: string]: Json | undefined }): JsonObject => {
  const changed = { ...specimen(command), ...changes };
  return Object.fromEntries(
    Object.entries(changed).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
};
