import { type ConnectionFailure, ConnectionError } from './errors.js';

const REASONS: readonly (readonly [RegExp, ConnectionFailure])[] = [
  [/^ECONNREFUSED$/, 'refused'],
  [/^(ENOTFOUND|EAI_AGAIN|EAI_NODATA|EAI_NONAME)$/, 'unknown_host'],
  [
    /^(CERT_|ERR_TLS|ERR_SSL|ERR_OSSL|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO|HOSTNAME_MISMATCH|INVALID_CA)/,
    'tls',
  ],
];

/** The request has certainly had no effect. */
export function neverArrived({ reason }: ConnectionError): boolean {
  return reason === 'refused' || reason === 'unknown_host' || reason === 'tls';
}

/** @param error what `fetch` has thrown */
export function toConnectionError(error: unknown, baseUrl: string, requestId: string): ConnectionError {
  const code = codeOf(error);
  if (isPortRefused(error)) {
    const message = `The port of ${new URL(baseUrl).host} is one that fetch never calls. Check TRAYLINX_BASE_URL.`;
    return new ConnectionError(message, 'refused', requestId, { cause: error });
  }
  const reason = REASONS.find(([pattern]) => pattern.test(code))?.[1] ?? 'lost';
  return new ConnectionError(messageFor(reason, code, baseUrl), reason, requestId, { cause: error });
}

function messageFor(reason: ConnectionFailure, code: string, baseUrl: string): string {
  const { host, protocol } = new URL(baseUrl);
  const because = code === '' ? '' : ` (${code})`;
  if (reason === 'refused') {
    return `Nothing listens at ${host}${because}. Is the gateway running, and TRAYLINX_BASE_URL its address?`;
  }
  if (reason === 'unknown_host') {
    return `There is no host ${host}${because}. Check TRAYLINX_BASE_URL, and whether this machine has a network.`;
  }
  if (reason === 'tls') {
    const advice = /WRONG_VERSION|EPROTO|PACKET_LENGTH/.test(code)
      ? `Does it speak plain http, rather than ${protocol.slice(0, -1)}?`
      : 'Check its certificate and the clock of this machine; name a private authority in NODE_EXTRA_CA_CERTS.';
    return `No secure connection to ${host}${because}. ${advice}`;
  }
  return `The connection to ${host} was lost before the answer${because}. Look before you repeat a change.`;
}

/** Of services that mean something else: https://fetch.spec.whatwg.org/#port-blocking. It has no code. */
function isPortRefused(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Error && error.cause.message === 'bad port';
}

/** `fetch failed` says nothing; what happened is in a cause, or in the first of several. */
function codeOf(error: unknown): string {
  for (let at = error, depth = 0; depth < 5 && typeof at === 'object' && at !== null; depth += 1) {
    const { code, cause, errors } = at as { code?: unknown; cause?: unknown; errors?: unknown };
    if (typeof code === 'string' && code !== '') return code;
    at = cause ?? (Array.isArray(errors) ? (errors as unknown[])[0] : undefined);
  }
  return '';
}
