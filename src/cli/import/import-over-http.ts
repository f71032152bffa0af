import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { LINE_MAX_BYTES, type ImportLineResult } from '../../commands/bulk-import.js';
import type { JsonObject } from '../../json/json.js';
import { type NdjsonLine, readLines } from '../../json/ndjson-lines.js';
import type { ApiClient } from '../_shared/api-client.js';
import { OperationFailedError } from '../_shared/errors.js';
import { type ImportRequest, openImportInput } from './open-import-input.js';

/** Sends lines to a server while it answers earlier ones. Rejects with OperationFailedError, or when it is aborted. */
export async function importOverHttp(connection: ApiClient, request: ImportRequest): Promise<void> {
  const { file, stopOnFailure, isCheck, report, signal } = request;
  const input = await openImportInput(request, async (command) => {
    const answer = await connection.request(`/commands/${encodeURIComponent(command)}`);
    return (await answer.json()) as JsonObject;
  });
  const parameters = new URLSearchParams({
    onError: stopOnFailure ? 'stop' : 'continue',
    check: String(isCheck),
  });
  const sent = await connection.openRequest(`/commands?${parameters.toString()}`, {
    'content-type': 'application/x-ndjson',
  });
  const answered = once(sent, 'response', { signal }) as Promise<[IncomingMessage]>;
  answered.catch(() => undefined); // if sending fails first
  // A program that writes into a pipe may wait for the answer to each line.
  const chunks = joinLines(input.readLines(), file === '-' ? 0 : CHUNK_BYTES);
  const sending = pipeline(chunks, sent, { signal });
  sending.catch(() => undefined); // a server that refuses the import need not read all of it
  try {
    const [answer] = await answered;
    if (answer.statusCode !== 200)
      throw await connection.parseProblem(answer.statusCode ?? 0, await text(answer));
    for await (const { bytes } of readLines(answer, LINE_MAX_BYTES)) {
      report.addResult(JSON.parse(bytes.toString()) as ImportLineResult);
      if (report.isFinished(stopOnFailure)) return;
    }
    await sending;
  } catch (error) {
    throw error instanceof OperationFailedError ? error : connection.toConnectionError(error);
  } finally {
    sent.destroy();
  }
}

const LINE_FEED = Buffer.from('\n');
/** Stands for a line that is too long, and was not kept: the server refuses it for the same reason. */
const TOO_LONG_LINE = Buffer.alloc(LINE_MAX_BYTES + 1, 'x');

/** How many bytes are sent at once, if the input is a file: each chunk costs as much as some lines. */
const CHUNK_BYTES = 64 * 1024;

/**
 * The lines as bytes, with blank ones before them as in the input, so that the server counts as the input does. Chunks
 * have `leastBytes` if there are as many.
 */
async function* joinLines(lines: AsyncIterable<NdjsonLine>, leastBytes: number): AsyncGenerator<Buffer> {
  let [last, length, parts]: [number, number, Buffer[]] = [0, 0, []];
  for await (const { number, bytes, tooLong } of lines) {
    const line = tooLong ? TOO_LONG_LINE : bytes;
    parts.push(Buffer.alloc(number - 1 - last, LINE_FEED), line, LINE_FEED);
    length += line.length;
    last = number;
    if (length < leastBytes) continue;
    yield Buffer.concat(parts);
    [length, parts] = [0, []];
  }
  if (parts.length > 0) yield Buffer.concat(parts);
}
