import type { MigrationInterface, QueryRunner } from 'typeorm';

/** usage-tracking has to know whose a key is, and since when it can have been used at all. */
export class PublishCreation1764030000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE VIEW key_management.api_key_creations AS
        SELECT id AS key_id, project_id, created_at, state FROM key_management.api_keys;
      GRANT SELECT ON key_management.api_key_creations TO traylinx_usage_tracking;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP VIEW key_management.api_key_creations');
  }
}
