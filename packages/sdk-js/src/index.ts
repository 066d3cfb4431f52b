export { Traylinx, type RequestOptions } from './traylinx.js';
export type { ApiKeys, CreateOptions } from './api-keys.js';
export type { AuditEvents } from './audit-events.js';
export type { Answer, CallOptions, Query, QueryValue } from './call.js';
export type { Fetch, FetchInit, FetchResponse } from './fetch.js';
export type { Paged } from './paged.js';
export type { Projects } from './projects.js';
export type { CredentialKind, ExpiryWarning, TraylinxOptions } from './settings.js';
export {
  AbortedError,
  ApiError,
  type ApiErrorDetails,
  AuthenticationError,
  ConfigurationError,
  ConflictError,
  ConnectionError,
  type ConnectionFailure,
  type FieldError,
  InvalidRequestError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  ServerError,
  TimeoutError,
  TraylinxError,
  UnavailableError,
  UnexpectedAnswerError,
} from './errors.js';
export type {
  Admin,
  ApiKey,
  ApiKeyFilters,
  ApiKeyUsage,
  AuditEvent,
  AuditFilters,
  BatchVerification,
  CreatedApiKey,
  DeletedApiKey,
  Identity,
  KeyOwner,
  NewApiKey,
  Open,
  PageOptions,
  Project,
  RefusedVerification,
  Timestamp,
  UnknownVerification,
  UsageSummary,
  ValidVerification,
  Verdict,
  Verification,
} from './types.js';
export { VERSION } from './version.js';
