import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is counted for each key, which batches are counted already, and what could not be read. */
export class CreateUsageTracking1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await this.createCounts(runner);
    await this.createBookkeeping(runner);
    await this.publish(runner);
    await this.grant(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP VIEW usage_tracking.api_key_usage, usage_tracking.usage_completeness;
      DROP TABLE usage_tracking.key_usage, usage_tracking.hourly_uses, usage_tracking.daily_uses,
        usage_tracking.refusals, usage_tracking.publishers, usage_tracking.dead_letters;
    `);
  }

  /** Each flush updates rows in place: the room left in a page makes that an update without any index to touch. */
  private async createCounts(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE usage_tracking.key_usage (
        key_id uuid CONSTRAINT key_usage_pkey PRIMARY KEY,
        first_used_at timestamptz(3) NOT NULL,
        last_used_at timestamptz(3) NOT NULL
      ) WITH (fillfactor = 70);

      CREATE TABLE usage_tracking.hourly_uses (
        key_id uuid NOT NULL,
        hour timestamptz(0) NOT NULL,
        uses bigint NOT NULL,
        CONSTRAINT hourly_uses_pkey PRIMARY KEY (key_id, hour)
      ) WITH (fillfactor = 70);

      CREATE TABLE usage_tracking.daily_uses (
        key_id uuid NOT NULL,
        day date NOT NULL,
        uses bigint NOT NULL,
        CONSTRAINT daily_uses_pkey PRIMARY KEY (key_id, day)
      ) WITH (fillfactor = 70);

      CREATE TABLE usage_tracking.refusals (
        key_id uuid NOT NULL,
        reason text NOT NULL CONSTRAINT refusals_reason_is_known CHECK (reason IN ('deleted', 'expired')),
        refusals bigint NOT NULL,
        first_refused_at timestamptz(3) NOT NULL,
        last_refused_at timestamptz(3) NOT NULL,
        CONSTRAINT refusals_pkey PRIMARY KEY (key_id, reason)
      ) WITH (fillfactor = 70);
    `);
  }

  private async createBookkeeping(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE usage_tracking.publishers (
        publisher_id uuid CONSTRAINT publishers_pkey PRIMARY KEY,
        applied_batches int8multirange NOT NULL DEFAULT '{}',
        complete_before timestamptz(3),
        final_batch bigint,
        last_seen_at timestamptz(3) NOT NULL
      ) WITH (fillfactor = 70);
      COMMENT ON COLUMN usage_tracking.publishers.applied_batches IS
        'Numbers of the batches that are in the counts. A batch is counted when its number is added here, in one transaction, so never twice. Normally one range from 1 on, however many they are.';
      COMMENT ON COLUMN usage_tracking.publishers.complete_before IS
        'Everything that the publisher counted before is in the counts. Stands still while a batch is missing; null until batch 1 is there.';
      COMMENT ON COLUMN usage_tracking.publishers.final_batch IS
        'The batch in which the publisher said goodbye; null while it has not.';

      CREATE TABLE usage_tracking.dead_letters (
        published_at timestamptz(3) NOT NULL,
        stream_sequence bigint NOT NULL,
        recorded_at timestamptz(3) NOT NULL DEFAULT now(),
        subject text NOT NULL,
        reason text NOT NULL,
        payload bytea NOT NULL,
        CONSTRAINT dead_letters_pkey PRIMARY KEY (published_at, stream_sequence)
      );
    `);
  }

  /**
   * What key-management reads: names and meaning of these columns are a contract.
   *
   * `as_of`: all uses before are counted, as far as the gateways tell. A gateway from which nothing was recorded for a
   * minute, while something was from another, is taken for dead, and what it may still hold is not waited for. When
   * nothing is recorded from anybody, nobody is taken for dead and the moment stands still: whether the gateways, the
   * bus or this service is away cannot be told apart. When all have said goodbye, it is when the last one did.
   */
  private async publish(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE VIEW usage_tracking.api_key_usage AS
        SELECT key_id, last_used_at, first_used_at FROM usage_tracking.key_usage;

      CREATE VIEW usage_tracking.usage_completeness AS
        WITH alive AS (
          SELECT complete_before
          FROM usage_tracking.publishers
          WHERE last_seen_at > (SELECT max(last_seen_at) FROM usage_tracking.publishers) - interval '60 seconds'
            AND (final_batch IS NULL OR NOT applied_batches @> int8range(1, final_batch, '[]'))
        )
        SELECT CASE
          WHEN NOT EXISTS (SELECT FROM alive) THEN (SELECT max(complete_before) FROM usage_tracking.publishers)
          WHEN EXISTS (SELECT FROM alive WHERE complete_before IS NULL) THEN NULL
          ELSE (SELECT min(complete_before) FROM alive)
        END AS as_of;
    `);
  }

  private async grant(runner: QueryRunner): Promise<void> {
    await runner.query(`
      GRANT USAGE ON SCHEMA usage_tracking TO traylinx_usage_tracking, traylinx_key_management;
      GRANT SELECT, INSERT, UPDATE ON usage_tracking.key_usage, usage_tracking.hourly_uses,
        usage_tracking.daily_uses, usage_tracking.refusals, usage_tracking.publishers TO traylinx_usage_tracking;
      GRANT SELECT, INSERT ON usage_tracking.dead_letters TO traylinx_usage_tracking;
      GRANT SELECT ON usage_tracking.api_key_usage, usage_tracking.usage_completeness
        TO traylinx_usage_tracking, traylinx_key_management;
    `);
  }
}
