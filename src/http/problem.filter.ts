import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { DamagedEntry } from '../ledger/entry.js';
import { NotTakenOver, TooLarge, Unavailable } from '../ledger/sequencer.js';
import { NotReadable } from '../read-models/read-models.js';
import { HttpProblem, retryAfter } from '../problems/problems.js';
import type { Reply, Request } from './request.js';
import { InvalidJson } from '../json/strict-json.js';

/** Whatever goes wrong becomes an RFC 9457 problem here, and only here. Nothing of our insides is shown. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('http');

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const reply = host.switchToHttp().getResponse<Reply>();
    const request = host.switchToHttp().getRequest<Request>();
    const problem = problemOf(error);
    if (problem.status === 500)
      this.#logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    await sendProblem(problem, request, reply);
  }
}

export const sendProblem = (problem: HttpProblem, request: Request, reply: Reply): Reply =>
  reply
    .code(problem.status)
    .headers({ 'cache-control': 'no-store', ...problem.headers })
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify({ ...problem.document(), instance: request.url }));

/** Codes of errors that Fastify raises before a handler runs. */
const FASTIFY: { readonly [code: string]: string } = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid-json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid-json',
  FST_ERR_BAD_URL: 'invalid-address',
  FST_ERR_MAX_PARAM_LENGTH: 'not-found',
};
const STATUS: { readonly [status: number]: string } = {
  400: 'invalid-json',
  404: 'not-found',
  413: 'too-large',
  415: 'unsupported-media-type',
  429: 'rate-limited',
};

export function problemOf(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof InvalidJson) return new HttpProblem('invalid-json', error.detail);
  if (error instanceof Unavailable)
    return new HttpProblem(error.code, error.message, {}, retryAfter(error.retryAfter));
  if (error instanceof TooLarge) return new HttpProblem('too-large', error.message);
  if (error instanceof NotTakenOver) return new HttpProblem(error.code, error.message);
  if (error instanceof NotReadable)
    return new HttpProblem('projection-building', error.message, {}, retryAfter(5));
  if (error instanceof DamagedEntry)
    return new HttpProblem('damaged-entry', error.message, { entry: error.entry });
  const { code, status, statusCode } = error as { code?: string; status?: number; statusCode?: number };
  const known =
    FASTIFY[code ?? ''] ??
    STATUS[error instanceof HttpException ? error.getStatus() : (statusCode ?? status ?? 0)];
  if (known !== undefined && error instanceof Error)
    return new HttpProblem(known, `${error.message}.`.replace('..', '.'));
  return new HttpProblem('internal-error', 'Something went wrong that should not.');
}
