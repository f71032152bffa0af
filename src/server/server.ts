import type { IncomingHttpHeaders } from 'node:http';
import rateLimit from '@fastify/rate-limit';
import { ConsoleLogger, Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import 'reflect-metadata';
import { AppModule } from '../app.module.js';
import { OpenedNode } from '../node/open-node.js';
import { type Configuration, ConfigurationError } from '../node/configuration.js';
import { findPrincipal } from '../api/shared/access.guard.js';
import { SqliteKeyStore } from '../auth/sqlite-key-store.js';
import { ApiKeys } from '../auth/api-keys.js';
import { toRequestProblem, sendProblem } from '../http/problem.filter.js';
import { ProblemError } from '../problems/problem-error.js';
import type { Reply, Request } from '../http/request.js';
import { computeSecurityHeaders } from '../http/security-headers.js';
import { KurrentDbKeyStore } from '../auth/kurrentdb-key-store.js';
import { UnavailableError } from '../ledger/sequencer.js';

/** What one command, or one group, may weigh, in bytes. */
const BODY_MAX_BYTES = 512 * 1024;
/** How long a server that stops waits for answers under way, in milliseconds. */
const STOP_TIMEOUT_MS = 10_000;

type Warn = (sentence: string) => void;

const logger = new Logger('minutebook');

const CONTENT_SECURITY_POLICY = {
  defaultSrc: ["'none'"],
  styleSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
};

/** A server that nobody can reach yet. */
export type OpenedServer = {
  readonly app: NestFastifyApplication;
  readonly book: OpenedNode;
  readonly keys: ApiKeys;
};
export type RunningServer = OpenedServer & { readonly url: string };

/**
 * Opens the book and listens. Rejects with ConfigurationError, DataDirectoryUnusable, LedgerUnusable or Contradiction
 * and a sentence. `onLost` is called when the process must end at once.
 */
export async function startServer(
  configuration: Configuration,
  onLost: (sentence: string) => void,
): Promise<RunningServer> {
  const opened = await openServer(configuration, onLost);
  try {
    await ensureFirstKey(opened);
    // Not app.listen, which would write about a failure before it is told in a sentence.
    const { port, host } = configuration;
    const listening = opened.app.getHttpAdapter().getInstance().listen({ port, host });
    const url = await listening.catch((error: unknown) => {
      throw toListenError(configuration, error);
    });
    return { ...opened, url };
  } catch (error) {
    await opened.app.close();
    throw error;
  }
}

/** Opens the book; its addresses are answered by `app.inject`. Rejects like startServer. */
export async function openServer(
  configuration: Configuration,
  onFatal: (sentence: string) => void,
): Promise<OpenedServer> {
  const warn: Warn = (sentence) => logger.warn(sentence);
  const book = await OpenedNode.open({
    dataDirectory: configuration.dataDirectory,
    cluster: configuration.cluster,
    checkpointKeyFile: configuration.checkpointKeyFile,
    checkpointKey: configuration.checkpointKey,
    checkpointName: configuration.checkpointName,
    onFatal,
    warn,
  });
  let keys: ApiKeys | undefined;
  try {
    keys = openApiKeys(configuration, book, warn);
    const app = await createApp(configuration, book, keys);
    await app.init();
    return { app, book, keys };
  } catch (error) {
    await book.close();
    await keys?.close();
    throw error;
  }
}

function openApiKeys(
  { cluster }: Configuration,
  { directory: { keysFile: file } }: OpenedNode,
  warn: Warn,
): ApiKeys {
  return new ApiKeys(cluster ? new KurrentDbKeyStore({ cluster, file, warn }) : new SqliteKeyStore(file));
}

/** A node that is cut off makes none, and answers by the keys that it knew. */
async function ensureFirstKey({ book: { directory }, keys }: OpenedServer): Promise<void> {
  const { adminKeyFile } = directory;
  try {
    await keys.refresh();
    if (await keys.ensureAdminKey(adminKeyFile))
      console.log(`Made the first admin key; it is in ${adminKeyFile}.`);
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    logger.warn(`What was changed of the keys meanwhile is not known here: ${error.message}`);
  }
}

async function createApp(
  configuration: Configuration,
  book: OpenedNode,
  keys: ApiKeys,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_MAX_BYTES,
    // Whoever has a request under way when the server stops is answered.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 300 },
    frameworkErrors: (error: unknown, request: Request, reply: Reply) => {
      // The router raises these before any hook runs, so the headers that helmet would set are set here.
      void reply.headers({
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
      });
      void sendProblem(toRequestProblem(error), request, reply);
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.register(configuration, book, keys),
    adapter,
    {
      logger: new ConsoleLogger({ logLevels: configuration.nestLogLevels, colors: process.stdout.isTTY }),
      bodyParser: false,
      abortOnError: false,
    },
  );
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  fastify.addContentTypeParser('application/x-ndjson', (_request, payload, done) => done(null, payload));
  fastify.addHook('preParsing', (request, reply, payload, done) => {
    const problem = findBodyProblem(request.headers);
    if (problem?.code === 'unsupported-media-type') void reply.header('accept-encoding', 'identity');
    done(problem, payload);
  });
  let stopping = false;
  fastify.addHook('preClose', (done) => {
    stopping = true;
    setTimeout(() => fastify.server.closeAllConnections(), STOP_TIMEOUT_MS).unref();
    done();
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (stopping) void reply.header('connection', 'close');
    // What is read goes on, for those who look into it, but is nothing to rely on or to keep.
    if (book.checkpoints.fault !== undefined)
      void reply.headers({ 'ledger-fault': 'diverged', 'cache-control': 'no-store' });
    done(null, payload);
  });
  const headers = await computeSecurityHeaders(CONTENT_SECURITY_POLICY);
  fastify.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(headers);
    done();
  });
  if (configuration.rateLimit > 0)
    await app.register(rateLimit, {
      max: configuration.rateLimit,
      timeWindow: '1 minute',
      // A name has no control character and an address no tab, so nobody can use up the share of another.
      keyGenerator: ({ headers, ip }) => {
        const name = findPrincipal(keys, headers.authorization)?.name;
        return name == null ? ip : `key\t${name}`;
      },
    });
  app.enableShutdownHooks([], { useProcessExit: true });
  return app;
}

/** Why a body cannot be taken, whatever it says. */
function findBodyProblem(headers: IncomingHttpHeaders): ProblemError | null {
  const coding = headers['content-encoding'];
  if (coding !== undefined && coding.trim().toLowerCase() !== 'identity')
    return new ProblemError(
      'unsupported-media-type',
      `The body is encoded as "${coding}": send it as it is.`,
    );
  const [, charset] = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(headers['content-type'] ?? '') ?? [];
  if (charset !== undefined && !/^utf-?8$/i.test(charset))
    return new ProblemError(
      'invalid-json',
      `The body is declared as "${charset}", but the only encoding of JSON is UTF-8.`,
    );
  return null;
}

/** A sentence about an address that cannot be listened on. */
function toListenError({ host, port }: Configuration, error: unknown): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new ConfigurationError(`PORT ${port} is in use on ${host}: choose another one.`);
    case 'EACCES':
      return new ConfigurationError(`PORT ${port} may not be used by this user: choose one above 1023.`);
    case 'EADDRNOTAVAIL':
    case 'EAI_AGAIN':
    case 'EINVAL':
    case 'ENOTFOUND':
      return new ConfigurationError(`HOST "${host}" is not an address of this machine.`);
    default:
      return error;
  }
}
