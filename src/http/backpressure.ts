import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Reply } from './request.js';
import { WRITE_TIMEOUT_MS } from './timeouts.js';

/**
 * Sends the headers of an answer that is written in parts, outside of the framework. The connection closes with the
 * answer, so that a server that stops does not wait for an idle client.
 */
export function startStreaming(reply: Reply, headers: OutgoingHttpHeaders): ServerResponse {
  const response = reply.hijack().raw;
  const common = { 'cache-control': 'no-store', connection: 'close' };
  const given = reply.getHeaders() as OutgoingHttpHeaders;
  const vary = [given['vary'], headers['vary']]
    .flat()
    .filter((each) => each !== undefined)
    .join(', ');
  response.writeHead(200, { ...given, ...common, ...headers, ...(vary !== '' && { vary }) });
  response.flushHeaders();
  return response;
}

/**
 * Writes a part of an answer now: by itself Node would do so later in the turn, outside of the work that is measured.
 * Returns whether more can be written.
 */
export function writeNow(response: ServerResponse, part: string | Uint8Array): boolean {
  response.socket?.cork();
  const canContinue = response.write(part);
  response.socket?.uncork();
  return canContinue;
}

/**
 * Resolves when more can be written, or when the connection is closed, which it is if the client takes nothing for too
 * long. Leaves no listener behind.
 */
export function waitForDrain(response: ServerResponse): Promise<void> {
  if (response.destroyed || !response.writableNeedDrain) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => response.destroy(), WRITE_TIMEOUT_MS).unref();
    const end = (): void => {
      clearTimeout(timer);
      response.off('drain', end).off('close', end);
      resolve();
    };
    response.on('drain', end).on('close', end);
  });
}
