import type { ApiKeyUsage } from '../../api/types.js';
import type { Bar } from '../../ui/bar-plot.js';
import { DAY_MS } from '../../ui/time-text.js';

const HOUR_MS = DAY_MS / 24;
const DAYS = 90;
const HOURS = 7 * 24;

const dayLabel = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' });
const hourLabel = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

/** A bar for each of the last 90 days, in UTC as they are counted; the gateway sends only those with uses. */
export function dailyBars({ daily }: ApiKeyUsage, nowMs: number): Bar[] {
  const uses = new Map(daily.map(({ date, uses: value }) => [date, value]));
  return Array.from({ length: DAYS }, (_, index) => {
    const day = new Date(nowMs - (DAYS - 1 - index) * DAY_MS);
    return { label: dayLabel.format(day), value: uses.get(day.toISOString().slice(0, 10)) ?? 0 };
  });
}

/** A bar for each of the last 168 hours, in the reader's zone: where are the low-traffic windows? */
export function hourlyBars({ hourly }: ApiKeyUsage, nowMs: number): Bar[] {
  const uses = new Map(hourly.map(({ hour, uses: value }) => [Date.parse(hour), value]));
  const thisHourMs = nowMs - (nowMs % HOUR_MS);
  return Array.from({ length: HOURS }, (_, index) => {
    const hourMs = thisHourMs - (HOURS - 1 - index) * HOUR_MS;
    return { label: hourLabel.format(hourMs), value: uses.get(hourMs) ?? 0 };
  });
}
