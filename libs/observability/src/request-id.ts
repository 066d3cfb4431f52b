import { randomUUID } from 'node:crypto';

/** What may travel in a header and be searched for in a log: no white space, no quotes, no line breaks. */
const SANE_REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** The caller's `x-request-id` when it is sane, else a new UUID. */
export function requestIdFrom(inbound: unknown): string {
  return typeof inbound === 'string' && SANE_REQUEST_ID.test(inbound) ? inbound : randomUUID();
}
