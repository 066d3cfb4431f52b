/** Everything that this package throws. `message` says what to do next, and never has a key or a token in it. */
export class TraylinxError extends Error {
  override readonly name: string = 'TraylinxError';
}

/** Found before anything was sent: a key, a token, an address or an argument that cannot be right. */
export class ConfigurationError extends TraylinxError {
  override readonly name: string = 'ConfigurationError';
}

export type ConnectionFailure = 'refused' | 'unknown_host' | 'tls' | 'lost' | 'timeout';

/** There was no answer. Whether a change has happened cannot be known, unless `reason` is `refused` or `unknown_host`. */
export class ConnectionError extends TraylinxError {
  override readonly name: string = 'ConnectionError';

  constructor(
    message: string,
    readonly reason: ConnectionFailure,
    /** What the request was called, for whoever reads the logs of the gateway. */
    readonly requestId: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** No answer within the time that the whole call had, its retries included. */
export class TimeoutError extends ConnectionError {
  override readonly name: string = 'TimeoutError';

  constructor(
    message: string,
    requestId: string,
    /** Milliseconds that the call had. */
    readonly timeoutMs: number,
    options?: ErrorOptions,
  ) {
    super(message, 'timeout', requestId, options);
  }
}

/** The caller's own `signal` ended the call; `cause` is the signal's reason. */
export class AbortedError extends TraylinxError {
  /** As `fetch` names it. */
  override readonly name: string = 'AbortError';
}

/** Somebody answered who is not the gateway: a proxy's page, a redirect, or JSON of another shape. */
export class UnexpectedAnswerError extends TraylinxError {
  override readonly name: string = 'UnexpectedAnswerError';

  constructor(
    message: string,
    readonly status: number,
    readonly requestId: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface FieldError {
  /** JSON pointer of the field: `/note`. */
  pointer: string;
  message: string;
}

export interface ApiErrorDetails {
  status: number;
  code: string | null;
  detail: string | null;
  requestId: string;
  errors: readonly FieldError[];
  retryAfterMs: number | null;
  problem: Readonly<Record<string, unknown>> | null;
}

/** The gateway (or a service behind it) has answered "no". */
export class ApiError extends TraylinxError {
  override readonly name: string = 'ApiError';
  /** HTTP status. */
  readonly status: number;
  /** Stable, for programs: `api_key_deleted`. null when the answer is no problem of the gateway. */
  readonly code: string | null;
  readonly detail: string | null;
  /** Of the answer: what to quote when you ask for help. */
  readonly requestId: string;
  /** What is wrong with which field. */
  readonly errors: readonly FieldError[];
  /** Milliseconds after which the gateway wants to be asked again. */
  readonly retryAfterMs: number | null;
  /** The whole `application/problem+json` body, or null. */
  readonly problem: Readonly<Record<string, unknown>> | null;

  constructor(message: string, details: ApiErrorDetails) {
    super(message);
    this.status = details.status;
    this.code = details.code;
    this.detail = details.detail;
    this.requestId = details.requestId;
    this.errors = details.errors;
    this.retryAfterMs = details.retryAfterMs;
    this.problem = details.problem;
  }
}

/** 400, 405, 413, 414, 415, 422, 431 and other 4xx: the request has to change. */
export class InvalidRequestError extends ApiError {
  override readonly name: string = 'InvalidRequestError';
}

/** 401. `code` is the reason: `api_key_missing`, `api_key_malformed`, `api_key_unknown`, `api_key_expired`, `api_key_deleted`, `admin_credential_missing`, `admin_credential_invalid`, `service_credential_invalid`. */
export class AuthenticationError extends ApiError {
  override readonly name: string = 'AuthenticationError';
}

/** 403: `forbidden`, `wrong_project`. */
export class PermissionDeniedError extends ApiError {
  override readonly name: string = 'PermissionDeniedError';
}

/** 404: it does not exist, or you may not see it. */
export class NotFoundError extends ApiError {
  override readonly name: string = 'NotFoundError';
}

/** 409: `project_not_empty`, `limit_reached`, `already_replaced`, `idempotency_key_reused`. */
export class ConflictError extends ApiError {
  override readonly name: string = 'ConflictError';
}

/** 429, after the retries. */
export class RateLimitError extends ApiError {
  override readonly name: string = 'RateLimitError';
}

/** 5xx, after the retries. */
export class ServerError extends ApiError {
  override readonly name: string = 'ServerError';
}

/** 503, after the retries: it cannot be known or done at the moment. Nothing is wrong with your credential. */
export class UnavailableError extends ServerError {
  override readonly name: string = 'UnavailableError';
}

/** @returns the class for an HTTP status of 400 or more */
export function errorClass(status: number): new (message: string, details: ApiErrorDetails) => ApiError {
  switch (status) {
    case 401:
      return AuthenticationError;
    case 403:
      return PermissionDeniedError;
    case 404:
      return NotFoundError;
    case 409:
      return ConflictError;
    case 429:
      return RateLimitError;
    case 503:
      return UnavailableError;
    default:
      return status >= 500 ? ServerError : InvalidRequestError;
  }
}
