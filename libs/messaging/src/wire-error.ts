import { DomainError, ERROR_CODES, type ErrorCode, type FieldError } from '#contracts';

/** How a failure looks in an answer: the `err` of Nest's wire format. */
export interface WireError {
  code: ErrorCode;
  detail?: string;
  fieldErrors?: readonly FieldError[];
  keyId?: string;
}

/** Only what was made for the caller crosses the bus: an unknown error becomes a bare `INTERNAL`. */
export function toWireError(error: unknown): WireError {
  if (!(error instanceof DomainError)) return { code: 'INTERNAL' };
  return {
    code: error.code,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    ...(error.fieldErrors.length === 0 ? {} : { fieldErrors: error.fieldErrors }),
    ...(error.keyId === undefined ? {} : { keyId: error.keyId }),
  };
}

/** A code that we do not know, of a newer service perhaps, is an `INTERNAL` here. */
export function fromWireError(wire: unknown): DomainError {
  if (!isRecord(wire) || !isErrorCode(wire['code'])) {
    return new DomainError('INTERNAL', undefined, [], { cause: wire });
  }
  const { code, detail, fieldErrors, keyId } = wire;
  return new DomainError(
    code,
    typeof detail === 'string' ? detail : undefined,
    Array.isArray(fieldErrors) ? fieldErrors.filter(isFieldError) : [],
    typeof keyId === 'string' ? { keyId } : {},
  );
}

function isErrorCode(code: unknown): code is ErrorCode {
  return (ERROR_CODES as readonly unknown[]).includes(code);
}

function isFieldError(value: unknown): value is FieldError {
  return isRecord(value) && typeof value['pointer'] === 'string' && typeof value['message'] === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
