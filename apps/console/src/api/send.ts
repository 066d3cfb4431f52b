import { ApiError, errorOf } from './api-error.js';
import { session } from './session-store.js';

/** Longer than the gateway lets any request wait for its services; a deletion may wait for a broken Redis. */
const TIMEOUT_MS = 20_000;
export const DELETION_TIMEOUT_MS = 30_000;

export interface SendOptions {
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
}

/** The only place that talks to the gateway. @throws {ApiError} */
export async function send<T>(method: string, path: string, options: SendOptions = {}): Promise<T> {
  const response = await answerOf(method, path, options);
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const error = await errorOf(response);
  if (error.status === 401 && path !== '/v1/session') session.end();
  throw error;
}

async function answerOf(method: string, path: string, options: SendOptions): Promise<Response> {
  const { body, headers = {}, timeoutMs = TIMEOUT_MS, signal } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    return await fetch(path + queryOf(options.query), {
      method,
      credentials: 'same-origin',
      // What is shown is asked for each time; and nothing is kept on disk.
      cache: 'no-store',
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'GET' ? {} : session.csrfHeaders()),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
  } catch (error) {
    // Who has given up wants no message about it.
    if (signal?.aborted) throw error;
    throw noAnswer(timeout.aborted);
  }
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

function queryOf(query: SendOptions['query'] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
