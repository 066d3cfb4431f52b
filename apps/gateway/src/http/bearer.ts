import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.js';

export type BearerCredential =
  | { kind: 'missing' }
  /** More than one Authorization header: whatever is behind us might believe the other one. */
  | { kind: 'ambiguous' }
  | { kind: 'present'; token: string };

/** For routes that need not answer as forward-auth has to. */
export const AMBIGUOUS_CREDENTIAL = new Problem('invalid_request', {
  detail: 'There is more than one Authorization header.',
});

const AUTHORIZATION = 'authorization';
const BEARER = /^bearer(?:\s+(.*))?$/is;

/**
 * The token of `Authorization: Bearer <token>`, trimmed. Another scheme counts as missing (RFC 6750 §3.1).
 *
 * Reads the raw headers, because of two Authorization headers Node keeps only the first.
 */
export function bearerCredential({ rawHeaders }: IncomingMessage): BearerCredential {
  let value: string | undefined;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    if (name?.length !== AUTHORIZATION.length || name.toLowerCase() !== AUTHORIZATION) continue;
    if (value !== undefined) return { kind: 'ambiguous' };
    value = rawHeaders[i + 1];
  }
  const match = value === undefined ? null : BEARER.exec(value.trim());
  return match === null ? { kind: 'missing' } : { kind: 'present', token: (match[1] ?? '').trim() };
}
