import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * For how long verifiers may serve what they have cached travels with what they read, so that no two services can be
 * configured with different ideas of it. See docs/decisions/0007-the-entry-lifetime-travels-with-the-record.md.
 */
export class PublishEntryLifetime1764040000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE key_management.entry_lifetime (
        is_only boolean CONSTRAINT entry_lifetime_pkey PRIMARY KEY DEFAULT true,
        current_ms integer NOT NULL,
        longest_ms integer NOT NULL,
        changes integer NOT NULL DEFAULT 0,
        CONSTRAINT entry_lifetime_is_only CHECK (is_only),
        CONSTRAINT entry_lifetime_is_bounded CHECK (0 < current_ms AND current_ms <= longest_ms AND longest_ms <= 12000)
      );
      INSERT INTO key_management.entry_lifetime (current_ms, longest_ms) VALUES (10000, 10000);
      GRANT SELECT, UPDATE (current_ms, longest_ms, changes) ON key_management.entry_lifetime
        TO traylinx_key_management;

      CREATE OR REPLACE VIEW key_management.api_key_records AS
        SELECT id AS key_id, project_id, key_hash, state, expires_at,
          (SELECT current_ms FROM key_management.entry_lifetime) AS cacheable_ms
        FROM key_management.api_keys;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP VIEW key_management.api_key_records;
      CREATE VIEW key_management.api_key_records AS
        SELECT id AS key_id, project_id, key_hash, state, expires_at FROM key_management.api_keys;
      GRANT SELECT ON key_management.api_key_records TO traylinx_verification, traylinx_usage_tracking;
      DROP TABLE key_management.entry_lifetime;
    `);
  }
}
