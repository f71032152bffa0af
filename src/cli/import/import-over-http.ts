import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { LINE_MAX, type Result } from '../../commands/bulk-import.js';
import { linesOf } from '../../json/ndjson-lines.js';
import { type Connection, refusal } from '../_shared/api-client.js';
import type { ImportReport } from './import-report.js';
import { Refused } from '../_shared/errors.js';

/** Sends lines to a server while it answers those before. Rejects with Refused, or when it is interrupted. */
export async function importOver(
  connection: Connection,
  source: Readable,
  report: ImportReport,
  signal: AbortSignal,
): Promise<void> {
  const sent = connection.open(`/commands?onError=${report.stopsAtFailure ? 'stop' : 'continue'}`, {
    'content-type': 'application/x-ndjson',
  });
  const answered = once(sent, 'response', { signal }) as Promise<[IncomingMessage]>;
  answered.catch(() => undefined); // if sending fails first
  const sending = pipeline(source, (chunks: AsyncIterable<Buffer>) => beginning(chunks, report), sent, {
    signal,
  });
  sending.catch(() => undefined); // a server that refuses need not take all of it
  try {
    const [answer] = await answered;
    if (answer.statusCode !== 200) throw refusal(answer.statusCode ?? 0, await text(answer));
    for await (const { bytes } of linesOf(answer, LINE_MAX)) {
      report.hear(JSON.parse(bytes.toString()) as Result);
      if (report.isOver) return;
    }
    await sending;
  } catch (error) {
    throw error instanceof Refused ? error : connection.broken(error);
  } finally {
    source.destroy();
    sent.destroy();
  }
}

/** Passes on what is sent, and tells the first line. */
async function* beginning(chunks: AsyncIterable<Buffer>, report: ImportReport): AsyncGenerator<Buffer> {
  let [head, isToTell] = ['', true];
  for await (const chunk of chunks) {
    if (isToTell) {
      head += chunk.toString();
      isToTell = !head.includes('\n') && head.length < LINE_MAX;
      if (!isToTell) report.begin(head.split('\n', 1)[0] ?? '');
    }
    yield chunk;
  }
  if (isToTell) report.begin(head);
}
