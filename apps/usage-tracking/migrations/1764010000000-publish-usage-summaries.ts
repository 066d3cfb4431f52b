import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an admin is shown about the use of keys: counts of periods, refusals, and where uses may be missing. */
export class PublishUsageSummaries1764010000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await this.publishCounts(runner);
    await this.publishRefusals(runner);
    await this.publishGap(runner);
    await runner.query(`
      GRANT SELECT ON usage_tracking.api_key_use_counts, usage_tracking.api_key_refusals
        TO traylinx_usage_tracking, traylinx_key_management;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    // A view loses no column while it exists.
    await runner.query(`
      DROP VIEW usage_tracking.api_key_use_counts, usage_tracking.api_key_refusals,
        usage_tracking.usage_completeness;
      CREATE VIEW usage_tracking.usage_completeness AS ${asOf('')};
      GRANT SELECT ON usage_tracking.usage_completeness TO traylinx_usage_tracking, traylinx_key_management;
      DROP INDEX usage_tracking.publishers_by_last_seen;
      ALTER TABLE usage_tracking.publishers DROP COLUMN first_seen_at;
    `);
  }

  /**
   * For a page of keys, not for all of a project: each count is some 50 rows found by primary key, and only read when its
   * column is asked for.
   */
  private async publishCounts(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE VIEW usage_tracking.api_key_use_counts AS
        SELECT key_id, first_used_at, last_used_at,
          ${usesWithin('24 hours')} AS last_24_hours,
          ${usesWithin('168 hours')} AS last_7_days,
          ${usesWithin('720 hours')} AS last_30_days
        FROM usage_tracking.key_usage AS known;
      COMMENT ON VIEW usage_tracking.api_key_use_counts IS
        'One row for each key that was ever used. A period begins with the hour that it begins in: it is up to an hour longer than its name says, and never shorter.';
    `);
  }

  private async publishRefusals(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE VIEW usage_tracking.api_key_refusals AS
        SELECT key_id, reason, refusals, first_refused_at, last_refused_at FROM usage_tracking.refusals;
      COMMENT ON VIEW usage_tracking.api_key_refusals IS
        'How often a key was presented after it was deleted (reason deleted), or after it had expired (reason expired).';
    `);
  }

  /**
   * `gap_from`, `gap_to`: uses between these may be missing, because a gateway fell silent without a goodbye. They begin
   * where its counts end and end when it was taken for dead. The latest such gap is enough to judge any key: if uses can be
   * missing after some moment at all, then they can in this one. When the gateway is heard again, so are its uses, and the
   * gap is none. The index serves the latest first; a gateway's own row moves in it twice a second.
   */
  private async publishGap(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE usage_tracking.publishers ADD COLUMN first_seen_at timestamptz(3) NOT NULL DEFAULT now();
      UPDATE usage_tracking.publishers SET first_seen_at = COALESCE(complete_before, last_seen_at);
      CREATE INDEX publishers_by_last_seen ON usage_tracking.publishers (last_seen_at);
      CREATE OR REPLACE VIEW usage_tracking.usage_completeness AS
        ${asOf(', gap.began AS gap_from, gap.ended AS gap_to')}
        LEFT JOIN (
          SELECT LEAST(COALESCE(complete_before, first_seen_at), last_seen_at) AS began,
            last_seen_at + interval '60 seconds' AS ended
          FROM usage_tracking.publishers
          WHERE ${IS_UNFINISHED}
            AND last_seen_at <= (SELECT max(last_seen_at) FROM usage_tracking.publishers) - interval '60 seconds'
          ORDER BY last_seen_at DESC
          LIMIT 1
        ) AS gap ON true;
    `);
  }
}

/** It has not said goodbye, or not everything that it had sent before is there. */
const IS_UNFINISHED = `(final_batch IS NULL OR NOT applied_batches @> int8range(1, final_batch, '[]'))`;

function asOf(moreColumns: string): string {
  return `
    WITH alive AS (
      SELECT complete_before
      FROM usage_tracking.publishers
      WHERE last_seen_at > (SELECT max(last_seen_at) FROM usage_tracking.publishers) - interval '60 seconds'
        AND ${IS_UNFINISHED}
    )
    SELECT CASE
      WHEN NOT EXISTS (SELECT FROM alive) THEN (SELECT max(complete_before) FROM usage_tracking.publishers)
      WHEN EXISTS (SELECT FROM alive WHERE complete_before IS NULL) THEN NULL
      ELSE (SELECT min(complete_before) FROM alive)
    END AS as_of${moreColumns}
    FROM (SELECT) AS one_row`;
}

/** Whole days from the days, and what is left of the first one from the hours. In hours, as a day may have 23 in some time zone. */
function usesWithin(period: string): string {
  const begin = `(now() - interval '${period}')`;
  const firstDay = `(${begin} AT TIME ZONE 'UTC')::date`;
  const secondDay = `((${firstDay} + 1)::timestamp AT TIME ZONE 'UTC')`;
  return `(
    COALESCE((
      SELECT sum(uses) FROM usage_tracking.daily_uses AS days
      WHERE days.key_id = known.key_id AND day > ${firstDay}
    ), 0) + COALESCE((
      SELECT sum(uses) FROM usage_tracking.hourly_uses AS hours
      WHERE hours.key_id = known.key_id AND hour >= date_trunc('hour', ${begin}, 'UTC') AND hour < ${secondDay}
    ), 0)
  )::bigint`;
}
