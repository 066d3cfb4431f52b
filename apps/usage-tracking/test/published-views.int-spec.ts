import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { asOwner, createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { Recorder } from './recording-harness.js';
import { Publisher } from './usage-tracking.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let database: TestDatabase;
let recorder: Recorder;
let keyManagement: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  recorder = await Recorder.connect(database.usageTrackingUrl);
  keyManagement = new Client({ connectionString: database.keyManagementUrl });
  await keyManagement.connect();
});

afterAll(() => Promise.all([recorder.close(), keyManagement.end()]));

async function used(keyId: string, at: number, count = 1): Promise<void> {
  await recorder.service.record({ events: [new Publisher().used([{ keyId, at, count }])], malformed: [] });
}

async function counts(keyId: string): Promise<number[]> {
  const { rows } = await keyManagement.query<Record<string, string>>(
    'SELECT last_24_hours, last_7_days, last_30_days FROM usage_tracking.api_key_use_counts WHERE key_id = $1',
    [keyId],
  );
  return Object.values(rows[0] ?? {}).map(Number);
}

/** Again, should the clock have turned to another hour meanwhile. @param test is given the start of the hour */
async function withinAnHour(test: (hour: number) => Promise<void>): Promise<void> {
  for (;;) {
    const now = Date.now();
    const hour = now - (now % HOUR_MS);
    try {
      await test(hour);
      return;
    } catch (error) {
      if (Date.now() < hour + HOUR_MS) throw error;
    }
  }
}

describe('the counts of a period', () => {
  it.each([
    ['24 hours', DAY_MS, [1, 1, 1], [0, 1, 1]],
    ['7 days', 7 * DAY_MS, [0, 1, 1], [0, 0, 1]],
    ['30 days', 30 * DAY_MS, [0, 0, 1], [0, 0, 0]],
  ])('begin with the hour that %s ago lies in', async (_period, ms, inside, outside) => {
    await withinAnHour(async (hour) => {
      const [first, tooEarly] = [randomUUID(), randomUUID()];
      await used(first, hour - ms);
      await used(tooEarly, hour - ms - 1);
      expect(await counts(first)).toEqual(inside);
      expect(await counts(tooEarly)).toEqual(outside);
    });
  });

  it('have every use in them once, whatever hour of the day it is', async () => {
    await withinAnHour(async (hour) => {
      const keyId = randomUUID();
      for (let hours = 0; hours <= 31 * 24; hours++) await used(keyId, hour - hours * HOUR_MS);
      expect(await counts(keyId)).toEqual([25, 7 * 24 + 1, 30 * 24 + 1]);
    });
  }, 120_000);

  it('have this moment in them', async () => {
    const keyId = randomUUID();
    await used(keyId, Date.now(), 3);
    expect(await counts(keyId)).toEqual([3, 3, 3]);
  });
});

it('the counts of a page of keys are found by key, however many other keys there are', async () => {
  const [page = [], others = []] = [200, 1_800].map((keys) =>
    Array.from({ length: keys }, () => randomUUID()),
  );
  await asOwner(database.ownerUrl, async (owner) => {
    const keys = `unnest($1::uuid[]) AS keys (key_id)`;
    const ids = [[...page, ...others]];
    await owner.query(`INSERT INTO usage_tracking.key_usage SELECT key_id, now(), now() FROM ${keys}`, ids);
    await owner.query(
      `INSERT INTO usage_tracking.hourly_uses SELECT key_id, hour, 1 FROM ${keys},
        generate_series(date_trunc('hour', now(), 'UTC') - interval '4 days', now(), '1 hour') AS hour`,
      ids,
    );
    await owner.query(
      `INSERT INTO usage_tracking.daily_uses SELECT key_id, day, 24 FROM ${keys},
        generate_series(now() - interval '60 days', now(), '1 day') AS day`,
      ids,
    );
    await owner.query(
      'ANALYZE usage_tracking.hourly_uses, usage_tracking.daily_uses, usage_tracking.key_usage',
    );
  });
  const read = `SELECT * FROM usage_tracking.api_key_use_counts WHERE key_id = ANY($1)`;
  const { rows } = await keyManagement.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${read}`, [page]);
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).toContain('hourly_uses');
  expect(plan).not.toContain('Seq Scan');
});

it('refusals say why, how often and since when', async () => {
  const keyId = randomUUID();
  const at = Date.parse('2026-03-01T10:00:00Z');
  const events = [
    new Publisher().refused('deleted', [{ keyId, count: 2, at }]),
    new Publisher().refused('deleted', [{ keyId, count: 3, at: at + 5 }]),
    new Publisher().refused('expired', [{ keyId, at: at - 5 }]),
  ];
  await recorder.service.record({ events, malformed: [] });
  const { rows } = await keyManagement.query(
    'SELECT * FROM usage_tracking.api_key_refusals WHERE key_id = $1 ORDER BY reason',
    [keyId],
  );
  const row = (reason: string, refusals: string, first: number, last: number) => ({
    key_id: keyId,
    reason,
    refusals,
    first_refused_at: new Date(first),
    last_refused_at: new Date(last),
  });
  expect(rows).toEqual([row('deleted', '5', at, at + 5), row('expired', '1', at - 5, at - 5)]);
});
