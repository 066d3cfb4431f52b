import { Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Histogram } from 'prom-client';

const requestSeconds = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time from the arrival of a request to the end of its answer.',
  labelNames: ['method', 'route', 'status'] as const,
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
});

/** Of these there may be thousands a second; metrics count them, and only failures of ours are worth a line. */
const BUSY_ROUTES = new Set(['/v1/auth', '/v1/auth/*', '/v1/api-keys/verify', '/v1/api-keys/batch-verify']);

/** Measures every request, and logs those that somebody may look for. Both name the route, never the path as it was sent. */
export function reportRequests(fastify: FastifyInstance): void {
  const logger = new Logger('Http');
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = routeOf(request);
    const { method } = request;
    const { statusCode: status, elapsedTime } = reply;
    requestSeconds.observe({ method, route, status }, elapsedTime / 1_000);
    if (status >= 500) logger.warn('Request failed', fields());
    else if (!BUSY_ROUTES.has(route)) logger.log('Request', fields());
    done();

    function fields(): object {
      return { requestId: request.id, method, route, status, durationMs: Math.round(elapsedTime) };
    }
  });
}

/** As many as we have, however many are made up by callers. */
function routeOf({ is404, routeOptions }: FastifyRequest): string {
  return is404 ? 'none' : (routeOptions.url ?? 'none');
}
