import type { Answer, Call } from './call.js';
import { type ApiError, errorClass, type FieldError, UnexpectedAnswerError } from './errors.js';
import type { FetchResponse } from './fetch.js';
import { parseRetryAfter } from './retry.js';

/** An answer with its body read. */
export interface Received {
  status: number;
  headers: FetchResponse['headers'];
  text: string;
  requestId: string;
}

const SHOWN_CHARACTERS = 300;

/** @throws UnexpectedAnswerError when it is not what the call asks for */
export function toAnswer<T>(received: Received, { expects }: Call): Answer<T> {
  const { status, headers, text, requestId } = received;
  if (status < 200 || status >= 300) throw redirected(received);
  if (expects === 'no content' && status !== 204) throw notTheGateway(received);
  const data = text === '' && expects !== 'json' ? undefined : parsed(received, expects === 'json');
  return { data: data as T, status, requestId, headers };
}

/** @param hide takes secrets out of a text */
export function toApiError(received: Received, hide: (text: string) => string): ApiError {
  const { status, headers, requestId } = received;
  const problem = problemOf(hide(received.text), contentType(received));
  const code = textOf(problem?.['code']);
  const detail = textOf(problem?.['detail']);
  const says = detail ?? textOf(problem?.['title']) ?? sayingNothing(received);
  const id = textOf(problem?.['requestId']) ?? requestId;
  const Class = errorClass(status);
  return new Class(`${says.slice(0, SHOWN_CHARACTERS)} [${code ?? `HTTP ${status}`}, request ${id}]`, {
    status,
    code,
    detail,
    requestId: id,
    errors: Array.isArray(problem?.['errors']) ? (problem['errors'] as FieldError[]) : [],
    retryAfterMs: parseRetryAfter(headers.get('retry-after'), headers.get('date'), Date.now()),
    problem,
  });
}

/** For answers whose shape matters: what is missing must not look like a value. */
export function unexpectedShape({ status, requestId }: Answer<unknown>, what: string): UnexpectedAnswerError {
  const message = `The answer is not ${what}. Is TRAYLINX_BASE_URL the address of the gateway? [request ${requestId}]`;
  return new UnexpectedAnswerError(message, status, requestId);
}

function parsed(received: Received, needsJson: boolean): unknown {
  const isJson = /\bjson\b/.test(contentType(received));
  if (!isJson && !needsJson) return received.text;
  try {
    if (isJson) return JSON.parse(received.text) as unknown;
  } catch {
    // Cut off, or no JSON in spite of its name.
  }
  throw notTheGateway(received);
}

function notTheGateway(received: Received): UnexpectedAnswerError {
  const { status, requestId } = received;
  const message =
    `Not the gateway has answered, but something that sends ${contentType(received) || 'nothing'} (HTTP ${status}): ` +
    `a proxy or a sign-in page? Check TRAYLINX_BASE_URL. [request ${requestId}]`;
  return new UnexpectedAnswerError(message, status, requestId);
}

function redirected({ status, headers, requestId }: Received): UnexpectedAnswerError {
  const target = headers.get('location') ?? '';
  const origin = /^https?:\/\/[^/?#@]+(?=[/?#]|$)/.exec(target)?.[0];
  const to = origin === undefined ? '' : ` to ${origin}`;
  const message =
    `The answer is a redirect${to} (HTTP ${status}), which is not followed, as it could take the credential elsewhere. ` +
    `Set TRAYLINX_BASE_URL to the address that answers itself. [request ${requestId}]`;
  return new UnexpectedAnswerError(message, status, requestId);
}

function problemOf(text: string, type: string): Record<string, unknown> | null {
  if (!/\bjson\b/.test(type)) return null;
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function sayingNothing(received: Received): string {
  const type = contentType(received);
  if (/\bjson\b/.test(type)) return `Refused with HTTP ${received.status}`;
  return (
    `Refused with HTTP ${received.status}, but not by the gateway (${type || 'no content'}): ` +
    'is there a proxy in between? Check TRAYLINX_BASE_URL'
  );
}

function contentType({ headers }: Received): string {
  return headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
