interface FieldProblem {
  /** JSON pointer of the field: `/note`. */
  pointer: string;
  message: string;
}

interface ApiErrorParts {
  status: number;
  code: string;
  message: string;
  requestId: string | null;
  fields?: readonly FieldProblem[];
}

/** An answer that is no success, or none at all: `status` 0, with the code `no_answer` or `timeout`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  readonly fields: readonly FieldProblem[];

  constructor({ status, code, message, requestId, fields = [] }: ApiErrorParts) {
    super(message);
    this.status = status;
    this.code = code;
    this.requestId = requestId;
    this.fields = fields;
  }

  /** Nothing is wrong with what was asked: asking again may help. */
  get isTemporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** @returns what to tell the reader; never a stack or the name of a class. */
export function messageOf(error: unknown): string {
  return error instanceof ApiError ? error.message : 'Something unexpected happened in this page.';
}

export function requestIdOf(error: unknown): string | null {
  return error instanceof ApiError ? error.requestId : null;
}

/** @returns what is wrong with a field of the request: its JSON pointer is `/note` */
export function fieldProblemOf(error: unknown, pointer: string): string | undefined {
  return error instanceof ApiError
    ? error.fields.find((field) => field.pointer === pointer)?.message
    : undefined;
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof ApiError && error.code === code;
}

interface ProblemBody {
  code?: string;
  title?: string;
  detail?: string;
  requestId?: string;
  errors?: FieldProblem[];
}

async function readJson(response: Response): Promise<ProblemBody> {
  try {
    return (await response.json()) as ProblemBody;
  } catch {
    return {};
  }
}

/** Reads `application/problem+json`; whatever else a proxy in between answers becomes an error of the same kind. */
export async function errorOf(response: Response): Promise<ApiError> {
  const requestId = response.headers.get('x-request-id');
  const isProblem = response.headers.get('content-type')?.includes('json') ?? false;
  const body = isProblem ? await readJson(response) : {};
  const statusText = `The server answered ${String(response.status)}.`;
  return new ApiError({
    status: response.status,
    code: body.code ?? 'unknown',
    message: body.detail ?? body.title ?? statusText,
    requestId: body.requestId ?? requestId,
    fields: body.errors ?? [],
  });
}
