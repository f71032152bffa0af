import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { LINE_MAX_BYTES, type ImportLineResult } from '../../commands/bulk-import.js';
import { readLines } from '../../json/ndjson-lines.js';
import { type ApiClient, parseProblem } from '../_shared/api-client.js';
import type { ImportReport } from './import-report.js';
import { OperationFailedError } from '../_shared/errors.js';

/** Sends lines to a server while it answers earlier ones. Rejects with OperationFailedError, or when it is aborted. */
export async function importOverHttp(
  connection: ApiClient,
  source: Readable,
  report: ImportReport,
  signal: AbortSignal,
): Promise<void> {
  const sent = connection.openRequest(`/commands?onError=${report.stopOnFailure ? 'stop' : 'continue'}`, {
    'content-type': 'application/x-ndjson',
  });
  const answered = once(sent, 'response', { signal }) as Promise<[IncomingMessage]>;
  answered.catch(() => undefined); // if sending fails first
  const sending = pipeline(
    source,
    (chunks: AsyncIterable<Buffer>) => inspectFirstLine(chunks, report),
    sent,
    {
      signal,
    },
  );
  sending.catch(() => undefined); // a server that refuses the import need not read all of it
  try {
    const [answer] = await answered;
    if (answer.statusCode !== 200) throw parseProblem(answer.statusCode ?? 0, await text(answer));
    for await (const { bytes } of readLines(answer, LINE_MAX_BYTES)) {
      report.addResult(JSON.parse(bytes.toString()) as ImportLineResult);
      if (report.isFinished) return;
    }
    await sending;
  } catch (error) {
    throw error instanceof OperationFailedError ? error : connection.toConnectionError(error);
  } finally {
    source.destroy();
    sent.destroy();
  }
}

/** Passes on all chunks, and gives the first line to the report. */
async function* inspectFirstLine(
  chunks: AsyncIterable<Buffer>,
  report: ImportReport,
): AsyncGenerator<Buffer> {
  let [head, isFirstLine] = ['', true];
  for await (const chunk of chunks) {
    if (isFirstLine) {
      head += chunk.toString();
      isFirstLine = !head.includes('\n') && head.length < LINE_MAX_BYTES;
      if (!isFirstLine) report.readFirstLine(head.replace(/^\ufeff/, '').split('\n', 1)[0] ?? ''); // without a byte order mark
    }
    yield chunk;
  }
  if (isFirstLine) report.readFirstLine(head);
}
