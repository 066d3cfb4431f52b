import httpProxy, { type FastifyHttpProxyOptions } from '@fastify/http-proxy';
import { Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayConfig } from '../gateway.config.js';
import { liftArrivalLimit } from '../http/arrival-limit.js';
import { hasBody } from '../http/has-body.js';
import { Problem } from '../http/problem.js';
import { sendProblem } from '../problem.filter.js';
import { expiryWarning } from '../verification/expiry-warning.js';
import { type Verifiers, verifyRequest } from '../verification/request-verification.js';
import type { ValidVerification } from '../verification/verifier.js';
import { answerHeaders, requestHeaders } from './proxy-headers.js';
import { parseProxyRoutes, type ProxyRoute } from './proxy-routes.js';
import { endOf, isRepeatable, isTimeout, UpstreamConnections } from './upstream-connections.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What is answered there is a service's, and not ours. */
    isProxied?: true;
  }
}

const NO_WEBSOCKET = new Problem('invalid_request', {
  detail: 'There are no WebSockets here: a connection would outlive its key.',
});
const NO_BODY = new Problem('invalid_request', { detail: 'A GET or HEAD request has no body here.' });
const UNREACHABLE = new Problem('upstream_unreachable', {
  detail: 'Your key is good; the service behind the gateway gave no answer that could be read.',
});
const TOO_LATE = new Problem('upstream_timeout', {
  detail: 'Your key is good; the service behind the gateway did not answer in time.',
});

/** Proxy mode: verifies each request below a configured prefix, and forwards it, streaming in both directions. */
export function registerProxy(fastify: FastifyInstance, verifiers: Verifiers, config: GatewayConfig): void {
  if (config.GATEWAY_ROUTES === undefined) return;
  for (const route of parseProxyRoutes(config.GATEWAY_ROUTES)) {
    void fastify.register(async (routes) => {
      // Bodies go through as they come.
      routes.removeAllContentTypeParsers();
      await routes.register(httpProxy, optionsOf(route, verifiers, config));
    });
  }
}

function optionsOf(
  { prefix, upstream }: ProxyRoute,
  verifiers: Verifiers,
  { PROXY_TIMEOUT_MS, PROXY_MAX_DURATION_S }: GatewayConfig,
): FastifyHttpProxyOptions {
  const logger = new Logger('Proxy');
  const connections = new UpstreamConnections({ headersTimeoutMs: PROXY_TIMEOUT_MS });
  const verified = new WeakMap<object, { verification: ValidVerification; end: AbortSignal }>();
  const verifiedOf = (request: object | undefined): { verification: ValidVerification; end: AbortSignal } => {
    const found = request && verified.get(request);
    if (found === undefined) throw new Error('a request is forwarded that nobody has verified');
    return found;
  };

  async function verify(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const verification = refusalOf(request) ?? (await verifyRequest(request, verifiers));
    if (verification instanceof Problem) {
      sendProblem(reply, verification);
      return;
    }
    verified.set(request, { verification, end: endOf(reply, PROXY_MAX_DURATION_S * 1_000) });
    liftArrivalLimit(request.raw);
    // Until the next request on this connection: a stream may be silent for longer than other answers.
    request.raw.socket.setTimeout(PROXY_MAX_DURATION_S * 1_000);
  }

  return {
    prefix,
    upstream,
    preHandler: (request, reply, done) => {
      verify(request, reply).then(() => {
        if (!reply.sent) done();
      }, done);
    },
    config: { policy: 'key-holder', isProxied: true },
    // Not the defaults of the library: it would neither check certificates nor know when a caller has gone.
    undici: connections,
    destroyAgent: true,
    // Paths are many, and may be secrets: none is remembered, none is logged.
    disableCache: true,
    disableRequestLogging: true,
    replyOptions: {
      rewriteRequestHeaders: (request, headers) => {
        const { verification, end } = verifiedOf(request);
        return connections.mark(requestHeaders(request as FastifyRequest, verification, headers), end);
      },
      rewriteHeaders: (headers, request) => ({
        ...answerHeaders(headers),
        ...warningFor(verifiedOf(request).verification),
      }),
      // Once, where a service has closed a connection that we were about to use. Its 503 is for the caller.
      retryDelay: ({ err, req, attempt }) => (attempt === 0 && isRepeatable(err, req) ? 1 : null),
      onError: (reply, { error }) => {
        // The caller has gone.
        if (reply.raw.destroyed) return;
        const problem = isTimeout(error) ? TOO_LATE : UNREACHABLE;
        logger.warn('A service gave no answer', { route: prefix, err: error.cause ?? error });
        sendProblem(reply as FastifyReply, problem);
      },
    },
  };
}

function refusalOf({ method, headers }: FastifyRequest): Problem | undefined {
  if (/(?:^|,)\s*websocket\s*(?:,|$)/i.test(headers.upgrade ?? '')) return NO_WEBSOCKET;
  if ((method === 'GET' || method === 'HEAD') && hasBody(headers)) return NO_BODY;
  return undefined;
}

function warningFor({ expiresAt }: ValidVerification): Record<string, string> {
  const warning = expiryWarning(expiresAt);
  return warning === undefined ? {} : { 'x-api-key-expires-at': warning };
}
