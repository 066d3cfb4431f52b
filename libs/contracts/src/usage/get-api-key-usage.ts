import { request } from '../contract.js';
import { IsId, IsInstant, MayBeAbsent } from '../validators.js';
import type { Count, Instant } from '../values.js';
import { ApiKeyUsageSummary } from './api-key-usage-summary.js';

export class GetApiKeyUsageRequest {
  @IsId()
  projectId!: string;

  @IsId()
  keyId!: string;

  /** This moment and later. Absent: 90 days, the last one included. */
  @MayBeAbsent()
  @IsInstant()
  from?: string;

  /** Before this moment. Absent, or in the future: now. */
  @MayBeAbsent()
  @IsInstant()
  to?: string;
}

export class UsesOfDay {
  /** In UTC. @schema {"format": "date"} */
  date!: string;
  uses!: Count;
}

export class UsesOfHour {
  /** When it began. */
  hour!: Instant;
  uses!: Count;
}

/** Days and hours follow each other without a hole: one without a use is there, with 0; one that is no longer kept is not. */
export class ApiKeyUsage extends ApiKeyUsageSummary {
  /** Whole days, from that of `from` to that of `to`. */
  daily!: UsesOfDay[];
  /** Whole hours, of the last 7 days before `to`. */
  hourly!: UsesOfHour[];
  firstUsedAt!: Instant | null;
  lastUsedAt!: Instant | null;
  /** How often the key was presented after it had expired, and refused. */
  rejectedUses!: Count;
  firstRejectedAt!: Instant | null;
  lastRejectedAt!: Instant | null;
}

/** Fails with API_KEY_NOT_FOUND; with INVALID_REQUEST when the range is empty, or longer than `MAX_USAGE_RANGE_DAYS`. */
export const getApiKeyUsage = request('req.usage.v1.get', GetApiKeyUsageRequest, ApiKeyUsage);
