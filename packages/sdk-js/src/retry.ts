/** Milliseconds before the first retry, on average three quarters of it; doubled each time. */
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 8_000;

/**
 * Milliseconds to wait before a retry. The gateway's own wish counts when it has one, with up to a quarter more, so that
 * those who were refused together do not come back together.
 *
 * @param retry 0 for the first one
 * @param random from 0 to 1
 */
export function retryDelayMs(retry: number, retryAfterMs: number | null, random: number): number {
  if (retryAfterMs !== null) return retryAfterMs * (1 + random / 4);
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** retry) * (0.5 + random / 2);
}

/**
 * Milliseconds, from `Retry-After`: seconds or a date. A date is compared with the answer's own `Date`, as the clock here
 * may be wrong.
 */
export function parseRetryAfter(value: string | null, date: string | null, nowMs: number): number | null {
  const text = value?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  // Date.parse would make a date of almost anything.
  const at = /^[A-Z][a-z]{2}, \d/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at)) return null;
  const sentAt = Date.parse(date ?? '');
  return Math.max(0, at - (Number.isNaN(sentAt) ? nowMs : sentAt));
}

export function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}
