import { ViewColumn, ViewEntity } from 'typeorm';

/** `bigint` arrives as text. Exact up to 2^53. */
const count = { to: (value: number): string => String(value), from: (text: string): number => Number(text) };

/** Published by usage-tracking: one row for each key that was ever used. Cheap for all keys of a project. */
@ViewEntity({ schema: 'usage_tracking', name: 'api_key_usage', synchronize: false })
export class ApiKeyUsageView {
  @ViewColumn({ name: 'key_id' })
  keyId!: string;

  @ViewColumn({ name: 'last_used_at' })
  lastUsedAt!: Date;
}

/** Published by usage-tracking: the same rows, with counts that are worth reading for a page of keys only. */
@ViewEntity({ schema: 'usage_tracking', name: 'api_key_use_counts', synchronize: false })
export class ApiKeyUseCountsView {
  @ViewColumn({ name: 'key_id' })
  keyId!: string;

  @ViewColumn({ name: 'last_used_at' })
  lastUsedAt!: Date;

  @ViewColumn({ name: 'last_24_hours', transformer: count })
  last24h!: number;

  @ViewColumn({ name: 'last_7_days', transformer: count })
  last7d!: number;

  @ViewColumn({ name: 'last_30_days', transformer: count })
  last30d!: number;
}

/** Published by usage-tracking: exactly one row. */
@ViewEntity({ schema: 'usage_tracking', name: 'usage_completeness', synchronize: false })
export class UsageCompletenessView {
  /** All uses before this moment have been counted; null until a gateway has reported. */
  @ViewColumn({ name: 'as_of' })
  asOf!: Date | null;

  /** Between these, uses may be missing: the latest such gap; null when there is none. */
  @ViewColumn({ name: 'gap_from' })
  gapFrom!: Date | null;

  @ViewColumn({ name: 'gap_to' })
  gapTo!: Date | null;
}
