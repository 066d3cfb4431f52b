import type { Count, Instant } from '../values.js';
import type { UsageVerdict } from './usage-verdict.js';

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
