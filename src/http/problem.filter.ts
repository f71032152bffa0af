import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { DamagedEntryError } from '../ledger/entry.js';
import { ImportRefusedError, AppendTooLargeError, UnavailableError } from '../ledger/sequencer.js';
import { ReadModelNotReadyError } from '../read-models/read-models.js';
import { HttpProblem, createRetryAfterHeader } from '../problems/problems.js';
import type { Reply, Request } from './request.js';
import { InvalidJsonError } from '../json/strict-json.js';

/** Whatever goes wrong becomes an RFC 9457 problem here, and only here. Nothing of our insides is shown. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('http');

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const reply = host.switchToHttp().getResponse<Reply>();
    const request = host.switchToHttp().getRequest<Request>();
    const problem = toHttpProblem(error);
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
    .send(JSON.stringify({ ...problem.toDocument(), instance: request.url }));

/** Codes of errors that Fastify raises before a handler runs. */
const FASTIFY_PROBLEMS: { readonly [code: string]: string } = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid-json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid-json',
  FST_ERR_BAD_URL: 'invalid-address',
  FST_ERR_MAX_PARAM_LENGTH: 'not-found',
};
const STATUS_PROBLEMS: { readonly [status: number]: string } = {
  400: 'invalid-json',
  404: 'not-found',
  413: 'too-large',
  415: 'unsupported-media-type',
  429: 'rate-limited',
};

export function toHttpProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof InvalidJsonError) return new HttpProblem('invalid-json', error.detail);
  if (error instanceof UnavailableError)
    return new HttpProblem(error.code, error.message, {}, createRetryAfterHeader(error.retryAfter));
  if (error instanceof AppendTooLargeError) return new HttpProblem('too-large', error.message);
  if (error instanceof ImportRefusedError) return new HttpProblem(error.code, error.message);
  if (error instanceof ReadModelNotReadyError)
    return new HttpProblem('projection-building', error.message, {}, createRetryAfterHeader(5));
  if (error instanceof DamagedEntryError)
    return new HttpProblem('damaged-entry', error.message, { entry: error.entry });
  const { code, status, statusCode } = error as { code?: string; status?: number; statusCode?: number };
  const known =
    FASTIFY_PROBLEMS[code ?? ''] ??
    STATUS_PROBLEMS[error instanceof HttpException ? error.getStatus() : (statusCode ?? status ?? 0)];
  if (known !== undefined && error instanceof Error)
    return new HttpProblem(known, `${error.message}.`.replace('..', '.'));
  return new HttpProblem('internal-error', 'Something went wrong that should not.');
}
