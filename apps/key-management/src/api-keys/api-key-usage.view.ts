import { ViewColumn, ViewEntity } from 'typeorm';

/** Published by usage-tracking: one row for each key that was ever used. */
@ViewEntity({ schema: 'usage_tracking', name: 'api_key_usage', synchronize: false })
export class ApiKeyUsageView {
  @ViewColumn({ name: 'key_id' })
  keyId!: string;

  @ViewColumn({ name: 'last_used_at' })
  lastUsedAt!: Date;
}

/** Published by usage-tracking: exactly one row. */
@ViewEntity({ schema: 'usage_tracking', name: 'usage_completeness', synchronize: false })
export class UsageCompletenessView {
  /** All uses before this moment have been counted; null until a gateway has reported. */
  @ViewColumn({ name: 'as_of' })
  asOf!: Date | null;
}
