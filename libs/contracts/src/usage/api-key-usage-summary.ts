import type { Count, Instant } from '../values.js';
import { couldChangeVerdict, usageVerdict, type UsageVerdict } from './usage-verdict.js';

/** A time in which uses may have been lost, because a gateway fell silent without a goodbye. */
export class UsageGap {
  /** Where the counts of that gateway end. */
  from!: Instant;
  /** When it was taken for dead. */
  to!: Instant;
}

/**
 * Is the key safe to delete? Each count includes the whole hour in which its period begins: 24 hours are up to 25, and never
 * fewer than 24.
 */
export class ApiKeyUsageSummary {
  verdict!: UsageVerdict;
  last24h!: Count;
  last7d!: Count;
  last30d!: Count;
  /** All uses before this moment have been counted. `null` until a gateway has reported for the first time. */
  asOf!: Instant | null;
  /** The latest time in which a use may be missing that would make the verdict another one; `null` when there is none. */
  gap!: UsageGap | null;
}

export interface UsageOfKey {
  createdAt: Date;
  lastUsedAt: Date | null;
  last24h: number;
  last7d: number;
  last30d: number;
}

/** Read before the counts, or it promises what they do not hold. */
export interface UsageCompleteness {
  asOf: Date | null;
  gapFrom: Date | null;
  gapTo: Date | null;
}

/** What services make of what usage-tracking publishes in the database. */
export function summarizeUsage(
  { last24h, last7d, last30d, ...life }: UsageOfKey,
  { asOf, gapFrom, gapTo }: UsageCompleteness,
  now: Date,
): ApiKeyUsageSummary {
  const hasGap = gapFrom !== null && gapTo !== null && couldChangeVerdict(gapTo, life, now);
  return {
    verdict: usageVerdict(life.lastUsedAt, now),
    last24h,
    last7d,
    last30d,
    asOf: asOf?.toISOString() ?? null,
    gap: hasGap ? { from: gapFrom.toISOString(), to: gapTo.toISOString() } : null,
  };
}
