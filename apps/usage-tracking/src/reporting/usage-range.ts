import { DEFAULT_USAGE_RANGE_DAYS, DomainError, MAX_USAGE_HOURS, MAX_USAGE_RANGE_DAYS } from '#contracts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

interface Asked {
  from?: string | undefined;
  to?: string | undefined;
}

interface Kept {
  dailyDays: number;
  hourlyDays: number;
}

/** Starts of days or hours, in milliseconds since 1970: from the first one, before the end. Empty when they are equal. */
export interface Span {
  first: number;
  end: number;
}

/**
 * Which days and hours an answer has. The ones that are no longer kept are left out: 0 would be a lie about them.
 *
 * @throws DomainError INVALID_REQUEST when nothing lies in the range, or too much.
 */
export function usageRange({ from, to }: Asked, now: number, kept: Kept): { days: Span; hours: Span } {
  const end = Math.min(to === undefined ? now : Date.parse(to), now);
  const today = floor(now, DAY_MS);
  const begin =
    from === undefined ? floor(end, DAY_MS) - (DEFAULT_USAGE_RANGE_DAYS - 1) * DAY_MS : Date.parse(from);
  if (begin >= end) throw refusal('from must be before to, and not in the future');
  if (end - begin > MAX_USAGE_RANGE_DAYS * DAY_MS) {
    throw refusal(`from must be at most ${String(MAX_USAGE_RANGE_DAYS)} days before to`);
  }
  const endOfHours = ceil(end, HOUR_MS);
  return {
    days: span(Math.max(floor(begin, DAY_MS), today - kept.dailyDays * DAY_MS), ceil(end, DAY_MS)),
    hours: span(
      Math.max(
        floor(begin, HOUR_MS),
        endOfHours - MAX_USAGE_HOURS * HOUR_MS,
        floor(now, HOUR_MS) - kept.hourlyDays * DAY_MS,
      ),
      endOfHours,
    ),
  };
}

/** Every step of the span, with 0 where nothing was counted. @param uses by the start of the step */
export function fill<T>(
  { first, end }: Span,
  stepMs: number,
  uses: ReadonlyMap<number, number>,
  item: (start: Date, uses: number) => T,
): T[] {
  return Array.from({ length: (end - first) / stepMs }, (_, index) => {
    const start = first + index * stepMs;
    return item(new Date(start), uses.get(start) ?? 0);
  });
}

function span(first: number, end: number): Span {
  return { first, end: Math.max(first, end) };
}

const floor = (time: number, unitMs: number): number => Math.floor(time / unitMs) * unitMs;
const ceil = (time: number, unitMs: number): number => Math.ceil(time / unitMs) * unitMs;

function refusal(message: string): DomainError {
  return new DomainError('INVALID_REQUEST', 'There is no such time to report.', [
    { pointer: '/from', message },
  ]);
}
