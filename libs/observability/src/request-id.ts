import { randomUUID } from 'node:crypto';
import { redactText } from './redaction.js';

/** What may travel in a header and be searched for in a log: no white space, no quotes, no line breaks. */
const SANE_REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/**
 * The caller's `x-request-id` when it is sane, else a new UUID. It goes everywhere, the audit trail included: a secret
 * that was sent as one must not.
 */
export function requestIdFrom(inbound: unknown): string {
  return typeof inbound === 'string' && isSane(inbound) ? inbound : randomUUID();
}

function isSane(text: string): boolean {
  return SANE_REQUEST_ID.test(text) && redactText(text) === text;
}
