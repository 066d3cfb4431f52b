import {
  type ApiKeyUsage,
  DomainError,
  type GetApiKeyUsageRequest,
  summarizeUsage,
  type UsageCompleteness,
} from '#contracts';
import { Database } from '#database';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { UsageTrackingConfig } from '../usage-tracking.config.js';
import { DAY_MS, fill, HOUR_MS, type Span, usageRange } from './usage-range.js';

const COMPLETENESS = `
  SELECT as_of AS "asOf", gap_from AS "gapFrom", gap_to AS "gapTo" FROM usage_tracking.usage_completeness`;

/** Like everywhere else, a key that is being deleted is still there. */
const KEY = `
  SELECT key.created_at AS "createdAt", first_used_at AS "firstUsedAt", last_used_at AS "lastUsedAt",
    last_24_hours AS "last24h", last_7_days AS "last7d", last_30_days AS "last30d",
    refusals, first_refused_at AS "firstRejectedAt", last_refused_at AS "lastRejectedAt"
  FROM key_management.api_key_creations AS key
  LEFT JOIN usage_tracking.api_key_use_counts AS used USING (key_id)
  LEFT JOIN usage_tracking.api_key_refusals AS refused
    ON refused.key_id = key.key_id AND refused.reason = 'expired'
  WHERE key.key_id = $1 AND key.project_id = $2 AND key.state <> 'deleted'`;

const HOURS = `
  SELECT hour AS start, uses FROM usage_tracking.hourly_uses WHERE key_id = $1 AND hour >= $2 AND hour < $3`;

const DAYS = `
  SELECT day::timestamp AT TIME ZONE 'UTC' AS start, uses FROM usage_tracking.daily_uses
  WHERE key_id = $1 AND day >= ($2::timestamptz AT TIME ZONE 'UTC')::date
    AND day < ($3::timestamptz AT TIME ZONE 'UTC')::date`;

/** A `bigint` arrives as text. */
interface KeyRow {
  createdAt: Date;
  firstUsedAt: Date | null;
  lastUsedAt: Date | null;
  last24h: string | null;
  last7d: string | null;
  last30d: string | null;
  refusals: string | null;
  firstRejectedAt: Date | null;
  lastRejectedAt: Date | null;
}

@Injectable()
export class ReportingService {
  constructor(
    private readonly database: Database,
    private readonly config: UsageTrackingConfig,
  ) {}

  /** @throws DomainError API_KEY_NOT_FOUND, INVALID_REQUEST, UNAVAILABLE */
  get({ projectId, keyId, from, to }: GetApiKeyUsageRequest): Promise<ApiKeyUsage> {
    const now = new Date();
    const { HOURLY_RETENTION_DAYS: hourlyDays, DAILY_RETENTION_DAYS: dailyDays } = this.config;
    const { days, hours } = usageRange({ from, to }, now.getTime(), { hourlyDays, dailyDays });
    return this.database.run(async (manager) => {
      // First: what is counted afterwards is at least as complete as this says.
      const completeness = await readCompleteness(manager);
      const [key]: (KeyRow | undefined)[] = await manager.query(KEY, [keyId, projectId]);
      if (key === undefined) throw new DomainError('API_KEY_NOT_FOUND');
      return {
        ...summarizeUsage({ ...key, ...countsOf(key) }, completeness, now),
        firstUsedAt: toText(key.firstUsedAt),
        lastUsedAt: toText(key.lastUsedAt),
        rejectedUses: Number(key.refusals ?? 0),
        firstRejectedAt: toText(key.firstRejectedAt),
        lastRejectedAt: toText(key.lastRejectedAt),
        daily: fill(days, DAY_MS, await readUses(manager, DAYS, keyId, days), (start, uses) => ({
          date: start.toISOString().slice(0, 10),
          uses,
        })),
        hourly: fill(hours, HOUR_MS, await readUses(manager, HOURS, keyId, hours), (start, uses) => ({
          hour: start.toISOString(),
          uses,
        })),
      };
    });
  }
}

async function readCompleteness(manager: EntityManager): Promise<UsageCompleteness> {
  const [row]: (UsageCompleteness | undefined)[] = await manager.query(COMPLETENESS);
  return row ?? { asOf: null, gapFrom: null, gapTo: null };
}

async function readUses(
  manager: EntityManager,
  statement: string,
  keyId: string,
  { first, end }: Span,
): Promise<Map<number, number>> {
  const rows: { start: Date; uses: string }[] = await manager.query(statement, [
    keyId,
    new Date(first),
    new Date(end),
  ]);
  return new Map(rows.map(({ start, uses }) => [start.getTime(), Number(uses)]));
}

function countsOf({ last24h, last7d, last30d }: KeyRow) {
  return {
    last24h: Number(last24h ?? 0),
    last7d: Number(last7d ?? 0),
    last30d: Number(last30d ?? 0),
  };
}

function toText(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}
