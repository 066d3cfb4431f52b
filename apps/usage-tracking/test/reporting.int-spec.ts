import { DomainError, type GetApiKeyUsageRequest } from '#contracts';
import { Database } from '#database';
import { Logger } from '@nestjs/common';
import { randomBytes, randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { ReportingService } from '../src/reporting/reporting.service.js';
import { UsageTrackingConfig } from '../src/usage-tracking.config.js';
import { Recorder } from './recording-harness.js';
import { Counts, Publisher } from './usage-tracking.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let database: TestDatabase;
let dataSource: DataSource;
let reporting: ReportingService;
let recorder: Recorder;
let counts: Counts;
const projectId = randomUUID();

beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await createTestDatabase();
  counts = new Counts(database);
  dataSource = new DataSource({ type: 'postgres', url: database.usageTrackingUrl, installExtensions: false });
  await dataSource.initialize();
  reporting = new ReportingService(new Database(dataSource), new UsageTrackingConfig());
  recorder = await Recorder.connect(database.usageTrackingUrl);
  await counts.rows(`INSERT INTO key_management.projects VALUES ($1, 'Website', now(), NULL)`, projectId);
});

afterAll(() => Promise.all([dataSource.destroy(), recorder.close()]));

/** What key-management would have written. */
async function createKey(state = 'active'): Promise<string> {
  const keyId = randomUUID();
  await counts.rows(
    `INSERT INTO key_management.api_keys (id, project_id, key_hash, key_start, state, created_at, created_by)
     VALUES ($1, $2, $3, 'tlx_abcd', $4, now() - interval '100 days', 'admin-token')`,
    keyId,
    projectId,
    randomBytes(32),
    state,
  );
  return keyId;
}

async function used(keyId: string, at: number, count: number): Promise<void> {
  await recorder.service.record({ events: [new Publisher().used([{ keyId, at, count }])], malformed: [] });
}

const code = (request: GetApiKeyUsageRequest): Promise<string> =>
  reporting.get(request).then(
    () => 'no error',
    (error: unknown) => (error instanceof DomainError ? error.code : String(error)),
  );

describe('the usage of one key', () => {
  it('has every day and hour, those without a use included, and agrees with the list', async () => {
    const keyId = await createKey();
    const now = Date.now();
    await used(keyId, now - 40 * DAY_MS, 5);
    await used(keyId, now - 2 * DAY_MS, 2);
    const usage = await reporting.get({ projectId, keyId });
    expect(usage).toMatchObject({
      verdict: 'recently_used',
      last24h: 0,
      last7d: 2,
      last30d: 2,
      gap: null,
      firstUsedAt: new Date(now - 40 * DAY_MS).toISOString(),
      lastUsedAt: new Date(now - 2 * DAY_MS).toISOString(),
      rejectedUses: 0,
      firstRejectedAt: null,
      lastRejectedAt: null,
    });
    expect(usage.daily).toHaveLength(90);
    expect(usage.daily.filter(({ uses }) => uses > 0)).toEqual([
      { date: new Date(now - 40 * DAY_MS).toISOString().slice(0, 10), uses: 5 },
      { date: new Date(now - 2 * DAY_MS).toISOString().slice(0, 10), uses: 2 },
    ]);
    expect(usage.hourly).toHaveLength(168);
    expect(usage.hourly.filter(({ uses }) => uses > 0)).toEqual([
      { hour: `${new Date(now - 2 * DAY_MS).toISOString().slice(0, 13)}:00:00.000Z`, uses: 2 },
    ]);
    expect(Date.parse(usage.asOf ?? '')).toBeGreaterThan(now - 60_000);
  });

  it('keeps to the range that was asked for, in UTC', async () => {
    const keyId = await createKey();
    const midnight = Math.floor(Date.now() / DAY_MS) * DAY_MS - 3 * DAY_MS;
    await used(keyId, midnight - 1, 1);
    await used(keyId, midnight, 2);
    await used(keyId, midnight + DAY_MS, 4);
    const [from, to] = [midnight, midnight + DAY_MS].map((time) => new Date(time).toISOString());
    const { daily, hourly } = await reporting.get({ projectId, keyId, ...(from && to ? { from, to } : {}) });
    expect(daily).toEqual([{ date: from?.slice(0, 10), uses: 2 }]);
    expect(hourly).toHaveLength(24);
    expect(hourly[0]).toEqual({ hour: from, uses: 2 });
    expect(hourly.reduce((sum, { uses }) => sum + uses, 0)).toBe(2);
  });

  it('counts the calls with an expired key, which are no uses', async () => {
    const keyId = await createKey();
    const at = Date.now() - HOUR_MS;
    await recorder.service.record({
      // A key that is being deleted is refused for that, too.
      events: [
        new Publisher().refused('deleted', [{ keyId, count: 50, at: at - 1 }]),
        new Publisher().refused('expired', [{ keyId, count: 3, at }]),
      ],
      malformed: [],
    });
    expect(await reporting.get({ projectId, keyId })).toMatchObject({
      verdict: 'never_used',
      lastUsedAt: null,
      rejectedUses: 3,
      firstRejectedAt: new Date(at).toISOString(),
      lastRejectedAt: new Date(at).toISOString(),
    });
  });

  it('is not found for a key that does not exist, is deleted, or belongs to another project', async () => {
    const [keyId, deleted, deleting] = [
      await createKey(),
      await createKey('deleted'),
      await createKey('deleting'),
    ];
    expect(await code({ projectId, keyId: randomUUID() })).toBe('API_KEY_NOT_FOUND');
    expect(await code({ projectId: randomUUID(), keyId })).toBe('API_KEY_NOT_FOUND');
    expect(await code({ projectId, keyId: deleted })).toBe('API_KEY_NOT_FOUND');
    expect(await code({ projectId, keyId: deleting })).toBe('no error');
  });
});
