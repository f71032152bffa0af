import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Reply } from './request.js';

/**
 * Sends the headers of an answer that is written in parts, outside of the framework. The connection closes with the
 * answer, so that a server that stops does not wait for an idle client.
 */
export function startStreaming(reply: Reply, headers: OutgoingHttpHeaders): ServerResponse {
  const out = reply.hijack().raw;
  const common = { 'cache-control': 'no-store', connection: 'close' };
  out.writeHead(200, { ...(reply.getHeaders() as OutgoingHttpHeaders), ...common, ...headers });
  out.flushHeaders();
  return out;
}

/** Resolves when more can be written, or when the connection is closed. Leaves no listener behind. */
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
