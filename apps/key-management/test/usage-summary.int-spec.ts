import type { ApiKeyUsageSummary } from '#contracts';
import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { asOwner, createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { ApiKeyLists } from '../src/api-keys/api-key-lists.js';
import { ApiKeysService } from '../src/api-keys/api-keys.service.js';
import { createKey, createProject, startKeyManagement } from './key-management.js';

/** Nobody listens there: nothing in this file needs Redis. */
const NO_REDIS = 'redis://127.0.0.1:1';

let database: TestDatabase;
let app: INestApplicationContext;
let projectId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startKeyManagement({ DATABASE_URL: database.keyManagementUrl, REDIS_URL: NO_REDIS });
  projectId = await createProject(app);
});

afterEach(() => sql('TRUNCATE usage_tracking.publishers'));

afterAll(() => app.close());

/** What usage-tracking would have written. */
async function sql(statement: string, ...parameters: unknown[]): Promise<void> {
  await asOwner(database.ownerUrl, (client) => client.query(statement, parameters));
}

async function usedBefore(keyId: string, interval: string, uses: number): Promise<void> {
  await sql(
    `INSERT INTO usage_tracking.key_usage VALUES ($1, now() - $2::interval, now() - $2::interval)`,
    keyId,
    interval,
  );
  await sql(
    `INSERT INTO usage_tracking.hourly_uses VALUES ($1, date_trunc('hour', now() - $2::interval, 'UTC'), $3)`,
    keyId,
    interval,
    uses,
  );
  await sql(
    `INSERT INTO usage_tracking.daily_uses VALUES ($1, (now() - $2::interval) AT TIME ZONE 'UTC', $3)`,
    keyId,
    interval,
    uses,
  );
}

/** A gateway that was heard until then, and one that is heard now. */
async function gatewayDied(interval: string): Promise<void> {
  const publisher = `INSERT INTO usage_tracking.publishers (publisher_id, applied_batches, complete_before, last_seen_at)
    VALUES ($1, '{[1,10)}', now() - $2::interval, now() - $2::interval)`;
  await sql(publisher, randomUUID(), interval);
  await sql(publisher, randomUUID(), '0 s');
}

async function summary(keyId: string): Promise<ApiKeyUsageSummary> {
  const { data } = await app.get(ApiKeyLists).ofProject({ projectId, limit: 200 });
  const listed = data.find(({ id }) => id === keyId);
  const alone = await app.get(ApiKeysService).get({ projectId, keyId });
  expect(listed?.usage).toEqual(alone.usage);
  return alone.usage;
}

describe('the usage of a key', () => {
  it.each([
    ['1 hour', { verdict: 'in_use', last24h: 3, last7d: 3, last30d: 3 }],
    ['26 hours', { verdict: 'recently_used', last24h: 0, last7d: 3, last30d: 3 }],
    ['8 days', { verdict: 'recently_used', last24h: 0, last7d: 0, last30d: 3 }],
    ['32 days', { verdict: 'idle', last24h: 0, last7d: 0, last30d: 0 }],
  ])('says what a last use %s ago means, in a list and alone', async (interval, expected) => {
    const { id } = await createKey(app, projectId);
    await usedBefore(id, interval, 3);
    expect(await summary(id)).toEqual({ ...expected, asOf: null, gap: null });
  });

  it('shows a gap in the counts where a use in it would change the verdict, and only there', async () => {
    const [never, recent, idle] = await Promise.all([1, 2, 3].map(() => createKey(app, projectId)));
    await usedBefore(recent?.id ?? '', '10 days', 1);
    await usedBefore(idle?.id ?? '', '60 days', 1);
    await gatewayDied('5 days');
    expect((await summary(never?.id ?? '')).gap).toBeNull();
    expect((await summary(recent?.id ?? '')).gap).toBeNull();
    const { asOf, gap } = await summary(idle?.id ?? '');
    const ago = (time: string | null | undefined): number => Date.now() - Date.parse(time ?? '');
    expect(ago(asOf)).toBeLessThan(60_000);
    expect(ago(gap?.from) - 5 * 86_400_000).toBeGreaterThanOrEqual(0);
    expect(Date.parse(gap?.to ?? '') - Date.parse(gap?.from ?? '')).toBe(60_000);

    await gatewayDied('1 hour');
    expect((await summary(recent?.id ?? '')).gap).not.toBeNull();
    await sql(`UPDATE key_management.api_keys SET created_at = now() - interval '2 hours'`);
    expect((await summary(never?.id ?? '')).gap).not.toBeNull();
  });
});
