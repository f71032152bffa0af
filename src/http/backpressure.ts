// Answers that are written piece by piece, for as long as the client listens.
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Reply } from './request.js';

/**
 * Takes the answer over from the framework and sends its headers. The connection ends with the answer, so that a
 * server that stops need not wait for the client to let go of it.
 */
export function startStreaming(reply: Reply, headers: OutgoingHttpHeaders): ServerResponse {
  const out = reply.hijack().raw;
  const common = { 'cache-control': 'no-store', connection: 'close' };
  out.writeHead(200, { ...(reply.getHeaders() as OutgoingHttpHeaders), ...common, ...headers });
  out.flushHeaders();
  return out;
}

/** Resolves when more can be written, or when nobody listens any more. Leaves no listener behind. */
export function waitForDrain(out: ServerResponse): Promise<void> {
  if (out.destroyed || !out.writableNeedDrain) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      out.off('drain', end).off('close', end);
      resolve();
    };
    out.on('drain', end).on('close', end);
  });
}
