import { ViewColumn, ViewEntity } from 'typeorm';

/** Published by usage-tracking: at most one row for each key and reason. */
@ViewEntity({ schema: 'usage_tracking', name: 'api_key_refusals', synchronize: false })
export class ApiKeyRefusalsView {
  @ViewColumn({ name: 'key_id' })
  keyId!: string;

  @ViewColumn()
  reason!: 'deleted' | 'expired';

  /** `bigint` arrives as text. Exact up to 2^53. */
  @ViewColumn({ transformer: { to: String, from: Number } })
  refusals!: number;

  @ViewColumn({ name: 'first_refused_at' })
  firstRefusedAt!: Date;

  @ViewColumn({ name: 'last_refused_at' })
  lastRefusedAt!: Date;
}
