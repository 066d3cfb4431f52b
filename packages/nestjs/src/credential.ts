/** The part of Node's request that is read: of two Authorization headers, `headers` would keep only the first. */
export interface RawRequest {
  readonly rawHeaders: readonly string[];
}

export type Credential =
  | { kind: 'missing' }
  /** More than one Authorization header: whatever is behind us might believe the other one. */
  | { kind: 'ambiguous' }
  | { kind: 'present'; token: string };

const BEARER = /^bearer(?:\s+(.*))?$/is;

/** The token of `Authorization: Bearer <token>`, trimmed. Another scheme counts as missing (RFC 6750 §3.1). */
export function credentialOf({ rawHeaders }: RawRequest): Credential {
  const values = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization',
  );
  const [value, other] = values;
  if (other !== undefined) return { kind: 'ambiguous' };
  const match = value === undefined ? null : BEARER.exec(value.trim());
  return match === null ? { kind: 'missing' } : { kind: 'present', token: (match[1] ?? '').trim() };
}
