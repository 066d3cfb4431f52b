import type { UsageVerdict } from './usage-verdict.js';

/** A time in which uses may have been lost, because a gateway fell silent without a goodbye. ISO 8601, UTC. */
export class UsageGap {
  /** Where the counts of that gateway end. */
  from!: string;
  /** When it was taken for dead. */
  to!: string;
}

/**
 * Is the key safe to delete? Each count includes the whole hour in which its period begins: 24 hours are up to 25, and never
 * fewer than 24.
 */
export class ApiKeyUsageSummary {
  verdict!: UsageVerdict;
  last24h!: number;
  last7d!: number;
  last30d!: number;
  /** All uses before this moment have been counted (ISO 8601). `null` until a gateway has reported for the first time. */
  asOf!: string | null;
  /** The latest time in which a use may be missing that would make the verdict another one; `null` when there is none. */
  gap!: UsageGap | null;
}
