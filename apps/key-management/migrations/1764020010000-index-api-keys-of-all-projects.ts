import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The orders in which a list across all projects is read, so that a page of it costs the same whatever there is. */
export class IndexApiKeysOfAllProjects1764020010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX api_keys_by_creation ON key_management.api_keys (created_at, id) WHERE state <> 'deleted';
      CREATE INDEX api_keys_by_expiry ON key_management.api_keys (expires_at, id) WHERE state <> 'deleted';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX key_management.api_keys_by_creation, key_management.api_keys_by_expiry');
  }
}
