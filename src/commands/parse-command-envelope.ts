// Commands as clients send them, `{ "command", "data" }` alone or in a group. Checks the envelope only: the data are
// checked by CommandValidator, for all members of a group together.
import { FieldErrorList, InvalidCommand } from '../eventsourcing/refusal.js';
import { shortenText } from '../errors/shorten-text.js';
import { isObject } from '../json/is-object.js';
import { escapePointerToken } from '../json/json-pointer.js';
import type { Json } from '../json/json.js';
import { parseJsonWithInexactNumbers } from '../json/strict-json.js';
import { ProblemError } from '../problems/problem-error.js';
import { toCommandProblem } from './command-problems.js';
import { type CommandEnvelope, createInvalidNumberError } from './command-validation.js';

/** Strict JSON in which every number is exact. Throws InvalidJsonError, and a problem that names the inexact numbers. */
export function parseLosslessJson(bytes: Uint8Array): Json {
  const { value, inexactNumbers } = parseJsonWithInexactNumbers(bytes);
  const errors = new FieldErrorList();
  for (const pointer of inexactNumbers) errors.add(createInvalidNumberError(pointer));
  const invalid = InvalidCommand.from(errors);
  if (invalid) throw toCommandProblem(invalid);
  return value;
}

/** The members of a group. Throws ProblemError. */
export function parseCommandGroup(body: Json): CommandEnvelope[] {
  if (!Array.isArray(body))
    throw new ProblemError('not-a-group', 'A group is a JSON array of { "command", "data" }.');
  return (body as readonly Json[]).map((member, index) =>
    parseCommandEnvelope(member, `/${index}`, ['command', 'data']),
  );
}

/** One `{ "command", "data" }` with no other members than these. Throws ProblemError. */
export function parseCommandEnvelope(
  value: Json,
  pointer: string,
  members: readonly string[],
): CommandEnvelope {
  const refuse = (path: string, code: string, detail: string) =>
    toCommandProblem(new InvalidCommand([{ pointer: `${pointer}${path}`, code, detail }]));
  if (!isObject(value)) throw refuse('', 'invalid-value', 'must be an object { "command", "data" }');
  const { command, data } = value;
  const unknown = Object.keys(value).find((name) => !members.includes(name));
  if (unknown !== undefined)
    throw refuse(
      `/${escapePointerToken(unknown)}`,
      'unknown-field',
      `"${shortenText(unknown)}" is not a member here; the members are ${members.join(', ')}`,
    );
  if (command === undefined) throw refuse('/command', 'missing-field', '"command" is missing');
  if (typeof command !== 'string')
    throw refuse('/command', 'invalid-value', '"command" must be the name of a command');
  if (data === undefined) throw refuse('/data', 'missing-field', '"data" is missing');
  return { command, data };
}

export function assertIdempotencyKey(key: unknown): asserts key is string {
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key))
    throw new ProblemError('invalid-value', 'An Idempotency-Key has 1 to 255 visible ASCII characters.');
}
