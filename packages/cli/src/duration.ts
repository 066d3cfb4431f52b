import { CommandError } from './exit-codes.js';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: MINUTE_MS,
  h: 60 * MINUTE_MS,
  d: DAY_MS,
  w: 7 * DAY_MS,
  y: 365 * DAY_MS,
};

/** `90m`, `12h`, `30d`, `2w`, `1y` in milliseconds. @throws CommandError */
export function parseDuration(text: string, option: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhdwy])$/.exec(text.trim()) ?? [];
  const unitMs = UNITS[unit];
  if (count !== undefined && unitMs !== undefined) return Number(count) * unitMs;
  throw new CommandError(`${option} takes a number with s, m, h, d, w or y: 12h, 30d, 2w. Not "${text}".`);
}

/** Whole days, for filters that count in days. @throws CommandError */
export function parseDays(text: string, option: string): number {
  const ms = parseDuration(text, option);
  if (ms > 0 && ms % DAY_MS === 0) return ms / DAY_MS;
  throw new CommandError(`${option} takes whole days or weeks: 30d, 2w. Not "${text}".`);
}

/** A duration from now, a day (its beginning, here), or a moment with its offset. @throws CommandError */
export function parseExpiry(text: string, now: Date): Date {
  const trimmed = text.trim();
  const at = momentOf(trimmed) ?? new Date(now.getTime() + parseDuration(trimmed, '--expires'));
  if (at.getTime() > now.getTime()) return at;
  throw new CommandError(`--expires ${trimmed} is in the past.`);
}

function momentOf(text: string): Date | undefined {
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (year !== undefined) {
    const date = new Date(Number(year), Number(month) - 1, Number(day));
    // The 31st of February would be in March.
    if (date.getDate() === Number(day)) return date;
  } else if (/T.*(Z|[+-]\d\d:\d\d)$/i.test(text) && !Number.isNaN(Date.parse(text))) {
    return new Date(text);
  }
  throw new CommandError(
    `--expires takes 30d, 2030-01-31, or 2030-01-31T12:00:00Z with its offset. Not "${text}".`,
  );
}

/** `3 days ago`, `in 2 hours`, for people. */
export function relative(timestamp: string, now: Date): string {
  const ms = Date.parse(timestamp) - now.getTime();
  const size = Math.abs(ms);
  const [count, unit] =
    size < 2 * MINUTE_MS
      ? [Math.floor(size / 1_000), 's']
      : size < 120 * MINUTE_MS
        ? [Math.floor(size / MINUTE_MS), 'min']
        : size < 2 * DAY_MS
          ? [Math.floor(size / (60 * MINUTE_MS)), 'h']
          : [Math.round(size / DAY_MS), 'days'];
  return ms < 0 ? `${count} ${unit} ago` : `in ${count} ${unit}`;
}
