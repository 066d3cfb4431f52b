import createClient from 'openapi-fetch';
import { ApiError, errorOf } from './api-error.js';
import type { paths } from './schema.js';
import { session } from './session-store.js';

/** Longer than the gateway lets any request wait for its services; a deletion may wait for a broken Redis. */
const TIMEOUT_MS = 20_000;
const DELETION_TIMEOUT_MS = 30_000;

/** The only way to the gateway: paths, parameters, bodies and answers are those of docs/openapi.json. */
export const client = createClient<paths>({
  credentials: 'same-origin',
  // What is shown is asked for each time; and nothing is kept on disk.
  cache: 'no-store',
  headers: { accept: 'application/json' },
  fetch: fetchInTime,
});

client.use({
  onRequest: ({ request }) => {
    if (request.method === 'GET') return;
    for (const [name, value] of Object.entries(session.csrfHeaders())) request.headers.set(name, value);
  },
  onResponse: async ({ response, schemaPath }) => {
    if (response.ok) return;
    const error = await errorOf(response);
    if (error.status === 401 && schemaPath !== '/v1/session') session.end();
    throw error;
  },
});

/**
 * @returns what a call of the client was answered with
 * @throws {ApiError} for every answer that is no success, and for none; whoever gives up gets the error of giving up
 */
export async function answerOf<T>(call: Promise<{ data?: T }>): Promise<T> {
  try {
    // A failure was thrown by then; and an answer without content is typed as undefined.
    return (await call).data as T;
  } catch (error) {
    if (error instanceof TypeError) throw noAnswer(false);
    if (error instanceof DOMException && error.name === 'TimeoutError') throw noAnswer(true);
    throw error;
  }
}

function fetchInTime(request: Request): Promise<Response> {
  const timeoutMs = request.method === 'DELETE' ? DELETION_TIMEOUT_MS : TIMEOUT_MS;
  return fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]) });
}

function noAnswer(isTimeout: boolean): ApiError {
  return new ApiError({
    status: 0,
    code: isTimeout ? 'timeout' : 'no_answer',
    message: isTimeout
      ? 'The server gave no answer in time.'
      : 'The server cannot be reached. Is this computer online?',
    requestId: null,
  });
}
