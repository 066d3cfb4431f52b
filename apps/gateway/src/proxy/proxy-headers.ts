import type { FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { isOwnCookie } from '../sessions/cookies.js';
import type { ValidVerification } from '../verification/verifier.js';

/** Of one connection (RFC 9110 §7.6.1), and so not of the next one. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
];
/** What only we may say, or nobody: some services read `_` in a name as `-`. */
const CLAIMS = /^(?:authorization|forwarded|x-real-ip|x-forwarded-.*|x-auth-.*)$/;

/** What goes on to the service: what the caller has sent, and who it is instead of its key. */
export function requestHeaders(
  request: FastifyRequest,
  { keyId, projectId, expiresAt }: ValidVerification,
  received: IncomingHttpHeaders,
): IncomingHttpHeaders {
  const headers: IncomingHttpHeaders = {};
  for (const [name, value] of Object.entries(received)) {
    if (!CLAIMS.test(name.replaceAll('_', '-')) && !HOP_BY_HOP.includes(name)) headers[name] = value;
  }
  // Node has answered it.
  delete headers['expect'];
  if (request.method === 'GET' || request.method === 'HEAD') delete headers['content-length'];
  const cookies = withoutSessions(headers.cookie);
  if (cookies === undefined) delete headers.cookie;
  else headers.cookie = cookies;
  return {
    ...headers,
    'x-auth-project-id': projectId,
    'x-auth-key-id': keyId,
    'x-auth-key-expires-at': expiresAt ?? '',
    'x-request-id': request.id,
    // Of addresses, those that TRUSTED_PROXIES vouch for, and who has called them.
    'x-forwarded-for': (request.ips?.toReversed() ?? [request.ip]).join(', '),
    'x-forwarded-host': request.host,
    'x-forwarded-proto': request.protocol,
  };
}

/** A session of the console is nothing that services may see. */
function withoutSessions(cookie: string | undefined): string | undefined {
  const others = cookie
    ?.split(';')
    .map((part) => part.trim())
    .filter((part) => !isOwnCookie(part));
  return others === undefined || others.length === 0 ? undefined : others.join('; ');
}

/** What comes back from the service, without what only we may say. */
export function answerHeaders(received: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = (received.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const dropped = new Set([...HOP_BY_HOP, ...named, 'x-request-id', 'x-api-key-expires-at']);
  const headers = Object.fromEntries(Object.entries(received).filter(([name]) => !dropped.has(name)));
  const cookies = headers['set-cookie'];
  if (cookies === undefined) return headers;
  const others = [cookies].flat().filter((cookie) => !isOwnCookie(cookie.trim()));
  return { ...headers, 'set-cookie': others };
}
