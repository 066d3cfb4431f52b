import { Problem, type ProblemCode, RETRY_AFTER } from '../http/problem.js';
import type { KeyVerification } from './api-key-verifier.js';

type Refusal = Exclude<KeyVerification['outcome'], 'VALID'>;

const REALM = 'Bearer realm="traylinx"';

const REFUSALS: Record<Refusal, { code: ProblemCode; detail: string }> = {
  MALFORMED: {
    code: 'api_key_malformed',
    detail: 'A key begins with tlx_ and has 53 characters; this one is cut, mistyped or something else.',
  },
  UNKNOWN: {
    code: 'api_key_unknown',
    detail: 'The key is well formed, but no such key was ever created here.',
  },
  EXPIRED: { code: 'api_key_expired', detail: 'Ask an admin of the project for a new key.' },
  DELETED: { code: 'api_key_deleted', detail: 'An admin has deleted this key. Ask for a new one.' },
  WRONG_PROJECT: {
    code: 'wrong_project',
    detail: 'The key is good, but not for the project that was asked for.',
  },
  UNAVAILABLE: {
    code: 'unavailable',
    detail:
      'Whether the key is good cannot be known at the moment. Try again; nothing is known against the key.',
  },
};

/** Each refusal is the same for everyone, so it is made once. */
const PROBLEM_OF_REFUSAL = Object.fromEntries(
  Object.entries(REFUSALS).map(([outcome, { code, detail }]) => [
    outcome,
    new Problem(code, { detail, headers: headersOf(code, detail) }),
  ]),
) as Record<Refusal, Problem>;

export const KEY_MISSING = new Problem('api_key_missing', {
  detail: 'Send the key as "Authorization: Bearer <key>".',
  headers: { 'www-authenticate': REALM },
});

export const TWO_CREDENTIALS = new Problem('api_key_malformed', {
  detail: 'There is more than one Authorization header.',
  headers: headersOf('api_key_malformed', 'There is more than one Authorization header.'),
});

/** Why a key was refused, or that it cannot be known, as the caller is told. */
export function keyProblem(refusal: Refusal): Problem {
  return PROBLEM_OF_REFUSAL[refusal];
}

/** RFC 6750: a challenge for 401 only. */
function headersOf(code: ProblemCode, detail: string): Record<string, string> {
  if (code === 'unavailable') return { ...RETRY_AFTER };
  if (code === 'wrong_project') return {};
  return { 'www-authenticate': `${REALM}, error="invalid_token", error_description="${detail}"` };
}
