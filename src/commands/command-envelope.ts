// What a client says, before the domain looks at it: bodies, groups, headers.
import { randomUUID } from 'node:crypto';
import type { CommandSender } from './command-recorder.js';
import { type CommandEnvelope, createInvalidNumberError } from './command-validation.js';
import type { Json } from '../json/json.js';
import { InvalidCommand } from '../eventsourcing/refusal.js';
import { toCommandProblem } from './command-problems.js';
import { ProblemError } from '../problems/problem-error.js';
import { getHeader, type Request } from '../http/request.js';
import { isObject } from '../json/is-object.js';
import { parseStrictJson } from '../json/strict-json.js';

/** The JSON of a body. Throws InvalidJson, ProblemError. */
export function parseBody(request: Request): Json {
  return parseExactJson(request.body instanceof Buffer ? request.body : Buffer.alloc(0));
}

/** Strict JSON in which every number is exact. Throws InvalidJsonError, and a problem that names the inexact numbers. */
export function parseExactJson(bytes: Uint8Array): Json {
  const { value, inexactNumbers } = parseStrictJson(bytes);
  const [first, ...others] = inexactNumbers.map(createInvalidNumberError);
  if (first) throw toCommandProblem(new InvalidCommand([first, ...others]));
  return value;
}

/** Checks the form of a group's members; what they say is looked at later, all together. */
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
  const refuse = (at: string, code: string, detail: string) =>
    toCommandProblem(new InvalidCommand([{ pointer: `${pointer}${at}`, code, detail }]));
  if (!isObject(value)) throw refuse('', 'invalid-value', 'must be an object { "command", "data" }');
  const { command, data } = value;
  const stray = Object.keys(value).find((name) => !members.includes(name));
  if (stray !== undefined)
    throw refuse(
      `/${stray}`,
      'unknown-field',
      `"${stray}" is not a member here: there are ${members.join(', ')}`,
    );
  if (command === undefined) throw refuse('/command', 'missing-field', '"command" is missing');
  if (typeof command !== 'string')
    throw refuse('/command', 'invalid-value', '"command" must be the name of a command');
  if (data === undefined) throw refuse('/data', 'missing-field', '"data" is missing');
  return { command, data };
}

/** Who sends, and the conditions of the request. Throws ProblemError. */
export function parseSender(request: Request): CommandSender {
  const idempotencyKey = getHeader(request, 'idempotency-key');
  if (idempotencyKey !== undefined) assertIdempotencyKey(idempotencyKey);
  const ifMatch = getHeader(request, 'if-match');
  const [, revision] = /^\s*"(\d{1,15})"\s*$/.exec(ifMatch ?? '') ?? [];
  if (ifMatch !== undefined && revision === undefined)
    throw new ProblemError(
      'invalid-value',
      'If-Match must be one revision in quotes, as the ETag of an earlier answer.',
    );
  return {
    actor: request.principal.name ?? '',
    correlationId: getCorrelationId(request),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(revision !== undefined && { ifRevision: Number(revision) }),
  };
}

export function assertIdempotencyKey(key: unknown): asserts key is string {
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key))
    throw new ProblemError('invalid-value', 'An Idempotency-Key has 1 to 255 visible ASCII characters.');
}

/** The client's own id for what it is doing, or a new one. */
const getCorrelationId = (request: Request): string => {
  const given = getHeader(request, 'x-correlation-id');
  return given !== undefined && /^[\x21-\x7e]{1,128}$/.test(given) ? given : randomUUID();
};
