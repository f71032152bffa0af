// Requests byte by byte, for what no HTTP client sends.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestServer } from '../../support/test-server.js';

export type RawConnection = {
  readonly socket: Socket;
  /** Everything that was received. */
  readonly text: () => string;
  /** Resolves when the received text matches; rejects when the connection is closed before. */
  readonly received: (pattern: RegExp) => Promise<string>;
  readonly closed: Promise<unknown>;
};

/** Connects and sends these lines as the head of a request, each with its line break, and a blank line. */
export async function openRawRequest(server: TestServer, ...head: readonly string[]): Promise<RawConnection> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.setEncoding('utf8').on('data', (data: string) => (text += data));
  socket.on('error', () => undefined); // a server may reset the connection
  const closed = once(socket, 'close').catch(() => undefined);
  await once(socket, 'connect');
  if (head.length > 0) socket.write(`${[...head, 'host: book'].join('\r\n')}\r\n\r\n`);
  return {
    socket,
    text: () => text,
    closed,
    received: (pattern) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (pattern.test(text)) resolve(text);
          else if (socket.destroyed) reject(new Error(`closed after: ${text}`));
        };
        socket.on('data', check).on('close', check);
        check();
      }),
  };
}

/** Runs timers of these durations after a moment, for timers that are started while `act` runs. */
export async function shortenTimers(durationsMs: readonly number[], act: () => Promise<void>): Promise<void> {
  const { setTimeout: originalTimeout, setInterval: originalInterval } = globalThis;
  const shorten = (ms = 0): number => (durationsMs.includes(ms) ? 20 : ms);
  globalThis.setTimeout = ((callback: () => void, ms?: number, ...more: []) =>
    originalTimeout(callback, shorten(ms), ...more)) as typeof setTimeout;
  globalThis.setInterval = ((callback: () => void, ms?: number, ...more: []) =>
    originalInterval(callback, shorten(ms), ...more)) as typeof setInterval;
  try {
    await act();
  } finally {
    Object.assign(globalThis, { setTimeout: originalTimeout, setInterval: originalInterval });
  }
}
