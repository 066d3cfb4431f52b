import { Database } from '#database';
import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { RetentionService } from '../src/retention/retention.service.js';
import { UsageTrackingConfig } from '../src/usage-tracking.config.js';
import { Recorder } from './recording-harness.js';
import { Counts, Publisher } from './usage-tracking.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let database: TestDatabase;
let dataSource: DataSource;
let retention: RetentionService;
let recorder: Recorder;
let counts: Counts;

beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await createTestDatabase();
  counts = new Counts(database);
  dataSource = new DataSource({ type: 'postgres', url: database.usageTrackingUrl, installExtensions: false });
  await dataSource.initialize();
  retention = new RetentionService(new Database(dataSource), new UsageTrackingConfig());
  recorder = await Recorder.connect(database.usageTrackingUrl, { retentionDays: 400 });
});

beforeEach(() =>
  counts.rows(`TRUNCATE usage_tracking.hourly_uses, usage_tracking.daily_uses, usage_tracking.refusals,
    usage_tracking.dead_letters, usage_tracking.publishers, usage_tracking.key_usage`),
);

afterAll(() => Promise.all([dataSource.destroy(), recorder.close()]));

const record = (...events: ReturnType<Publisher['used']>[]): Promise<void> =>
  recorder.service.record({ events, malformed: [] });

async function rowsOf(table: string): Promise<number> {
  const [row] = await counts.rows<{ count: string }>(`SELECT count(*) FROM usage_tracking.${table}`);
  return Number(row?.count);
}

describe('what is too old is removed:', () => {
  it('hours after 31 days, days after 400, but never when a key was used last', async () => {
    const keyId = randomUUID();
    await counts.rows(
      `INSERT INTO usage_tracking.hourly_uses SELECT $1, date_trunc('hour', now(), 'UTC') - make_interval(hours => h), 1
       FROM generate_series(0, 32 * 24) AS h`,
      keyId,
    );
    await counts.rows(
      `INSERT INTO usage_tracking.daily_uses
       SELECT $1, (now() AT TIME ZONE 'UTC')::date - d, 1 FROM generate_series(0, 410) AS d`,
      keyId,
    );
    await counts.rows(
      `INSERT INTO usage_tracking.key_usage VALUES ($1, now() - interval '3 years', now() - interval '2 years')`,
      keyId,
    );
    await retention.prune();
    expect(await rowsOf('hourly_uses')).toBe(31 * 24 + 1);
    expect(await rowsOf('daily_uses')).toBe(401);
    expect(await rowsOf('key_usage')).toBe(1);
  });

  it('refusals 90 days after the last one, and what could not be read after 90', async () => {
    const [old, young] = [randomUUID(), randomUUID()];
    for (const [keyId, interval] of [
      [old, '90 days 1 minute'],
      [young, '89 days 23 hours'],
    ]) {
      await counts.rows(
        `INSERT INTO usage_tracking.refusals VALUES ($1, 'deleted', 1, now() - interval '1 year', now() - $2::interval)`,
        keyId,
        interval,
      );
      await counts.rows(
        `INSERT INTO usage_tracking.dead_letters VALUES (now(), $1, now() - $2::interval, 'evt', 'not JSON', '')`,
        keyId === old ? 1 : 2,
        interval,
      );
    }
    await retention.prune();
    expect(await counts.rows('SELECT key_id FROM usage_tracking.refusals')).toEqual([{ key_id: young }]);
    expect(await counts.rows('SELECT stream_sequence FROM usage_tracking.dead_letters')).toEqual([
      { stream_sequence: '2' },
    ]);
  });

  it('however much there is of it, in small transactions', async () => {
    await counts.rows(
      `INSERT INTO usage_tracking.hourly_uses
       SELECT gen_random_uuid(), now() - interval '40 days', 1 FROM generate_series(1, 10001)`,
    );
    const transactions = async (): Promise<number> => {
      const [row] = await counts.rows<{ id: string }>('SELECT pg_current_xact_id() AS id');
      return Number(row?.id);
    };
    const before = await transactions();
    await retention.prune();
    expect(await rowsOf('hourly_uses')).toBe(0);
    expect((await transactions()) - before).toBeGreaterThanOrEqual(6);
  });

  it('by one replica at a time', async () => {
    await counts.rows(
      `INSERT INTO usage_tracking.hourly_uses VALUES (gen_random_uuid(), now() - interval '40 days', 1)`,
    );
    const other = new Client({ connectionString: database.usageTrackingUrl });
    await other.connect();
    await other.query('BEGIN');
    await other.query(`SELECT pg_advisory_xact_lock(${String(0x7072756e)})`);
    await retention.prune();
    expect(await rowsOf('hourly_uses')).toBe(1);
    await other.query('COMMIT');
    await other.end();
    await retention.prune();
    expect(await rowsOf('hourly_uses')).toBe(0);
  });

  it('without waiting for rows that recording is changing', async () => {
    await counts.rows(
      `INSERT INTO usage_tracking.hourly_uses VALUES (gen_random_uuid(), now() - interval '40 days', 1),
         (gen_random_uuid(), now() - interval '41 days', 2)`,
    );
    const recording = new Client({ connectionString: database.usageTrackingUrl });
    await recording.connect();
    await recording.query('BEGIN');
    await recording.query('UPDATE usage_tracking.hourly_uses SET uses = 3 WHERE uses = 2');
    await retention.prune();
    await recording.query('COMMIT');
    await recording.end();
    expect(await counts.rows('SELECT uses FROM usage_tracking.hourly_uses')).toEqual([{ uses: '3' }]);
    await retention.prune();
    expect(await rowsOf('hourly_uses')).toBe(0);
  });
});

describe('a gateway that is heard no more', () => {
  /** As if so many days had gone by since: in everything that was recorded. */
  async function daysGoBy(days: number): Promise<void> {
    await counts.rows(
      `UPDATE usage_tracking.publishers SET last_seen_at = last_seen_at - make_interval(days => $1),
         first_seen_at = first_seen_at - make_interval(days => $1),
         complete_before = complete_before - make_interval(days => $1)`,
      days,
    );
    await counts.rows('UPDATE usage_tracking.hourly_uses SET hour = hour - make_interval(days => $1)', days);
    await counts.rows('UPDATE usage_tracking.daily_uses SET day = day - $1::integer', days);
  }

  it('is forgotten when another one is heard more than 402 days later', async () => {
    await record(new Publisher().used());
    await daysGoBy(401);
    await record(new Publisher().used());
    await daysGoBy(401);
    await retention.prune();
    expect(await rowsOf('publishers')).toBe(2);
    await record(new Publisher().used());
    await retention.prune();
    expect(await rowsOf('publishers')).toBe(2);
  });

  it('is never counted twice, however late its batches come again', async () => {
    const keyId = randomUUID();
    const publisher = new Publisher();
    const lived = 500;
    // The gateway lived that long ago, by its own clock as well.
    const batches = [publisher, publisher].map((one) =>
      one.used([{ keyId, at: Date.now() - lived * DAY_MS }], { completeBefore: new Date() }),
    );
    // Counted then, when it was new.
    const then = await Recorder.connect(database.usageTrackingUrl);
    await then.service.record({ events: batches, malformed: [] });
    await then.close();
    expect(await counts.uses(keyId)).toBe(2);
    await counts.rows(
      `UPDATE usage_tracking.publishers SET last_seen_at = last_seen_at - make_interval(days => $1)`,
      lived,
    );
    await record(new Publisher().used());
    await retention.prune();
    expect(await counts.uses(keyId)).toBe(0);
    const isKnown = `SELECT FROM usage_tracking.publishers WHERE publisher_id = $1`;
    expect(await counts.rows(isKnown, publisher.id)).toHaveLength(0);

    await record(...batches);
    expect(await counts.uses(keyId)).toBe(0);
    const refused = publisher.refused('expired', [{ keyId, at: Date.now() - lived * DAY_MS }]);
    await recorder.service.record({ events: [refused], malformed: [] });
    expect(await rowsOf('refusals')).toBe(0);
  });
});
