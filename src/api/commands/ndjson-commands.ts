// POST /commands as NDJSON: lines of commands or an export, answered line by line while they come.
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Book } from '../../node/open-node.js';
import { assertMayImport, importLines, isExport, LINE_MAX, type Result } from '../../commands/bulk-import.js';
import { linesOf } from '../../json/ndjson-lines.js';
import { HttpProblem } from '../../problems/problems.js';
import { parametersOf } from '../shared/read-query.js';
import type { Reply, Request } from '../../http/request.js';
import { beginStreaming, drained } from '../../http/backpressure.js';
import { senderOf } from '../../commands/command-envelope.js';

/** How long the answer waits for the first line, in milliseconds: a client may want to see it begin before it sends. */
const WAIT_FOR_A_LINE = 250;
/** How long the end of the answer waits for the end of the request, in milliseconds. */
const WAIT_FOR_THE_END = 5_000;
/** How long the end of the answer waits for the read models, in milliseconds. */
const WAIT_FOR_READ_MODELS = 2_000;

/**
 * Each result is written as soon as it is durable, while further lines are read, and no faster than the client takes
 * them. What is wrong with an export as a whole is a problem if that is known before the answer begins.
 */
export async function answerLines(book: Book, body: Readable, request: Request, reply: Reply): Promise<void> {
  const onError = parametersOf(request).get('onError') ?? 'continue';
  if (onError !== 'continue' && onError !== 'stop')
    throw new HttpProblem('invalid-value', '"onError" must be "stop" or "continue".');
  const { actor, correlationId } = senderOf(request); // throws before anything is answered
  const { role } = request.principal;
  const lines = linesOf(body, LINE_MAX);
  const first = lines.next();
  try {
    const early = await Promise.race([first, pause(WAIT_FOR_A_LINE, undefined, { ref: false })]);
    if (early && isExport(early)) assertMayImport(book, role);
    const out = beginStreaming(reply, { 'content-type': 'application/x-ndjson' });
    const head = await importLines(await first, lines, {
      book,
      sender: { actor, correlationId },
      role,
      stopsAtFailure: onError === 'stop',
      write: async (result: Result) => {
        if (!out.destroyed && !out.write(`${JSON.stringify(result)}\n`)) await drained(out);
      },
      isOver: () => out.destroyed,
    });
    if (head > 0) await book.readModels.reached(head, { timeoutMs: WAIT_FOR_READ_MODELS });
    await readToItsEnd(body);
    out.end(); // only here: an answer that ends tells that all lines were looked at
  } catch (error) {
    if (!body.errored) throw error; // else the client hung up, and there is nobody to tell
  } finally {
    body.resume();
  }
}

/** What is still coming is not looked at; but hanging up on a client that sends could cost it the answer. */
async function readToItsEnd(body: Readable): Promise<void> {
  body.resume();
  if (!body.readableEnded && !body.destroyed)
    await Promise.race([once(body, 'close'), pause(WAIT_FOR_THE_END, undefined, { ref: false })]);
}
