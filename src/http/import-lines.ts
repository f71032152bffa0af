// POST /commands as NDJSON: any number of commands, decided in order, committed in batches, answered line by line.
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Book } from '../book.js';
import type { Json, JsonObject } from '../eventsourcing/message.js';
import { Malformed } from '../eventsourcing/refusal.js';
import { Unavailable } from '../ledger/sequencer.js';
import { problemOf, recordingOf } from './outcome.js';
import { HttpProblem } from './problems.js';
import { instantOf, parametersOf } from './question.js';
import type { Reply, Request } from './request.js';
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

/** Memory does not grow with the number of lines: neither is read ahead of what is decided, nor decided ahead of what is answered. */
export async function importLines(book: Book, body: Readable, request: Request, reply: Reply): Promise<void> {
  const onError = parametersOf(request).get('onError') ?? 'continue';
  if (onError !== 'continue' && onError !== 'stop')
    throw new HttpProblem('invalid-value', '"onError" must be "stop" or "continue".');
  senderOf(request); // throws what is wrong with the headers before anything is answered

  reply.hijack();
  const out = reply.raw;
  out.writeHead(200, {
    'content-type': 'application/x-ndjson',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  let [head, failed] = [0, false];
  const underWay: Promise<Result>[] = [];
  const write = async (): Promise<void> => {
    const result = await underWay.shift();
    if (!result || out.destroyed) return;
    head = Math.max(head, result.entry ?? 0);
    failed ||= result.code !== undefined;
    if (!out.write(`${JSON.stringify(result)}\n`))
      await Promise.race([once(out, 'drain'), once(out, 'close')]);
  };
  try {
    for await (const line of linesOf(body)) {
      underWay.push(take(book, line, request));
      // To stop at the first error, nothing may be decided before the line before it is answered.
      while (underWay.length >= (onError === 'stop' ? 1 : UNDER_WAY_MAX)) await write();
      if (out.destroyed || (failed && onError === 'stop')) break;
    }
    while (underWay.length > 0) await write();
    if (head > 0) await book.readModels.reached(head, { timeoutMs: WAIT_FOR_READ_MODELS });
  } finally {
    await Promise.allSettled(underWay);
    body.destroy();
    out.end();
  }
}

/** Decides one line: the decision is made before this returns, the result comes when it is durable. */
async function take(book: Book, { number, bytes, tooLong }: Line, request: Request): Promise<Result> {
  try {
    if (tooLong) throw new HttpProblem('too-large', `A line holds at most ${LINE_MAX} bytes.`);
    const { value, inexact } = parseStrictJson(bytes);
    const [first, ...others] = inexact;
    if (first) throw problemOf(new Malformed([first, ...others]));
    const wording = wordingOf(value, '', ['command', 'data', 'idempotencyKey', 'recordedAt']);
    const { idempotencyKey, recordedAt } = value as JsonObject;
    if (idempotencyKey !== undefined) assertIdempotencyKey(idempotencyKey);
    const { actor, correlationId } = senderOf(request);
    const { entry, events, replayed } = recordingOf(
      await book.post(wording, {
        actor,
        correlationId,
        ...(idempotencyKey !== undefined && { idempotencyKey }),
        ...(recordedAt !== undefined && { recordedAt: migratedAt(recordedAt, request) }),
      }),
    );
    return { line: number, status: events.length > 0 && !replayed ? 201 : 200, entry };
  } catch (error) {
    const { code, status, detail } = failureOf(error);
    return { line: number, status, code, detail };
  }
}

function migratedAt(recordedAt: Json, request: Request): string {
  if (request.principal.role !== 'admin')
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
  for await (const chunk of body as AsyncIterable<Buffer>) {
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
