// POST /commands as NDJSON: lines of commands or an export, answered line by line while they come.
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { OpenedNode } from '../../node/open-node.js';
import {
  assertImportAllowed,
  importLines,
  isExport,
  LINE_MAX_BYTES,
  type ImportLineResult,
} from '../../commands/bulk-import.js';
import { readLines } from '../../json/ndjson-lines.js';
import { ProblemError } from '../../problems/problem-error.js';
import { parseParameters } from '../shared/read-query.js';
import type { Reply, Request } from '../../http/request.js';
import { startStreaming, waitForDrain } from '../../http/backpressure.js';
import { parseSender } from '../../commands/command-envelope.js';

/** How long the answer waits for the first line, in milliseconds: a client may want to see it begin before it sends. */
const FIRST_LINE_TIMEOUT_MS = 250;
/** How long the end of the answer waits for the end of the request, in milliseconds. */
const REQUEST_END_TIMEOUT_MS = 5_000;
/** How long the end of the answer waits for the read models, in milliseconds. */
const READ_MODELS_TIMEOUT_MS = 2_000;

/**
 * Each result is written as soon as it is durable, while further lines are read, and no faster than the client takes
 * them. What is wrong with an export as a whole is a problem if that is known before the answer begins.
 */
export async function streamCommandResults(
  book: OpenedNode,
  body: Readable,
  request: Request,
  reply: Reply,
): Promise<void> {
  const onError = parseParameters(request).get('onError') ?? 'continue';
  if (onError !== 'continue' && onError !== 'stop')
    throw new ProblemError('invalid-value', '"onError" must be "stop" or "continue".');
  const { actor, correlationId } = parseSender(request); // throws before anything is answered
  const { role } = request.principal;
  const lines = readLines(body, LINE_MAX_BYTES);
  const first = lines.next();
  try {
    const early = await Promise.race([first, pause(FIRST_LINE_TIMEOUT_MS, undefined, { ref: false })]);
    if (early && isExport(early)) assertImportAllowed(book, role);
    const out = startStreaming(reply, { 'content-type': 'application/x-ndjson' });
    const head = await importLines(await first, lines, {
      book,
      sender: { actor, correlationId },
      role,
      stopOnFailure: onError === 'stop',
      write: async (result: ImportLineResult) => {
        if (!out.destroyed && !out.write(`${JSON.stringify(result)}\n`)) await waitForDrain(out);
      },
      isCancelled: () => out.destroyed,
    });
    if (head > 0) await book.readModels.waitForEntry(head, { timeoutMs: READ_MODELS_TIMEOUT_MS });
    await discardRemainingBody(body);
    out.end(); // only here: an answer that ends tells that all lines were looked at
  } catch (error) {
    if (!body.errored) throw error; // else the client hung up, and there is nobody to tell
  } finally {
    body.resume();
  }
}

/** What is still coming is not looked at; but hanging up on a client that sends could cost it the answer. */
async function discardRemainingBody(body: Readable): Promise<void> {
  body.resume();
  if (!body.readableEnded && !body.destroyed)
    await Promise.race([once(body, 'close'), pause(REQUEST_END_TIMEOUT_MS, undefined, { ref: false })]);
}
