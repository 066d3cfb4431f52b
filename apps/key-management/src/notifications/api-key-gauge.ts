import { Database } from '#database';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Gauge } from 'prom-client';

const COUNT_EVERY_MS = 60_000;

const COUNT = `
  SELECT count(*) FILTER (WHERE state = 'active' AND (expires_at IS NULL OR expires_at > now())) AS active,
    count(*) FILTER (WHERE state = 'active' AND expires_at <= now()) AS expired,
    count(*) FILTER (WHERE state = 'deleting') AS deleting
  FROM key_management.api_keys WHERE state <> 'deleted'`;

const apiKeys = new Gauge({
  name: 'api_keys',
  help: 'API keys by status, counted once a minute. Every replica says the same: take the greatest, not the sum.',
  labelNames: ['status'],
});

/** Counts at an interval rather than when it is asked: a scrape costs the database nothing. */
@Injectable()
export class ApiKeyGauge implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ApiKeyGauge.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly database: Database) {}

  onApplicationBootstrap(): void {
    void this.count();
    this.timer = setInterval(() => void this.count(), COUNT_EVERY_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** While PostgreSQL cannot be asked, what was counted last stands. Never rejects. */
  async count(): Promise<void> {
    try {
      const [counts]: (Record<string, string> | undefined)[] = await this.database.run((manager) =>
        manager.query(COUNT),
      );
      for (const [status, count] of Object.entries(counts ?? {})) apiKeys.set({ status }, Number(count));
    } catch (error) {
      this.logger.warn(`API keys are not counted: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
