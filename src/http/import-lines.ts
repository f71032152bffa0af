// POST /commands as NDJSON: any number of commands, decided in order, committed in batches, answered line by line.
import type { Readable } from 'node:stream';
import type { Book, Sender } from '../book.js';
import type { Json, JsonObject } from '../eventsourcing/message.js';
import { Malformed } from '../eventsourcing/refusal.js';
import { Unavailable } from '../ledger/sequencer.js';
import type { Principal } from './access.js';
import { problemOf, recordingOf } from './outcome.js';
import { HttpProblem } from './problems.js';
import { instantOf, parametersOf } from './question.js';
import type { Reply, Request } from './request.js';
import { beginStreaming, drained } from './streaming.js';
import { InvalidJson, parseStrictJson } from './strict-json.js';
import { assertIdempotencyKey, senderOf, wordingOf } from './wording.js';

/** What a line may hold, in bytes: as much as a request with one command. */
const LINE_MAX = 512 * 1024;
/** Lines that are decided but not yet answered. Fewer than the sequencer takes, so that others are served, too. */
const UNDER_WAY_MAX = 512;
/** How long the end of the answer waits for the read models, in milliseconds. */
const WAIT_FOR_READ_MODELS = 2_000;

type Line = { readonly number: number; readonly bytes: Buffer; readonly tooLong: boolean };
type Result = {
  readonly line: number;
  readonly status: number;
  readonly entry?: number;
  readonly code?: string;
  readonly detail?: string;
};

/**
 * Each result is written as soon as it is durable, while further lines are read. Memory does not grow with the number
 * of lines: they are not read ahead of what is decided, nor decided far ahead of what the client has taken.
 */
export async function importLines(book: Book, body: Readable, request: Request, reply: Reply): Promise<void> {
  const onError = parametersOf(request).get('onError') ?? 'continue';
  if (onError !== 'continue' && onError !== 'stop')
    throw new HttpProblem('invalid-value', '"onError" must be "stop" or "continue".');
  const { actor, correlationId } = senderOf(request); // throws before anything is answered

  const out = beginStreaming(reply, { 'content-type': 'application/x-ndjson' });
  let [head, failed] = [0, false];
  const write = async (taken: Promise<Result>): Promise<void> => {
    const result = await taken;
    head = Math.max(head, result.entry ?? 0);
    failed ||= result.code !== undefined;
    if (!out.destroyed && !out.write(`${JSON.stringify(result)}\n`)) await drained(out);
  };
  /** The answers to come, each after the one before. */
  const underWay: Promise<void>[] = [];
  try {
    for await (const line of linesOf(body)) {
      const taken = take(book, line, { actor, correlationId }, request.principal);
      const before = underWay.at(-1);
      underWay.push(before ? before.then(() => write(taken)) : write(taken));
      // To stop at the first error, nothing may be decided before the line before it is answered.
      while (underWay.length >= (onError === 'stop' ? 1 : UNDER_WAY_MAX)) await underWay.shift();
      if (out.destroyed || (failed && onError === 'stop')) break;
    }
  } catch (error) {
    if (!body.errored) throw error; // else the client hung up, and there is nobody to tell
  } finally {
    await Promise.all(underWay);
    if (head > 0) await book.readModels.reached(head, { timeoutMs: WAIT_FOR_READ_MODELS });
    out.end();
    body.resume(); // what is still coming is not looked at; hanging up could cost the client its answer
  }
}

/** Decides one line: the decision is made before this returns, the result comes when it is durable. */
async function take(
  book: Book,
  { number, bytes, tooLong }: Line,
  sender: Sender,
  principal: Principal,
): Promise<Result> {
  try {
    if (tooLong) throw new HttpProblem('too-large', `A line holds at most ${LINE_MAX} bytes.`);
    const { value, inexact } = parseStrictJson(bytes);
    const [first, ...others] = inexact;
    if (first) throw problemOf(new Malformed([first, ...others]));
    const wording = wordingOf(value, '', ['command', 'data', 'idempotencyKey', 'recordedAt']);
    const { idempotencyKey, recordedAt } = value as JsonObject;
    if (idempotencyKey !== undefined) assertIdempotencyKey(idempotencyKey);
    const { entry, events, replayed } = recordingOf(
      await book.post(wording, {
        ...sender,
        ...(idempotencyKey !== undefined && { idempotencyKey }),
        ...(recordedAt !== undefined && { recordedAt: migratedAt(recordedAt, principal) }),
      }),
    );
    return { line: number, status: events.length > 0 && !replayed ? 201 : 200, entry };
  } catch (error) {
    const { code, status, detail } = failureOf(error);
    return { line: number, status, code, detail };
  }
}

function migratedAt(recordedAt: Json, { role }: Principal): string {
  if (role !== 'admin')
    throw new HttpProblem('forbidden', 'Only an admin may say when an entry was recorded.');
  const instant = typeof recordedAt === 'string' ? instantOf(recordedAt) : undefined;
  if (instant === undefined)
    throw new HttpProblem(
      'invalid-value',
      '"recordedAt" must be an RFC 3339 timestamp such as 2011-05-31T12:00:00Z.',
    );
  return instant;
}

function failureOf(error: unknown): { code: string; status: number; detail: string } {
  if (error instanceof HttpProblem) return error;
  if (error instanceof InvalidJson) return new HttpProblem('invalid-json', error.detail);
  if (error instanceof Unavailable) return new HttpProblem(error.code, error.message);
  return new HttpProblem('internal-error', 'Something went wrong with this line that should not.');
}

/** The lines of a body, without those that are blank. Of a line that is too long nothing is kept. */
async function* linesOf(body: Readable): AsyncGenerator<Line> {
  let [number, kept, length]: [number, Buffer[], number] = [0, [], 0];
  const finish = (): Line | undefined => {
    const line = { number: ++number, bytes: Buffer.concat(kept), tooLong: length > LINE_MAX };
    [kept, length] = [[], 0];
    return line.tooLong || line.bytes.toString('latin1').trim() !== '' ? line : undefined;
  };
  // The body stays open when nobody asks for more lines: it shares its socket with the answer.
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      length += end - from;
      if (length <= LINE_MAX) kept.push(chunk.subarray(from, end));
      from = end + 1;
      const line = finish();
      if (line) yield line;
    }
    length += chunk.length - from;
    if (length <= LINE_MAX) kept.push(chunk.subarray(from));
    else kept = [];
  }
  const last = length > 0 ? finish() : undefined;
  if (last) yield last;
}
