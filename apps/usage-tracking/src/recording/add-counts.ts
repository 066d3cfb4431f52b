import type { RefusalReason } from '#contracts';
import type { EntityManager } from 'typeorm';
import type { KeyHour } from './sum-by-key-and-hour.js';

/** Takes well under a second, so a statement never runs into its time limit however many keys there are. */
const ROWS_PER_STATEMENT = 5_000;

/** A gateway's clock may be ahead of ours by this much before we correct it. */
const LATEST = `(now() + interval '5 seconds')`;
const LATEST_HOUR = `date_trunc('hour', ${LATEST}, 'UTC')`;

const ADD_TO_KEYS = `
  INSERT INTO usage_tracking.key_usage AS known (key_id, first_used_at, last_used_at)
  SELECT key_id, min(LEAST(first_at, ${LATEST})), max(LEAST(last_at, ${LATEST}))
  FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) AS used (key_id, first_at, last_at)
  GROUP BY key_id ORDER BY key_id
  ON CONFLICT (key_id) DO UPDATE SET
    first_used_at = LEAST(known.first_used_at, excluded.first_used_at),
    last_used_at = GREATEST(known.last_used_at, excluded.last_used_at)`;

const ADD_TO_HOURS = `
  INSERT INTO usage_tracking.hourly_uses AS known (key_id, hour, uses)
  SELECT key_id, LEAST(hour, ${LATEST_HOUR}), sum(uses)
  FROM unnest($1::uuid[], $2::timestamptz[], $3::bigint[]) AS used (key_id, hour, uses)
  GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (key_id, hour) DO UPDATE SET uses = known.uses + excluded.uses`;

const ADD_TO_DAYS = `
  INSERT INTO usage_tracking.daily_uses AS known (key_id, day, uses)
  SELECT key_id, (LEAST(hour, ${LATEST_HOUR}) AT TIME ZONE 'UTC')::date, sum(uses)
  FROM unnest($1::uuid[], $2::timestamptz[], $3::bigint[]) AS used (key_id, hour, uses)
  GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (key_id, day) DO UPDATE SET uses = known.uses + excluded.uses`;

const ADD_TO_REFUSALS = `
  INSERT INTO usage_tracking.refusals AS known (key_id, reason, refusals, first_refused_at, last_refused_at)
  SELECT key_id, $2, sum(refusals), min(LEAST(first_at, ${LATEST})), max(LEAST(last_at, ${LATEST}))
  FROM unnest($1::uuid[], $3::bigint[], $4::timestamptz[], $5::timestamptz[])
    AS refused (key_id, refusals, first_at, last_at)
  GROUP BY key_id ORDER BY key_id
  ON CONFLICT (key_id, reason) DO UPDATE SET
    refusals = known.refusals + excluded.refusals,
    first_refused_at = LEAST(known.first_refused_at, excluded.first_refused_at),
    last_refused_at = GREATEST(known.last_refused_at, excluded.last_refused_at)`;

/** Three rows for each key. @param sums in the order of keys. */
export async function addUses(manager: EntityManager, sums: readonly KeyHour[]): Promise<void> {
  for (const part of inParts(sums)) {
    await manager.query(ADD_TO_KEYS, [keyIds(part), firstTimes(part), lastTimes(part)]);
  }
  for (const part of inParts(sums))
    await manager.query(ADD_TO_HOURS, [keyIds(part), hours(part), counts(part)]);
  for (const part of inParts(sums))
    await manager.query(ADD_TO_DAYS, [keyIds(part), hours(part), counts(part)]);
}

/** One row for each key. @param sums in the order of keys. */
export async function addRefusals(
  manager: EntityManager,
  reason: RefusalReason,
  sums: readonly KeyHour[],
): Promise<void> {
  for (const part of inParts(sums)) {
    await manager.query(ADD_TO_REFUSALS, [
      keyIds(part),
      reason,
      counts(part),
      firstTimes(part),
      lastTimes(part),
    ]);
  }
}

function* inParts(sums: readonly KeyHour[]): Generator<readonly KeyHour[]> {
  for (let start = 0; start < sums.length; start += ROWS_PER_STATEMENT) {
    yield sums.slice(start, start + ROWS_PER_STATEMENT);
  }
}

const keyIds = (sums: readonly KeyHour[]): string[] => sums.map(({ keyId }) => keyId);
const counts = (sums: readonly KeyHour[]): number[] => sums.map(({ count }) => count);
const hours = (sums: readonly KeyHour[]): Date[] => sums.map(({ hour }) => new Date(hour));
const firstTimes = (sums: readonly KeyHour[]): Date[] => sums.map(({ firstAt }) => new Date(firstAt));
const lastTimes = (sums: readonly KeyHour[]): Date[] => sums.map(({ lastAt }) => new Date(lastAt));
