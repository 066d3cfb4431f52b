import type { FastifyInstance } from 'fastify';
import { isForwardAuth } from '../forward-auth/forward-auth.routes.js';
import type { GatewayConfig } from '../gateway.config.js';

const YEAR_S = 31_536_000;

/** Headers that every answer has, also one that never reaches a route. */
export type SecurityHeaders = Readonly<Record<string, string>>;

/**
 * What an answer tells browsers, as @fastify/helmet would, for an API: take it for nothing but what it says it is, run
 * and frame nothing of it, give it to no other site. A route with a page of its own sets its own policy.
 */
export function securityHeaders({ PUBLIC_URL }: Pick<GatewayConfig, 'PUBLIC_URL'>): SecurityHeaders {
  return {
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-frame-options': 'DENY',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    ...(PUBLIC_URL?.startsWith('https:') === true
      ? { 'strict-transport-security': `max-age=${String(YEAR_S)}` }
      : {}),
  };
}

/** What pages of other origins may read of an answer, beyond its body. */
const EXPOSED_HEADERS = 'X-Request-Id, Retry-After, WWW-Authenticate, X-Api-Key-Expires-At';
const ALLOWED_METHODS = 'GET, HEAD, POST, PATCH, DELETE';
const ALLOWED_HEADERS = 'Authorization, Content-Type, Idempotency-Key, X-Request-Id';
/** Seconds for which a browser need not ask again. */
const PREFLIGHT_MAX_AGE_S = '600';

/**
 * The request id, and what browsers need to be told. That not by forward-auth: its answers are for proxies, and the hottest of
 * all; nor on proxied requests: what a service answers is its own. Other origins get in only when they are
 * configured, and never with a cookie: a session belongs to our own pages.
 *
 * To be called before the routes are registered.
 */
export function addAnswerHeaders(fastify: FastifyInstance, config: GatewayConfig): void {
  const origins = new Set(config.CORS_ORIGINS?.split(',').map((address) => new URL(address.trim()).origin));
  const headers = {
    ...securityHeaders(config),
    ...(origins.size > 0 ? { vary: 'Origin' } : {}),
  };
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    const { url = '', config: route } = request.routeOptions;
    if (isForwardAuth(url) || route.isProxied === true) {
      done();
      return;
    }
    void reply.headers(headers);
    const { origin } = request.headers;
    if (origin === undefined || !origins.has(origin)) {
      done();
      return;
    }
    void reply.header('access-control-allow-origin', origin);
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
      void reply.header('access-control-expose-headers', EXPOSED_HEADERS);
      done();
      return;
    }
    void reply
      .status(204)
      .header('access-control-allow-methods', ALLOWED_METHODS)
      .header('access-control-allow-headers', ALLOWED_HEADERS)
      .header('access-control-max-age', PREFLIGHT_MAX_AGE_S)
      .send();
  });
}
