import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, type Dispatcher } from 'undici';

/** A service on the same network answers a SYN in milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000;
/** On the headers of a request, which is all that @fastify/reply-from hands on: when the request has to end. */
const END = Symbol('end');

type MarkedHeaders = IncomingHttpHeaders & { [END]?: AbortSignal };

/**
 * Connections to the services of one route. They check certificates, and give up a request whose caller has gone or whose
 * time is over: @fastify/reply-from by itself does neither.
 */
export class UpstreamConnections {
  private readonly agent: Agent;

  constructor({ headersTimeoutMs }: { headersTimeoutMs: number }) {
    this.agent = new Agent({
      connect: { timeout: CONNECT_TIMEOUT_MS },
      headersTimeout: headersTimeoutMs,
      // A stream may be silent for a while; how long it may last in all is said by its end.
      bodyTimeout: 0,
    });
  }

  mark(headers: IncomingHttpHeaders, end: AbortSignal): MarkedHeaders {
    return Object.assign(headers, { [END]: end });
  }

  /** As @fastify/reply-from calls it. */
  readonly request = ((options: Dispatcher.RequestOptions, answer: (...args: unknown[]) => void) => {
    const { [END]: signal, ...headers } = options.headers as MarkedHeaders;
    this.agent.request({ ...options, headers, signal }, answer);
  }) as Dispatcher['request'];

  destroy(): Promise<void> {
    return this.agent.destroy();
  }
}

/** Aborted when the caller has gone, or `afterMs` from now. */
export function endOf(reply: FastifyReply, afterMs: number): AbortSignal {
  const end = new AbortController();
  const timer = setTimeout(() => {
    end.abort(new DOMException('The request has lasted too long.', 'TimeoutError'));
  }, afterMs);
  reply.raw.once('close', () => {
    clearTimeout(timer);
    end.abort();
  });
  return end.signal;
}

export function isTimeout({ cause }: Error): boolean {
  const { code, name } = (cause ?? {}) as { code?: string; name?: string };
  return code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_CONNECT_TIMEOUT' || name === 'TimeoutError';
}

/** Whether a connection was lost with a request on it that may be sent again. */
export function isRepeatable(
  error: Error | null | undefined,
  { method }: Pick<FastifyRequest, 'method'>,
): boolean {
  const { code } = (error ?? {}) as { code?: string };
  return code === 'UND_ERR_SOCKET' && ['GET', 'HEAD', 'OPTIONS'].includes(method);
}
