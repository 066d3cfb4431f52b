import type { FieldError } from '#contracts';
import { redactText } from '#observability';

/** Every `code` of a problem that the gateway answers, with its HTTP status and title. The only such list. */
export const PROBLEMS = {
  invalid_request: [400, 'The request is not valid'],
  api_key_missing: [401, 'An API key is needed'],
  api_key_malformed: [401, 'The credential is not an API key'],
  api_key_unknown: [401, 'The API key does not exist'],
  api_key_expired: [401, 'The API key has expired'],
  api_key_deleted: [401, 'The API key has been deleted'],
  admin_credential_missing: [401, 'An admin credential is needed'],
  admin_credential_invalid: [401, 'The admin credential is not valid'],
  service_credential_invalid: [401, 'The service credential is not valid'],
  forbidden: [403, 'You may not do this'],
  wrong_project: [403, 'The API key belongs to another project'],
  project_not_found: [404, 'There is no such project'],
  api_key_not_found: [404, 'There is no such API key'],
  route_not_found: [404, 'There is no such route'],
  method_not_allowed: [405, 'The route does not have this method'],
  request_timeout: [408, 'The request did not arrive in time'],
  project_not_empty: [409, 'The project still has API keys'],
  idempotency_key_reused: [409, 'The API key was made before'],
  limit_reached: [409, 'The limit is reached'],
  already_replaced: [409, 'The API key has a replacement already'],
  body_too_large: [413, 'The body is too large'],
  url_too_long: [414, 'The URL is too long'],
  unsupported_media_type: [415, 'The body is not JSON'],
  expectation_failed: [417, 'The expectation cannot be met'],
  idempotency_key_mismatch: [422, 'The Idempotency-Key was used for another body'],
  too_many_requests: [429, 'There are too many requests'],
  headers_too_large: [431, 'The headers are too large'],
  internal: [500, 'Something went wrong on our side'],
  upstream_unreachable: [502, 'The service behind the gateway cannot be reached'],
  unavailable: [503, 'It cannot be known or done at the moment'],
  upstream_timeout: [504, 'The service behind the gateway takes too long'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemCode = keyof typeof PROBLEMS;

interface ProblemOptions {
  /** What the caller may do about it; no secret, host, SQL or stack. */
  detail?: string | undefined;
  errors?: readonly FieldError[];
  headers?: Readonly<Record<string, string>>;
  keyId?: string | undefined;
}

/** RFC 9457, and what programs need. */
export interface ProblemBody {
  /** `urn:traylinx:problem:` and the code. */
  type: string;
  /** What `code` means, for people. */
  title: string;
  status: number;
  /** What the caller may do about it. */
  detail?: string;
  /** The path that was asked for. */
  instance: string;
  /** For programs. There may be new ones. */
  code: string;
  /** The `X-Request-Id` of the answer. */
  requestId: string;
  /** What is wrong with the input, field by field. */
  errors?: readonly FieldError[];
  /** Of `idempotency_key_reused`: the API key that was made. @schema {"format": "uuid"} */
  keyId?: string;
}

/** An answer that is not a success, for whatever code of the gateway wants to give one. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly detail: string | undefined;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;
  readonly keyId: string | undefined;

  constructor(
    readonly code: ProblemCode,
    { detail, errors = [], headers = {}, keyId }: ProblemOptions = {},
  ) {
    super(detail ?? code);
    this.detail = detail;
    this.errors = errors;
    this.headers = headers;
    this.keyId = keyId;
  }

  get status(): number {
    return PROBLEMS[this.code][0];
  }

  get title(): string {
    return PROBLEMS[this.code][1];
  }

  /**
   * The `application/problem+json` body of RFC 9457. It quotes a path and names of unknown fields, in which people have
   * put keys: those do not come back, as such bodies end up in logs of callers and proxies.
   */
  toBody({ path, requestId }: { path: string; requestId: string }): string {
    const body: ProblemBody = {
      type: `urn:traylinx:problem:${this.code}`,
      title: this.title,
      status: this.status,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
      instance: path,
      code: this.code,
      requestId,
      ...(this.errors.length === 0 ? {} : { errors: this.errors }),
      ...(this.keyId === undefined ? {} : { keyId: this.keyId }),
    };
    return redactText(JSON.stringify(body));
  }
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';
/** Seconds after which asking again makes sense: reconnects take a fraction of it. */
export const RETRY_AFTER = { 'retry-after': '1' } as const;

export const HOST_MISSING = new Problem('invalid_request', { detail: 'The Host header is missing.' });
