import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whoever is not known yet is not waited for: `as_of` is therefore never later than the moment up to which everything that
 * JetStream had is recorded. A gateway whose first batch is still waiting has stored it later, and has counted nothing before.
 *
 * It begins with now, as if all were recorded: until a service of this version has recorded something, `as_of` stands still.
 */
export class LimitAsOf1764050000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE usage_tracking.recording_horizon (
        is_only boolean DEFAULT true CONSTRAINT recording_horizon_pkey PRIMARY KEY
          CONSTRAINT recording_horizon_has_one_row CHECK (is_only),
        recorded_before timestamptz(3) NOT NULL
      );
      COMMENT ON COLUMN usage_tracking.recording_horizon.recorded_before IS
        'Everything that JetStream had stored before is in the counts, or among the dead letters.';
      INSERT INTO usage_tracking.recording_horizon (recorded_before) VALUES (now());
      GRANT SELECT, UPDATE ON usage_tracking.recording_horizon TO traylinx_usage_tracking;
      ${completeness(`LEAST(reported.as_of, (SELECT recorded_before FROM usage_tracking.recording_horizon))`)}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${completeness('reported.as_of')}
      DROP TABLE usage_tracking.recording_horizon;
    `);
  }
}

/** It has not said goodbye, or not everything that it had sent before is there. */
const IS_UNFINISHED = `(final_batch IS NULL OR NOT applied_batches @> int8range(1, final_batch, '[]'))`;

const LAST_SEEN = `(SELECT max(last_seen_at) FROM usage_tracking.publishers)`;

function completeness(asOf: string): string {
  return `
    CREATE OR REPLACE VIEW usage_tracking.usage_completeness AS
      WITH alive AS (
        SELECT complete_before FROM usage_tracking.publishers
        WHERE last_seen_at > ${LAST_SEEN} - interval '60 seconds' AND ${IS_UNFINISHED}
      ), reported AS (
        SELECT CASE
          WHEN NOT EXISTS (SELECT FROM alive) THEN (SELECT max(complete_before) FROM usage_tracking.publishers)
          WHEN EXISTS (SELECT FROM alive WHERE complete_before IS NULL) THEN NULL
          ELSE (SELECT min(complete_before) FROM alive)
        END AS as_of
      )
      SELECT CASE WHEN reported.as_of IS NOT NULL THEN ${asOf} END AS as_of,
        gap.began AS gap_from, gap.ended AS gap_to
      FROM reported
      LEFT JOIN (
        SELECT LEAST(COALESCE(complete_before, first_seen_at), last_seen_at) AS began,
          last_seen_at + interval '60 seconds' AS ended
        FROM usage_tracking.publishers
        WHERE ${IS_UNFINISHED} AND last_seen_at <= ${LAST_SEEN} - interval '60 seconds'
        ORDER BY last_seen_at DESC
        LIMIT 1
      ) AS gap ON true;`;
}
