import type { ServerResponse } from 'node:http';
import { type Problem, PROBLEM_MEDIA_TYPE } from './problem.js';

/** Answers without Fastify. */
export function writeProblem(
  response: ServerResponse,
  problem: Problem,
  {
    path,
    requestId,
    headers,
  }: { path: string; requestId: string; headers?: Readonly<Record<string, string>> },
): void {
  const body = problem.toBody({ path, requestId });
  response.writeHead(problem.status, {
    ...headers,
    ...problem.headers,
    'content-type': PROBLEM_MEDIA_TYPE,
    'content-length': Buffer.byteLength(body),
    'x-request-id': requestId,
    'cache-control': 'no-store',
  });
  response.end(body);
}
