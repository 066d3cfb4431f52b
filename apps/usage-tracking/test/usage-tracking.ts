import { ApiKeysRefused, ApiKeysUsed, formatUsageBatchId, type RefusalReason } from '#contracts';
import { loadConfig } from '#config';
import { createService, JetStreamServer } from '#messaging';
import { createLogger, Readiness } from '#observability';
import type { INestApplication } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { asOwner, type TestDatabase } from '../../../test/support/database.js';
import { UsageTrackingConfig } from '../src/usage-tracking.config.js';
import { UsageTrackingModule } from '../src/usage-tracking.module.js';

const HOUR_MS = 3_600_000;

/** The service as it runs in production, in this process. */
export async function startUsageTracking(env: Record<string, string>): Promise<INestApplication> {
  const config = loadConfig(UsageTrackingConfig, { LOG_LEVEL: 'silent', ...env });
  const definition = {
    name: 'usage-tracking',
    config: UsageTrackingConfig,
    module: UsageTrackingModule,
    strategies: [JetStreamServer],
  };
  const logger = createLogger('usage-tracking', config);
  const { app, open } = await createService(definition, { config, logger, readiness: new Readiness() });
  await open();
  return app;
}

/** One use of a key, or several of the same kind. */
export interface Use {
  keyId: string;
  count?: number;
  /** Milliseconds since 1970. */
  at?: number;
}

interface BatchOptions {
  completeBefore?: Date;
  final?: boolean;
}

/** Makes batches as a gateway does: numbered through, all uses of a batch in one hour. */
export class Publisher {
  readonly id = randomUUID();
  private batchNumber = 0;

  used(uses: readonly Use[] = [], options: BatchOptions = {}): ApiKeysUsed {
    return Object.assign(new ApiKeysUsed(), this.content(uses, options));
  }

  refused(reason: RefusalReason, uses: readonly Use[], options: BatchOptions = {}): ApiKeysRefused {
    return Object.assign(new ApiKeysRefused(), this.content(uses, options), { reason });
  }

  private content(
    uses: readonly Use[],
    { completeBefore = new Date(), final = false }: BatchOptions,
  ): object {
    const times = uses.map(({ at = Date.now() }) => at);
    const hour = Math.floor((times[0] ?? Date.now()) / HOUR_MS) * HOUR_MS;
    const offsets = times.map((at) => at - hour);
    return {
      eventId: formatUsageBatchId({ publisherId: this.id, batchNumber: ++this.batchNumber }),
      occurredAt: new Date().toISOString(),
      completeBefore: completeBefore.toISOString(),
      final,
      hour: new Date(hour).toISOString(),
      keyIds: uses.map(({ keyId }) => keyId),
      counts: uses.map(({ count = 1 }) => count),
      firstOffsetsMs: offsets,
      lastOffsetsMs: offsets,
    };
  }
}

/** What the database says, read as its owner. */
export class Counts {
  constructor(private readonly database: TestDatabase) {}

  async rows<T extends object>(sql: string, ...parameters: unknown[]): Promise<T[]> {
    const result = await asOwner(this.database.ownerUrl, (client) => client.query<T>(sql, parameters));
    return result.rows;
  }

  /** Uses of a key by hours and by days: equal, or something is wrong. */
  async uses(keyId: string): Promise<number> {
    const [sums] = await this.rows<{ hourly: string; daily: string }>(
      `SELECT (SELECT COALESCE(sum(uses), 0) FROM usage_tracking.hourly_uses WHERE key_id = $1) AS hourly,
              (SELECT COALESCE(sum(uses), 0) FROM usage_tracking.daily_uses WHERE key_id = $1) AS daily`,
      keyId,
    );
    expect(sums?.hourly).toBe(sums?.daily);
    return Number(sums?.hourly);
  }

  async asOf(): Promise<Date | null | undefined> {
    const rows = await this.rows<{ as_of: Date | null }>(
      'SELECT as_of FROM usage_tracking.usage_completeness',
    );
    expect(rows).toHaveLength(1);
    return rows[0]?.as_of;
  }
}
