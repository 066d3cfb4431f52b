import { type ApiKeysUsed, MAX_KEYS_PER_USAGE_MESSAGE } from '#contracts';

const HOUR_MS = 3_600_000;

/** The counting part of a usage message. */
export type UsageColumns = Pick<
  ApiKeysUsed,
  'hour' | 'keyIds' | 'counts' | 'firstOffsetsMs' | 'lastOffsetsMs'
>;

interface KeySum {
  count: number;
  /** Milliseconds after the start of the hour. */
  firstOffsetMs: number;
  lastOffsetMs: number;
}

/** Counts per key and hour. Takes as much memory as there are keys, however often they are used. */
export class UsageSums {
  /** By the start of the hour, in milliseconds since 1970. */
  private hours = new Map<number, Map<string, KeySum>>();
  private currentHour = Number.NEGATIVE_INFINITY;
  private current = new Map<string, KeySum>();

  get isEmpty(): boolean {
    return this.hours.size === 0;
  }

  /** @param at milliseconds since 1970. On the path of every request: no allocation for a key that is known. */
  add(keyId: string, at: number): void {
    let offsetMs = at - this.currentHour;
    if (!(offsetMs >= 0 && offsetMs < HOUR_MS)) {
      this.turnTo(at);
      offsetMs = at - this.currentHour;
    }
    const sum = this.current.get(keyId);
    if (sum === undefined) {
      this.current.set(keyId, { count: 1, firstOffsetMs: offsetMs, lastOffsetMs: offsetMs });
      return;
    }
    sum.count++;
    if (offsetMs > sum.lastOffsetMs) sum.lastOffsetMs = offsetMs;
    // The clock has been set back.
    else if (offsetMs < sum.firstOffsetMs) sum.firstOffsetMs = offsetMs;
  }

  /** Hands over what has been counted, as much of it together as a message may carry, and begins anew. */
  take(): UsageColumns[] {
    const taken = [...this.hours].flatMap(([hour, sums]) => toColumns(hour, [...sums]));
    this.hours = new Map();
    this.currentHour = Number.NEGATIVE_INFINITY;
    return taken;
  }

  private turnTo(at: number): void {
    this.currentHour = at - (at % HOUR_MS);
    this.current = this.hours.get(this.currentHour) ?? new Map<string, KeySum>();
    this.hours.set(this.currentHour, this.current);
  }
}

/** What a message says when nothing has happened. */
export function noUses(at: Date): UsageColumns {
  return columns(at.getTime() - (at.getTime() % HOUR_MS), []);
}

function toColumns(hour: number, sums: [string, KeySum][]): UsageColumns[] {
  const parts: UsageColumns[] = [];
  for (let start = 0; start < sums.length; start += MAX_KEYS_PER_USAGE_MESSAGE) {
    parts.push(columns(hour, sums.slice(start, start + MAX_KEYS_PER_USAGE_MESSAGE)));
  }
  return parts;
}

function columns(hour: number, sums: [string, KeySum][]): UsageColumns {
  return {
    hour: new Date(hour).toISOString(),
    keyIds: sums.map(([keyId]) => keyId),
    counts: sums.map(([, { count }]) => count),
    firstOffsetsMs: sums.map(([, { firstOffsetMs }]) => firstOffsetMs),
    lastOffsetsMs: sums.map(([, { lastOffsetMs }]) => lastOffsetMs),
  };
}
