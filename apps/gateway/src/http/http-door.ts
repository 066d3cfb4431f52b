import type { HttpConnections, HttpDoor } from '#messaging';
import { requestIdFrom } from '#observability';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyHttpOptions, FastifyInstance } from 'fastify';
import {
  createServer,
  type IncomingMessage,
  METHODS,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { registerConsole } from '../console/console.routes.js';
import { ForwardAuth } from '../forward-auth/forward-auth.js';
import { registerForwardAuth } from '../forward-auth/forward-auth.routes.js';
import type { GatewayConfig } from '../gateway.config.js';
import { speakJsonApi } from '../json-api/json-api.js';
import { FailedVerifications } from '../limits/failed-verifications.js';
import { sendProblem } from '../problem.filter.js';
import { registerProxy } from '../proxy/proxy.routes.js';
import { ApiKeyVerifier } from '../verification/api-key-verifier.js';
import { addAnswerHeaders, securityHeaders } from './answer-headers.js';
import { limitArrival } from './arrival-limit.js';
import { answerClientError, answerExpectation } from './client-error.js';
import { keepContexts } from './contexts.js';
import { hasBody } from './has-body.js';
import { HOST_MISSING, Problem } from './problem.js';
import { reportRequests } from './request-report.js';
import { RouteTable } from './route-table.js';
import { trustedProxies } from './source-ip.js';

/** A proxy in front keeps connections for a minute; if we closed first, a request would now and then be lost. */
const KEEP_ALIVE_MS = 75_000;

/** The HTTP side of the gateway: limits of what comes in, and what every answer carries, whatever the route. */
export function httpDoor({ config }: { config: GatewayConfig }): HttpDoor {
  /** Known before the server listens. */
  let connections: HttpConnections | undefined;
  let forwardAuth: ForwardAuth | undefined;
  const options = fastifyOptions(config);
  const headers = securityHeaders(config);
  const isProxying = config.GATEWAY_ROUTES !== undefined;
  options.serverFactory = (passToFastify) =>
    openServer(options, (request, response) => {
      // Where requests are proxied, only `limitArrival` sees to it that a body arrives in time.
      const isFast = !isProxying || !hasBody(request.headers);
      if (isFast && forwardAuth?.isFor(request)) void forwardAuth.serve(request, response);
      else passToFastify(request, response);
    });
  options.clientErrorHandler = (error, socket) => {
    if (connections !== undefined) answerClientError(error, socket, { connections, headers });
  };
  return {
    adapter: new FastifyAdapter(options),
    host: config.HOST,
    port: config.PORT,
    configure: async (app: NestFastifyApplication, opened: HttpConnections) => {
      connections = opened;
      const fastify = app.getHttpAdapter().getInstance();
      app.get(RouteTable).watch(fastify);
      addAnswerHeaders(fastify, config);
      if (isProxying) limitArrival(fastify, config.REQUEST_TIMEOUT_MS);
      addChecks(fastify, config);
      keepContexts(fastify);
      reportRequests(fastify);
      speakJsonApi(fastify);
      // Only JSON is read.
      fastify.removeContentTypeParser('text/plain');
      allowEveryMethod(fastify);
      fastify.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
        answerExpectation(request, response, headers);
      });
      const hotPath = app.get(ForwardAuth);
      registerForwardAuth(fastify, hotPath);
      forwardAuth = hotPath;
      const verifiers = { verifier: app.get(ApiKeyVerifier), failures: app.get(FailedVerifications) };
      registerProxy(fastify, verifiers, config);
      await registerConsole(fastify, { sentinelPassUrl: config.SENTINEL_PASS_URL });
    },
  };
}

export function fastifyOptions(config: GatewayConfig): FastifyHttpOptions<Server> {
  return {
    bodyLimit: config.MAX_BODY_BYTES,
    requestTimeout: longestArrivalMs(config),
    connectionTimeout: config.STALL_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: {
      maxHeaderSize: config.MAX_HEADER_BYTES,
      headersTimeout: config.REQUEST_TIMEOUT_MS,
      // Node looks for late requests only every 30 s of itself.
      connectionsCheckingInterval: Math.ceil(config.REQUEST_TIMEOUT_MS / 4),
      // Node's own refusal has no body; ours is in the hook.
      requireHostHeader: false,
    },
    genReqId: ({ headers }) => requestIdFrom(headers['x-request-id']),
    trustProxy: trustedProxies(config.TRUSTED_PROXIES),
    // The target as a whole has a limit; an id that is too long is refused like any other that is none.
    routerOptions: { maxParamLength: config.MAX_URL_CHARACTERS },
    // What the router cannot read passes no hook: Fastify's own answer would quote it, with no request id.
    frameworkErrors: (_error, request, reply) => {
      void reply.headers({ ...securityHeaders(config), 'x-request-id': request.id });
      sendProblem(reply, new Problem('invalid_request', { detail: 'The path is not valid.' }));
    },
    // Validation refuses these names by name, like any field that is not declared.
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
  };
}

/** What is proxied may arrive for as long as it may last; the rest is limited by {@link limitArrival} then. */
function longestArrivalMs(config: GatewayConfig): number {
  const { GATEWAY_ROUTES, PROXY_MAX_DURATION_S, REQUEST_TIMEOUT_MS } = config;
  const proxiedMs = GATEWAY_ROUTES === undefined ? 0 : PROXY_MAX_DURATION_S * 1_000;
  return proxiedMs + REQUEST_TIMEOUT_MS;
}

/** As Fastify opens one by itself. */
function openServer(options: FastifyHttpOptions<Server>, handle: RequestListener): Server {
  const server = createServer(options.http ?? {}, handle);
  server.keepAliveTimeout = options.keepAliveTimeout ?? KEEP_ALIVE_MS;
  server.requestTimeout = options.requestTimeout ?? 0;
  server.setTimeout(options.connectionTimeout);
  return server;
}

function addChecks(fastify: FastifyInstance, config: GatewayConfig): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.url.length > config.MAX_URL_CHARACTERS) {
      sendProblem(reply, new Problem('url_too_long'));
      return;
    }
    if (request.headers.host === undefined && request.raw.httpVersion !== '1.0') {
      sendProblem(reply, HOST_MISSING);
      return;
    }
    // Many clients announce JSON with every request; Fastify would read nothing as broken JSON.
    if (request.method === 'DELETE' && !hasBody(request.headers)) delete request.headers['content-type'];
    done();
  });
}

/** Forward-auth is asked with whatever method the proxied request has. */
function allowEveryMethod(fastify: FastifyInstance): void {
  for (const method of METHODS) {
    if (method !== 'CONNECT' && !fastify.supportedMethods.includes(method)) fastify.addHttpMethod(method);
  }
}
