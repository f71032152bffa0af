// What a client says, before the domain looks at it: bodies, groups, headers.
import { randomUUID } from 'node:crypto';
import type { Sender } from '../node/open-node.js';
import type { Wording } from './command-validation.js';
import type { Json, JsonObject } from '../eventsourcing/message.js';
import { Malformed } from '../eventsourcing/refusal.js';
import { problemOf } from './command-problems.js';
import { HttpProblem } from '../problems/problems.js';
import { header, type Request } from '../http/request.js';
import { parseStrictJson } from '../json/strict-json.js';

/** The JSON of a body. Throws InvalidJson, HttpProblem. */
export function bodyOf(request: Request): Json {
  const { value, inexact } = parseStrictJson(request.body instanceof Buffer ? request.body : Buffer.alloc(0));
  const [first, ...others] = inexact;
  if (first) throw problemOf(new Malformed([first, ...others]));
  return value;
}

/** Checks the form of a group's members; what they say is looked at later, all together. */
export function groupOf(body: Json): Wording[] {
  if (!Array.isArray(body))
    throw new HttpProblem('not-a-group', 'A group is a JSON array of { "command", "data" }.');
  return (body as readonly Json[]).map((member, index) =>
    wordingOf(member, `/${index}`, ['command', 'data']),
  );
}

/** One `{ "command", "data" }` with no other members than these. Throws HttpProblem. */
export function wordingOf(value: Json, pointer: string, members: readonly string[]): Wording {
  const refuse = (at: string, code: string, detail: string) =>
    problemOf(new Malformed([{ pointer: `${pointer}${at}`, code, detail }]));
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse('', 'invalid-value', 'must be an object { "command", "data" }');
  const { command, data } = value as JsonObject;
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

/** Who sends, and the conditions of the request. Throws HttpProblem. */
export function senderOf(request: Request): Sender {
  const idempotencyKey = header(request, 'idempotency-key');
  if (idempotencyKey !== undefined) assertIdempotencyKey(idempotencyKey);
  const ifMatch = header(request, 'if-match');
  const [, revision] = /^\s*"(\d{1,15})"\s*$/.exec(ifMatch ?? '') ?? [];
  if (ifMatch !== undefined && revision === undefined)
    throw new HttpProblem(
      'invalid-value',
      'If-Match must be one revision in quotes, as the ETag of an earlier answer.',
    );
  return {
    actor: request.principal.name ?? '',
    correlationId: correlationOf(request),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(revision !== undefined && { ifRevision: Number(revision) }),
  };
}

export function assertIdempotencyKey(key: unknown): asserts key is string {
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key))
    throw new HttpProblem('invalid-value', 'An Idempotency-Key has 1 to 255 visible ASCII characters.');
}

/** The client's own id for what it is doing, or a new one. */
const correlationOf = (request: Request): string => {
  const given = header(request, 'x-correlation-id');
  return given !== undefined && /^[\x21-\x7e]{1,128}$/.test(given) ? given : randomUUID();
};
