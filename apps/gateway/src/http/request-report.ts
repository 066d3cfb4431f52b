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

interface RequestReport {
  requestId: string;
  method: string;
  /** Never the path as it was sent. */
  route: string;
  status: number;
  elapsedMs: number;
  isProxied?: boolean;
}

const logger = new Logger('Http');

/** Measures a request that has been answered, and logs it when somebody may look for it. */
export function reportRequest(report: RequestReport): void {
  const { requestId, method, route, status, elapsedMs, isProxied = false } = report;
  requestSeconds.observe({ method, route, status }, elapsedMs / 1_000);
  const fields = (): object => ({ requestId, method, route, status, durationMs: Math.round(elapsedMs) });
  if (status >= 500) logger.warn('Request failed', fields());
  else if (!isProxied && !BUSY_ROUTES.has(route)) logger.log('Request', fields());
}

/** Every request that Fastify sees. */
export function reportRequests(fastify: FastifyInstance): void {
  fastify.addHook('onResponse', (request, { statusCode: status, elapsedTime: elapsedMs }, done) => {
    reportRequest({
      requestId: request.id,
      method: request.method,
      route: routeOf(request),
      status,
      elapsedMs,
      isProxied: request.routeOptions.config.isProxied === true,
    });
    done();
  });
}

/** As many as we have, however many are made up by callers. */
function routeOf({ is404, routeOptions }: FastifyRequest): string {
  return is404 ? 'none' : (routeOptions.url ?? 'none');
}
