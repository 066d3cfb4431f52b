import { DataSource } from 'typeorm';
import { CreateUsageTracking1763900000000 } from '../migrations/1763900000000-create-usage-tracking.js';
import { PublishUsageSummaries1764010000000 } from '../migrations/1764010000000-publish-usage-summaries.js';
import { LimitRetention1764011000000 } from '../migrations/1764011000000-limit-retention.js';
import { LimitAsOf1764050000000 } from '../migrations/1764050000000-limit-as-of.js';

/** For migrations only, as the owner of the schema. The service itself connects as a role that owns nothing. */
export const dataSource = new DataSource({
  type: 'postgres',
  ...(process.env['DATABASE_URL'] === undefined ? {} : { url: process.env['DATABASE_URL'] }),
  schema: 'usage_tracking',
  migrations: [
    CreateUsageTracking1763900000000,
    PublishUsageSummaries1764010000000,
    LimitRetention1764011000000,
    LimitAsOf1764050000000,
  ],
  migrationsTableName: 'migrations',
  migrationsTransactionMode: 'all',
  installExtensions: false,
});
