// Requests as bytes: a client library would correct or refuse much of what a server must expect.
import { once } from 'node:events';
import { connect } from 'node:net';
import type { TestServer } from './test-server.js';

export type RawResponse = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body, read as JSON. */
  readonly json: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- a test looks at what is there
};

/** Sends these bytes over a connection of their own, and reads one answer until the server closes. */
export async function sendRaw(server: TestServer, request: string | Buffer): Promise<RawResponse> {
  const { port, hostname } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.write(request);
  await once(socket, 'close');
  return parseResponse(Buffer.concat(chunks));
}

/** A request without a body, after which the server closes the connection. `head` is its first line and its fields. */
export const sendRawHead = (server: TestServer, ...head: readonly string[]): Promise<RawResponse> =>
  sendRaw(server, Buffer.from([...head, 'Connection: close', '', ''].join('\r\n'), 'latin1'));

function parseResponse(bytes: Buffer): RawResponse {
  const end = bytes.indexOf('\r\n\r\n');
  const [statusLine = '', ...fields] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = new Headers(
    fields.map((field): [string, string] => {
      const [name = '', ...value] = field.split(':');
      return [name, value.join(':').trim()];
    }),
  );
  const text = bytes.subarray(end + 4).toString();
  return {
    status: Number(statusLine.split(' ')[1]),
    headers,
    text,
    get json() {
      return JSON.parse(text) as unknown;
    },
  };
}
