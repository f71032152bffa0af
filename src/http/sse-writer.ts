import type { ServerResponse } from 'node:http';
import { startStreaming, waitForDrain, writeNow } from './backpressure.js';
import type { Reply } from './request.js';
import { SSE_HEARTBEAT_INTERVAL_MS } from './timeouts.js';

/** One event as text: its fields in order. */
export const formatServerSentEvent = (fields: { readonly [field: string]: string | number }): string =>
  `${Object.entries(fields)
    .map(([field, value]) => `${field}: ${value}\n`)
    .join('')}\n`;

/**
 * Server-sent events to one client. `send` waits for a slow client, so that a sender which awaits it holds at most one
 * buffer in memory; `@Sse` of Nest cannot wait. A comment is sent at intervals while the stream is silent.
 */
export class SseWriter {
  readonly #response: ServerResponse;
  readonly #heartbeat: NodeJS.Timeout;
  /** Resolves when the client has closed the connection, or the stream was ended. */
  readonly closed: Promise<void>;

  constructor(reply: Reply) {
    const response = startStreaming(reply, {
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
    });
    this.#response = response;
    this.#heartbeat = setInterval(() => {
      // What a slow client has not taken yet keeps the connection alive.
      if (!this.isBehind) response.write(': alive\n\n');
    }, SSE_HEARTBEAT_INTERVAL_MS);
    this.closed = new Promise((resolve) => {
      const settle = (): void => {
        clearInterval(this.#heartbeat);
        resolve();
      };
      response.once('close', settle).once('finish', settle);
    });
  }

  isOpen(): boolean {
    return !this.#response.destroyed && !this.#response.writableEnded;
  }

  /** Whether the client has not yet taken what was sent before. */
  get isBehind(): boolean {
    return this.#response.writableNeedDrain;
  }

  /** Sends formatted events at once. Resolves when more can be sent, or when the stream is closed. */
  async send(events: string | Uint8Array): Promise<void> {
    if (this.isOpen() && !writeNow(this.#response, events)) await waitForDrain(this.#response);
  }

  end(): void {
    clearInterval(this.#heartbeat);
    this.#response.end();
  }
}
