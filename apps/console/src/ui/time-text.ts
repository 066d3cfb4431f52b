const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** With how many of them it is said: what is due in 31 days is not due "in 2 months". */
const UNITS = [
  ['year', 365 * DAY_MS, 2],
  ['month', 30 * DAY_MS, 2],
  ['day', DAY_MS, 1],
  ['hour', HOUR_MS, 1],
  ['minute', MINUTE_MS, 1],
] as const;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'long' });

/** `2 minutes ago`, `in 3 days`; within a minute `just now`. */
export function relativeTime(iso: string, nowMs: number): string {
  const differenceMs = Date.parse(iso) - nowMs;
  for (const [unit, unitMs, least] of UNITS) {
    const units = differenceMs / unitMs;
    if (Math.abs(units) >= least) return relative.format(whole(units, unitMs), unit);
  }
  // The clocks of two machines may differ by as much.
  return 'just now';
}

function whole(units: number, unitMs: number): number {
  if (unitMs > DAY_MS) return Math.round(units);
  // A key that works for five days and an hour expires in 6 days: see `daysUntil`.
  return units > 0 ? Math.ceil(units) : Math.trunc(units);
}

/** With the weekday, to the second, and with the zone of the reader. */
export const exactTime = (iso: string): string => exact.format(Date.parse(iso));

/** Rounded up: a key that dies in an hour expires in 1 day. */
export function daysUntil(iso: string, nowMs: number): number {
  return Math.ceil((Date.parse(iso) - nowMs) / DAY_MS);
}

export function daysSince(iso: string, nowMs: number): number {
  return Math.floor((nowMs - Date.parse(iso)) / DAY_MS);
}

const number = new Intl.NumberFormat('en');
export const count = (value: number, one: string, many = `${one}s`): string =>
  `${number.format(value)} ${value === 1 ? one : many}`;
