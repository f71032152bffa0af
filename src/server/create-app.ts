// The Nest application on Fastify, with the hooks that hold for every request.
import type { IncomingMessage } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import 'reflect-metadata';
import { AppModule } from '../app.module.js';
import { Metrics } from '../api/operations/metrics.js';
import { addAccessHook } from '../api/shared/access.js';
import { decodeTimemapTarget } from '../api/shared/memento.js';
import { createRequestId } from '../api/shared/request-id.js';
import { startBodyDeadline } from '../http/body-deadline.js';
import { findBodyHeadersProblem } from './body-headers.js';
import {
  createClientErrorHandler,
  createExpectationHandler,
  createTunnelHandler,
  watchLastResponse,
} from './client-error.js';
import { toRequestProblem } from '../http/problem.filter.js';
import type { Reply, Request } from '../http/request.js';
import { chooseRepresentation, takeSuffix } from '../http/representation.js';
import { findRequestHeadProblem } from './request-head.js';
import { removeBasePath } from '../http/public-address.js';
import { parseRequestTarget } from '../http/request-target.js';
import { RequestStartQueue } from './request-start-queue.js';
import {
  CONNECTION_IDLE_TIMEOUT_MS,
  HEADERS_CHECK_INTERVAL_MS,
  HEADERS_TIMEOUT_MS,
} from '../http/timeouts.js';
import type { Checkpoints } from '../ledger/checkpoints/checkpoints.js';
import type { Sequencer } from '../ledger/sequencer.js';
import type { Configuration } from '../node/configuration.js';
import type { OpenedNode } from '../node/open-node.js';
import type { Readiness } from '../node/readiness.js';
import { addCompression } from './compression.js';
import { addCrossOriginHeaders } from './cross-origin.js';
import { addRequestMetrics } from './request-metrics.js';
import { addUnsentResponsesLimit } from './unsent-responses-limit.js';
import { addRequestLog, createNestLogger } from './logging.js';
import { addMethodTable } from './method-table.js';
import { addProblemPages, sendRouterProblem } from './problem-pages.js';
import { addRateLimits } from './rate-limits.js';
import { computeSecurityHeaders } from './security-headers.js';
import { KEEP_ALIVE_GRACE_MS, KEEP_ALIVE_TIMEOUT_MS, STOP_TIMEOUT_MS } from './timeouts.js';

/** The largest body with one command or one group, in bytes. */
const BODY_MAX_BYTES = 512 * 1024;

const MILLISECONDS_PER_SECOND = 1_000;

/** How many connections may be open; others are closed at once. */
const CONNECTIONS_MAX = 4_096;

const CONTENT_SECURITY_POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
  workerSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
};

export async function createApp(
  configuration: Configuration,
  node: OpenedNode,
): Promise<NestFastifyApplication> {
  const adapter = createAdapter(configuration);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.register(configuration, node),
    adapter,
    {
      logger: createNestLogger(configuration),
      bodyParser: false,
      abortOnError: false,
    },
  );
  const fastify: FastifyInstance = adapter.getInstance();
  const { basePath, publicOrigin } = configuration;
  fastify.decorate('publicAddress', { basePath, origin: publicOrigin });
  fastify.server.maxConnections = CONNECTIONS_MAX;
  fastify.server.on('request', watchLastResponse);
  fastify.server.on('checkExpectation', createExpectationHandler(basePath));
  fastify.server.on('connect', createTunnelHandler(basePath));
  addRequestLog(fastify, configuration);
  addRequestMetrics(fastify, app.get(Metrics));
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    startBodyDeadline(request, reply);
    done();
  });
  addRequestTurns(fastify);
  addBodyParsers(fastify);
  addUnsentResponsesLimit(fastify);
  addStopHooks(fastify, node.readiness);
  addFaultHeaders(fastify, node.checkpoints);
  if (node.sequencer.isShared) addAgeHeader(fastify, node.sequencer);
  const headers = await computeSecurityHeaders(CONTENT_SECURITY_POLICY);
  fastify.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(headers);
    done();
  });
  addRequestHeadHook(fastify);
  await addCrossOriginHeaders(fastify, configuration);
  addMethodTable(fastify);
  addProblemPages(fastify);
  fastify.addHook('onRequest', (request, _reply, done) => {
    chooseRepresentation(request);
    done();
  });
  await addCompression(fastify);
  const { authenticator } = node;
  const { countRefusedKey } = await addRateLimits(fastify, { max: configuration.rateLimit, authenticator });
  // After the rate limit, which counts unknown keys, too.
  addAccessHook(fastify, authenticator, configuration, countRefusedKey);
  app.enableShutdownHooks([], { useProcessExit: true });
  return app;
}

const createAdapter = ({ trustProxy, basePath }: Configuration): FastifyAdapter =>
  new FastifyAdapter({
    trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
    genReqId: createRequestId,
    bodyLimit: BODY_MAX_BYTES,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    connectionTimeout: CONNECTION_IDLE_TIMEOUT_MS,
    http: {
      keepAliveTimeoutBuffer: KEEP_ALIVE_GRACE_MS,
      headersTimeout: HEADERS_TIMEOUT_MS,
      // `findRequestHeadProblem` refuses a request without it; Node would do so without a body.
      requireHostHeader: false,
      connectionsCheckingInterval: HEADERS_CHECK_INTERVAL_MS,
    },
    clientErrorHandler: createClientErrorHandler(basePath),
    // Requests in progress are answered when the server stops.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 300 },
    rewriteUrl: (request: IncomingMessage) =>
      decodeTimemapTarget(
        takeSuffix(request, removeBasePath(parseRequestTarget(request.url ?? '/').url, basePath)),
      ),
    frameworkErrors: (error: unknown, request: Request, reply: Reply) => {
      // The router raises these errors before any hook runs, so the security headers are set here.
      void reply.headers({
        'content-security-policy': "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
      });
      sendRouterProblem(toRequestProblem(error, request), request, reply);
    },
  });

/** Who asks whether the server lives does not wait for those who keep it busy. */
const isProbe = (url: string): boolean => url.startsWith('/health/');

function addRequestTurns(fastify: FastifyInstance): void {
  const turns = new RequestStartQueue();
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (isProbe(request.url)) done();
    else turns.begin(done);
  });
}

/** Refuses what no route may see. `OPTIONS *` is about the server and not about an address (RFC 9110, section 9.3.7). */
function addRequestHeadHook(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.method === 'OPTIONS' && request.originalUrl === '*') {
      void reply.code(204).send();
      return;
    }
    const problem = findRequestHeadProblem(request.raw, request.originalUrl);
    if (problem?.code === 'unsupported-transfer-coding') void reply.header('connection', 'close');
    done(problem ?? undefined);
  });
}

/** JSON stays bytes, since the strict parser reads it later; NDJSON stays a stream. */
function addBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  fastify.addContentTypeParser('application/x-ndjson', (_request, payload, done) => done(null, payload));
  fastify.addHook('preParsing', (request, reply, payload, done) => {
    const problem = findBodyHeadersProblem(request.headers);
    if (problem?.code === 'unsupported-media-type') void reply.header('accept-encoding', 'identity');
    done(problem, payload);
  });
}

/** Once the server stops, answers close their connections, and connections that stay open are cut after a time. */
function addStopHooks(fastify: FastifyInstance, readiness: Readiness): void {
  fastify.addHook('preClose', (done) => {
    setTimeout(() => fastify.server.closeAllConnections(), STOP_TIMEOUT_MS).unref();
    done();
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (readiness.isStopping) void reply.header('connection', 'close');
    done(null, payload);
  });
}

/**
 * A node that has diverged still answers reads, for an operator who examines it, but its answers are marked and not
 * cached.
 */
function addFaultHeaders(fastify: FastifyInstance, checkpoints: Checkpoints): void {
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (checkpoints.fault !== undefined)
      void reply.headers({ 'ledger-fault': 'diverged', 'cache-control': 'no-store' });
    done(null, payload);
  });
}

/** A node of a cluster that does not know whether it has everything says for how long: `Ledger-Age`, in seconds. */
function addAgeHeader(fastify: FastifyInstance, sequencer: Sequencer): void {
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (sequencer.connectionState !== 'live')
      void reply.header('ledger-age', String(Math.floor(sequencer.getAgeMs() / MILLISECONDS_PER_SECOND)));
    done(null, payload);
  });
}
