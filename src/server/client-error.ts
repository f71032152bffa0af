import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ProblemError } from '../problems/problem-error.js';

/** Codes of errors that Node finds before there is a request. */
const NODE_PROBLEMS: { readonly [code: string]: ProblemError } = {
  ERR_HTTP_REQUEST_TIMEOUT: new ProblemError('request-timeout', 'The request did not arrive in time.'),
  HPE_HEADER_OVERFLOW: new ProblemError('headers-too-large', 'The headers of the request are too large.'),
};
const UNKNOWN_METHOD = new ProblemError('unknown-method', 'The server does not know this method.');
const NO_TUNNEL = new ProblemError('unknown-method', 'The server is no proxy, so it does not know CONNECT.');
const ADDRESS_TOO_LONG = new ProblemError('address-too-long', 'The address of the request is too long.');
const MALFORMED_REQUEST = new ProblemError('malformed-request', 'This is not a request of HTTP/1.1.');

/** The first line of a request of HTTP/1.1. */
const REQUEST_LINE = /^[A-Z]+ \S+ HTTP\/1\.[01]\r?$/m;

const FIRST_LINE_BEGINNING = /^[A-Z]+ +\S/;

/** What Node finds wrong with bytes; `rawPacket` is a Buffer of those that arrived last. */
type ClientError = {
  readonly code?: string | undefined;
  readonly rawPacket?: unknown;
  /** How many bytes of them are right. */
  readonly bytesParsed?: number | undefined;
};

/** An address that fills the space of all headers before its end (RFC 9110, section 15.5.15). */
function isAddressTooLong({ code, rawPacket, bytesParsed = 0 }: ClientError): boolean {
  if (code !== 'HPE_HEADER_OVERFLOW' || !Buffer.isBuffer(rawPacket)) return false;
  const end = rawPacket.indexOf('\n');
  return (
    end === -1 || (end >= bytesParsed && FIRST_LINE_BEGINNING.test(rawPacket.toString('latin1', 0, 100)))
  );
}

/** What does not even look like a request has no method. */
const isUnknownMethod = ({ code, rawPacket }: ClientError): boolean =>
  code === 'HPE_INVALID_METHOD' &&
  Buffer.isBuffer(rawPacket) &&
  REQUEST_LINE.test(rawPacket.toString('latin1'));

function findClientProblem(error: ClientError): ProblemError {
  if (isAddressTooLong(error)) return ADDRESS_TOO_LONG;
  if (isUnknownMethod(error)) return UNKNOWN_METHOD;
  return NODE_PROBLEMS[error.code ?? ''] ?? MALFORMED_REQUEST;
}

/** Answers what is no HTTP request, or arrives too late to be one, with a problem, and closes the connection. */
export const createClientErrorHandler =
  (basePath: string) =>
  (error: ClientError, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else if (isAnswering(socket)) socket.destroySoon();
    else socket.end(formatResponse(findClientProblem(error), basePath));
  };

/** Answers CONNECT, which Node would leave without an answer (RFC 9110, section 9.3.6). */
export const createTunnelHandler =
  (basePath: string) =>
  (_request: IncomingMessage, socket: Duplex): void => {
    socket.on('error', () => socket.destroy());
    socket.end(formatResponse(NO_TUNNEL, basePath));
  };

/** The response to the last request of each connection; `req` is that request. */
const lastResponses = new WeakMap<Socket, ServerResponse>();

export const watchLastResponse = ({ socket }: IncomingMessage, response: ServerResponse): void => {
  lastResponses.set(socket, response);
};

/** Whether a request, or its response, is under way whose response has begun: another one would be read as part of it. */
function isAnswering(socket: Socket): boolean {
  const response = lastResponses.get(socket);
  return response?.headersSent === true && !(response.writableEnded && response.req.complete);
}

function formatResponse(problem: ProblemError, basePath: string): string {
  const body = JSON.stringify(problem.toDocument(basePath));
  const headers = { ...PROBLEM_HEADERS, 'content-length': Buffer.byteLength(body), connection: 'close' };
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** Answers a header Expect that Node does not know, which it would do without a body (RFC 9110, section 10.1.1). */
export const createExpectationHandler =
  (basePath: string) =>
  (_request: IncomingMessage, response: ServerResponse): void => {
    const problem = new ProblemError('unknown-expectation', 'Only "Expect: 100-continue" is supported.');
    const body = JSON.stringify(problem.toDocument(basePath));
    response
      .writeHead(problem.status, { ...PROBLEM_HEADERS, 'content-length': Buffer.byteLength(body) })
      .end(body);
  };

const PROBLEM_HEADERS = {
  'content-type': 'application/problem+json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};
