import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which creations are repetitions of which. Of neither header nor body there is more than a hash. */
export class RememberIdempotencyKeys1764020020000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE key_management.idempotency_keys (
        project_id uuid NOT NULL,
        actor text NOT NULL,
        idempotency_key_hash bytea NOT NULL,
        body_hash bytea NOT NULL,
        api_key_id uuid NOT NULL CONSTRAINT idempotency_keys_api_key_fkey REFERENCES key_management.api_keys (id),
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT idempotency_keys_pkey PRIMARY KEY (project_id, actor, idempotency_key_hash)
      );
      CREATE INDEX idempotency_keys_by_creation ON key_management.idempotency_keys (created_at);
      GRANT SELECT, INSERT, DELETE ON key_management.idempotency_keys TO traylinx_key_management;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE key_management.idempotency_keys');
  }
}
