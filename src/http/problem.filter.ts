import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { ProblemError } from '../problems/problem-error.js';
import { findProblem, toProblem } from '../problems/to-problem.js';
import { toSentence } from '../problems/sentence.js';
import { ACCEPT_POST, explainUnsupportedMediaType, getAcceptedBodyTypes } from './accepted-body-types.js';
import { formatPublicPath } from './public-address.js';
import { getRequestedAddress } from './representation.js';
import type { Reply, Request } from './request.js';

/** Answers every error of a request with an RFC 9457 problem. Internals are logged and never shown. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('http');

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const reply = host.switchToHttp().getResponse<Reply>();
    const request = host.switchToHttp().getRequest<Request>();
    const problem = toRequestProblem(error, request);
    if (problem.status === 500)
      this.#logger.error(
        shortenLines(error instanceof Error ? (error.stack ?? error.message) : String(error)),
      );
    if (reply.raw.headersSent) {
      reply.raw.destroy(); // a client must not take a part for the whole answer
      return;
    }
    await sendProblem(problem, request, reply);
  }
}

/** How much of a line of an error is logged, in characters: it may quote what a client sent. */
const LOGGED_LINE_MAX = 200;

const shortenLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.slice(0, LOGGED_LINE_MAX))
    .join('\n');

export const sendProblem = (problem: ProblemError, request: Request, reply: Reply): Reply =>
  reply
    .code(problem.status)
    .headers({
      'cache-control': 'no-store',
      ...(problem.status === 401 && { 'www-authenticate': formatChallenge(problem) }),
      ...(problem.status === 415 && { [ACCEPT_POST]: getAcceptedBodyTypes(request) }),
      ...(problem.retryAfterSeconds !== undefined && { 'retry-after': String(problem.retryAfterSeconds) }),
    })
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(createDocument(problem, request)));

const createDocument = (problem: ProblemError, request: Request) => ({
  ...problem.toDocument(request.server.publicAddress.basePath),
  instance: formatPublicPath(request, getRequestedAddress(request)),
});

/** RFC 6750, section 3: an error is named only if a token was sent. */
const formatChallenge = ({ code }: ProblemError): string =>
  `Bearer realm="minutebook"${code === 'invalid-token' ? ', error="invalid_token"' : ''}`;

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

/** As `toProblem`, and for the errors of Fastify and Nest by their code or status. */
export const toRequestProblem = (error: unknown, request: Request): ProblemError =>
  findProblem(error) ?? findFrameworkProblem(error, request) ?? toProblem(error);

function findFrameworkProblem(error: unknown, request: Request): ProblemError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, status, statusCode } = error as { code?: string; status?: number; statusCode?: number };
  const known =
    FASTIFY_PROBLEMS[code ?? ''] ??
    STATUS_PROBLEMS[error instanceof HttpException ? error.getStatus() : (statusCode ?? status ?? 0)];
  if (known === undefined) return undefined;
  if (known === 'unsupported-media-type')
    return new ProblemError(known, explainUnsupportedMediaType(request));
  // Nest would quote the address as it was sent, with a host that the client chose.
  const isUnknownAddress = error instanceof HttpException && known === 'not-found';
  const message = isUnknownAddress
    ? `Cannot ${request.method} ${getRequestedAddress(request)}`
    : error.message;
  return new ProblemError(known, toSentence(message));
}
