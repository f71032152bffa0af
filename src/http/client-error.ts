import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { ProblemError } from '../problems/problem-error.js';

/** Codes of errors that Node finds before there is a request. */
const NODE_PROBLEMS: { readonly [code: string]: ProblemError } = {
  ERR_HTTP_REQUEST_TIMEOUT: new ProblemError('request-timeout', 'The request did not arrive in time.'),
  HPE_HEADER_OVERFLOW: new ProblemError('headers-too-large', 'The headers of the request are too large.'),
};
const MALFORMED_REQUEST = new ProblemError('malformed-request', 'This is not a request of HTTP/1.1.');

/** Answers what is no HTTP request, or arrives too late to be one, with a problem, and closes the connection. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = NODE_PROBLEMS[error.code ?? ''] ?? MALFORMED_REQUEST;
  const body = JSON.stringify(problem.toDocument());
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
