import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../api/operations/metrics.js';

/** Measures every request but event streams, which end when their clients like. */
export function addRequestMetrics(fastify: FastifyInstance, metrics: Metrics): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const type = String(reply.raw.getHeader('content-type') ?? '');
    if (!type.startsWith('text/event-stream'))
      metrics.observeRequest({
        method: request.method,
        route: request.routeOptions.url,
        status: reply.statusCode,
        durationMs: reply.elapsedTime,
      });
    done();
  });
}
