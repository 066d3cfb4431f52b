import { requestIdFrom } from '#observability';
import type { Socket } from 'node:net';
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { Problem, PROBLEM_MEDIA_TYPE, type ProblemCode } from './problem.js';

const PROBLEM_OF_PARSER: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/** `Expect: 100-continue` is met by Node; any other one never becomes a request, and Node's own answer has no body. */
export function answerExpectation(request: IncomingMessage, response: ServerResponse): void {
  const requestId = requestIdFrom(request.headers['x-request-id']);
  const problem = new Problem('expectation_failed');
  response.writeHead(problem.status, {
    'content-type': PROBLEM_MEDIA_TYPE,
    'x-request-id': requestId,
    'cache-control': 'no-store',
  });
  response.end(problem.toBody({ path: '', requestId }));
}

/** Answers what is so broken that it never became a request, and closes the connection. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const requestId = requestIdFrom(undefined);
  const problem = new Problem(PROBLEM_OF_PARSER[error.code ?? ''] ?? 'invalid_request');
  const body = problem.toBody({ path: '', requestId });
  socket.end(
    [
      `HTTP/1.1 ${String(problem.status)} ${STATUS_CODES[problem.status] ?? ''}`,
      `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
      `Content-Length: ${String(Buffer.byteLength(body))}`,
      `X-Request-Id: ${requestId}`,
      'Cache-Control: no-store',
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
