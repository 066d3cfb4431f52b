import type { CredentialKind } from './settings.js';

/** What every method takes last. */
export interface CallOptions {
  /** Ends the call with an `AbortedError`. */
  signal?: AbortSignal | undefined;
  /** Milliseconds that this call may take, retries included. */
  timeoutMs?: number | undefined;
  maxRetries?: number | undefined;
  /** Instead of a random one. Up to 128 letters, digits, and `. _ : -`. */
  requestId?: string | undefined;
}

export type QueryValue = string | number | boolean | Date | null | undefined;
export type Query = Readonly<Record<string, QueryValue>>;

/** One question to the gateway, before anything is decided about how it travels. */
export interface Call extends CallOptions {
  method: string;
  /** Begins with a slash. */
  path: string;
  query?: Query | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON. */
  json?: unknown;
  body?: string | Uint8Array<ArrayBuffer> | undefined;
  /** undefined: the call needs none, and none is sent. */
  credential: CredentialKind | undefined;
  /** Whether it may be sent again when the first sending may have had its effect. By method unless told. */
  isRepeatable?: boolean | undefined;
  /** What a success has to look like; anything else was sent by somebody who is not the gateway. */
  expects: 'json' | 'no content' | 'anything';
}

export interface Answer<T> {
  /** Parsed when it is JSON, else text; undefined when there is no body. */
  data: T;
  status: number;
  requestId: string;
  headers: { get(name: string): string | null };
}

/** Methods whose second execution changes nothing. */
const REPEATABLE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

export function isRepeatable({ method, isRepeatable }: Call): boolean {
  return isRepeatable ?? REPEATABLE_METHODS.has(method);
}
