// The log of the server: text, or with LOG_FORMAT=json a line of JSON for each record, as NestJS writes it.
import { ConsoleLogger, type LoggerService } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { getClientAddress } from '../api/shared/client-address.js';
import { getCorrelationId } from '../api/shared/request-id.js';
import type { Reply, Request } from '../http/request.js';
import type { Configuration } from '../node/configuration.js';

/** How much of an address a line quotes, in characters. */
const PATH_LENGTH_MAX = 200;
/** API keys, and access tokens, which somebody may have put into an address. */
const CREDENTIAL_PATTERN = /mb_[\w-]{8,}|eyJ[\w-]{8,}(?:\.[\w-]*)*/g;

type Levels = { readonly logLevels: Configuration['logLevels'] };

const createConsoleLogger = ({ logFormat }: Configuration, { logLevels }: Levels): ConsoleLogger =>
  new ConsoleLogger({
    logLevels: [...logLevels],
    json: logFormat === 'json',
    // Nest would color what is not a terminal if this were undefined.
    colors: logFormat === 'text' && Boolean(process.stdout.isTTY),
    structuredParams: true,
    flattenParams: true,
  });

/** The logger of the application. Routine messages of Nest, such as a line for each route, need the level `debug`. */
export const createNestLogger = (configuration: Configuration): LoggerService =>
  createConsoleLogger(configuration, { logLevels: configuration.nestLogLevels });

/**
 * Logs each request that was answered, one line each: in a JSON log at the level `log`, in text at `debug`. What a key
 * was refused or may not do is a warning in both. A line holds no header, no query and no body.
 */
export function addRequestLog(fastify: FastifyInstance, configuration: Configuration): void {
  const logger = createConsoleLogger(configuration, configuration);
  const routine = configuration.logFormat === 'json' ? 'log' : 'debug';
  fastify.addHook('onResponse', (request, reply, done) => {
    const isRefused = isRefusal(request, reply);
    const level = isRefused ? 'warn' : routine;
    if (logger.isLevelEnabled(level))
      logger[level](
        `${request.method} ${request.routeOptions.url ?? 'of an unknown address'}: ${reply.statusCode}`,
        { ...describeRequest(request, reply), ...(isRefused && { address: getClientAddress(request) }) },
        'http',
      );
    done();
  });
}

/** Whether a key or a token was sent that is not valid, or may not do this (OWASP ASVS 5.0, 16.3.1 and 16.3.2). */
const isRefusal = ({ headers }: Request, { statusCode }: Reply): boolean =>
  statusCode === 403 || (statusCode === 401 && headers.authorization !== undefined);

const describeRequest = (request: Request, reply: Reply) => ({
  method: request.method,
  /** The template of the address; null for one that does not exist. */
  route: request.routeOptions.url ?? null,
  path: shortenPath(request.url),
  status: reply.statusCode,
  ms: Math.round(reply.elapsedTime * 10) / 10,
  principal: (request.principal as Request['principal'] | undefined)?.name ?? null,
  requestId: request.id,
  correlationId: getCorrelationId(request),
});

const shortenPath = (url: string): string => {
  const [path = ''] = url.split('?', 1);
  return path.replaceAll(CREDENTIAL_PATTERN, '[redacted]').slice(0, PATH_LENGTH_MAX);
};
