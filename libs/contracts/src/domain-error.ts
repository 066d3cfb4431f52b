/**
 * Every "no" that crosses the bus, as a code that programs branch on. The gateway maps each to an HTTP status
 * in one place (`apps/gateway/src/problem.filter.ts`); nothing else may know about HTTP.
 */
export const ERROR_CODES = [
  'INVALID_REQUEST',
  'PROJECT_NOT_FOUND',
  'PROJECT_NOT_EMPTY',
  'API_KEY_NOT_FOUND',
  'ALREADY_REPLACED',
  'LIMIT_REACHED',
  /** The creation was done before, with another key hash. */
  'IDEMPOTENCY_KEY_REUSED',
  /** The same, and something else was asked for then. */
  'IDEMPOTENCY_KEY_MISMATCH',
  /** We cannot know or could not do it now; asking again may help. */
  'UNAVAILABLE',
  /** A defect of ours. What happened is in the log, never in the answer. */
  'INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** One refused field of a request. `pointer` is a JSON pointer into the request (`/note`). */
export interface FieldError {
  pointer: string;
  message: string;
}

interface DomainErrorOptions extends ErrorOptions {
  /** The API key that it is about, where the caller does not know that. */
  keyId?: string;
}

/** An expected failure. `detail` is written for the caller: no secret, host, SQL or stack may be in it. */
export class DomainError extends Error {
  readonly keyId: string | undefined;

  constructor(
    readonly code: ErrorCode,
    readonly detail?: string,
    readonly fieldErrors: readonly FieldError[] = [],
    { keyId, ...options }: DomainErrorOptions = {},
  ) {
    super(detail === undefined ? code : `${code}: ${detail}`, options);
    this.name = 'DomainError';
    this.keyId = keyId;
  }
}
