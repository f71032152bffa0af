// How long the body of a request may take.
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { ProblemError } from '../problems/problem-error.js';
import { sendProblem } from './problem.filter.js';
import type { Reply, Request } from './request.js';
import { BODY_IDLE_CHECK_INTERVAL_MS, BODY_TIMEOUT_MS } from './timeouts.js';

const createTimeoutProblem = (): ProblemError =>
  new ProblemError('request-timeout', 'The body of the request did not arrive in time.');

const deadlines = new WeakMap<IncomingMessage, NodeJS.Timeout>();

/** Closes the connection unless the body, if there is one, arrives in time, whether or not anybody reads it. */
export function startBodyDeadline(request: Request, reply: Reply): void {
  const { raw, headers } = request;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return;
  const timer = setTimeout(() => refuseLateBody(request, reply), BODY_TIMEOUT_MS).unref();
  deadlines.set(raw, timer);
  raw.once('close', () => clearTimeout(timer));
}

/** For a body that may be of any length: its reader watches it with `watchIdleBody`. */
export const cancelBodyDeadline = ({ raw }: Request): void => clearTimeout(deadlines.get(raw));

function refuseLateBody(request: Request, reply: Reply): void {
  const { socket } = request.raw;
  if (request.raw.complete || socket.destroyed) return;
  reply.raw.once('finish', () => socket.destroy());
  if (reply.sent) socket.destroy();
  else void sendProblem(createTimeoutProblem(), request, reply.header('connection', 'close'));
}

/**
 * Calls `onIdle` once if no byte of the body arrives between two checks, although its reader waits for one. Returns a
 * function that ends this.
 */
export function watchIdleBody(
  { raw }: Request,
  body: Readable,
  onIdle: (problem: ProblemError) => void,
): () => void {
  let read = -1;
  const timer = setInterval(() => {
    const isReading = !raw.complete && body.readableLength === 0;
    const isIdle = isReading && raw.socket.bytesRead === read;
    read = isReading ? raw.socket.bytesRead : -1;
    if (!isIdle) return;
    clearInterval(timer);
    onIdle(createTimeoutProblem());
  }, BODY_IDLE_CHECK_INTERVAL_MS).unref();
  return () => clearInterval(timer);
}
