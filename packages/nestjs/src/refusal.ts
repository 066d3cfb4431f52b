export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
}

/** How a request is answered that does not get through: RFC 9457, with the challenge of RFC 6750. */
export interface Refusal {
  status: 401 | 403 | 503;
  headers: Readonly<Record<string, string>>;
  body: ProblemBody;
}

const REALM = 'Bearer realm="traylinx"';

const PROBLEMS = {
  api_key_missing: [401, 'An API key is needed', 'Send the key as "Authorization: Bearer <key>".'],
  api_key_malformed: [
    401,
    'The credential is not an API key',
    'A key begins with tlx_ and has 53 characters; this one is cut, mistyped or something else.',
  ],
  api_key_unknown: [
    401,
    'The API key does not exist',
    'The key is well formed, but no such key was ever created.',
  ],
  api_key_expired: [401, 'The API key has expired', 'Ask an admin of the project for a new key.'],
  api_key_deleted: [401, 'The API key has been deleted', 'An admin has deleted this key. Ask for a new one.'],
  ambiguous: [401, 'The credential is not an API key', 'There is more than one Authorization header.'],
  wrong_project: [
    403,
    'The API key belongs to another project',
    'The key is good, but not for this project.',
  ],
  unavailable: [
    503,
    'It cannot be known or done at the moment',
    'Whether the key is good cannot be known at the moment. Try again; nothing is known against the key.',
  ],
} as const satisfies Record<string, readonly [status: Refusal['status'], title: string, detail: string]>;

/** @param retryAfterMs what the gateway wants; a second unless it says */
export function refusal(reason: keyof typeof PROBLEMS, retryAfterMs: number | null = null): Refusal {
  const [status, title, detail] = PROBLEMS[reason];
  const code = reason === 'ambiguous' ? 'api_key_malformed' : reason;
  const body = { type: `urn:traylinx:problem:${code}`, title, status, detail, code };
  const headers = {
    'content-type': 'application/problem+json; charset=utf-8',
    'cache-control': 'no-store',
    ...(status === 401 ? { 'www-authenticate': challenge(code, detail) } : {}),
    ...(status === 503 ? { 'retry-after': String(Math.max(1, Math.ceil((retryAfterMs ?? 0) / 1_000))) } : {}),
  };
  return { status, headers, body };
}

function challenge(code: string, detail: string): string {
  if (code === 'api_key_missing') return REALM;
  return `${REALM}, error="invalid_token", error_description="${detail}"`;
}
