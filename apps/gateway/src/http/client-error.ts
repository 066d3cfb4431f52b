import type { HttpConnections } from '#messaging';
import { requestIdFrom } from '#observability';
import type { Socket } from 'node:net';
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { SecurityHeaders } from './answer-headers.js';
import { Problem, PROBLEM_MEDIA_TYPE, type ProblemCode } from './problem.js';
import { writeProblem } from './write-problem.js';

const HEAD = 'HEAD ';

const PROBLEM_OF_PARSER: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/** `Expect: 100-continue` is met by Node; any other one never becomes a request, and Node's own answer has no body. */
export function answerExpectation(
  request: IncomingMessage,
  response: ServerResponse,
  headers: SecurityHeaders,
): void {
  const requestId = requestIdFrom(request.headers['x-request-id']);
  writeProblem(response, new Problem('expectation_failed'), { path: '', requestId, headers });
}

/** What Node's parser says of what it could not read. `rawPacket`: a Buffer of what has arrived last, if anything has. */
type ClientError = Error & { code?: string; rawPacket?: unknown };

interface Surroundings {
  connections: HttpConnections;
  headers: SecurityHeaders;
}

/**
 * Answers what is so broken that it never became a request, and closes the connection; but not before everything that was
 * asked on the connection earlier is answered, or the client would take our refusal for the answer to that.
 */
export function answerClientError(
  error: ClientError,
  socket: Socket,
  { connections, headers }: Surroundings,
): void {
  const latest = connections.latestResponseOn(socket);
  const refuse = (): void => {
    refuseAndClose(error, socket, headers);
  };
  if (latest === undefined) refuse();
  else if (latest.req.complete) {
    if (latest.writableFinished) refuse();
    else latest.once('close', refuse);
  }
  // The broken thing is the body of the latest request. It has been refused already, or its turn has come, or will.
  else if (latest.headersSent) socket.destroy();
  else if (latest.socket !== null) refuse();
  else latest.once('socket', refuse);
}

function refuseAndClose(error: ClientError, socket: Socket, headers: SecurityHeaders): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const requestId = requestIdFrom(undefined);
  const problem = new Problem(PROBLEM_OF_PARSER[error.code ?? ''] ?? 'invalid_request');
  const body = problem.toBody({ path: '', requestId });
  // A client that has sent HEAD takes a body for something that it has not asked for.
  const isHead = Buffer.isBuffer(error.rawPacket) && error.rawPacket.indexOf(HEAD) === 0;
  socket.end(
    [
      `HTTP/1.1 ${String(problem.status)} ${STATUS_CODES[problem.status] ?? ''}`,
      `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
      `Content-Length: ${String(Buffer.byteLength(body))}`,
      `X-Request-Id: ${requestId}`,
      'Cache-Control: no-store',
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      'Connection: close',
      '',
      isHead ? '' : body,
    ].join('\r\n'),
  );
}
