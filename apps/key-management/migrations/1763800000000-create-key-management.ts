import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Projects, API keys with their one-way life, the audit trail, and who may do what with them. */
export class CreateKeyManagement1763800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE key_management.projects (
        id uuid CONSTRAINT projects_pkey PRIMARY KEY,
        name text NOT NULL,
        created_at timestamptz(3) NOT NULL,
        deleted_at timestamptz(3)
      );
      CREATE INDEX projects_by_creation ON key_management.projects (created_at, id) WHERE deleted_at IS NULL;

      CREATE TABLE key_management.api_keys (
        id uuid CONSTRAINT api_keys_pkey PRIMARY KEY,
        project_id uuid NOT NULL CONSTRAINT api_keys_project_fkey REFERENCES key_management.projects (id),
        key_hash bytea NOT NULL CONSTRAINT api_keys_key_hash_key UNIQUE,
        key_start text NOT NULL,
        note text,
        state text NOT NULL,
        created_at timestamptz(3) NOT NULL,
        created_by text NOT NULL,
        expires_at timestamptz(3),
        deleted_at timestamptz(3),
        deleted_by text,
        replaces_key_id uuid CONSTRAINT api_keys_replaces_fkey REFERENCES key_management.api_keys (id),
        CONSTRAINT api_keys_key_hash_is_sha256 CHECK (octet_length(key_hash) = 32),
        CONSTRAINT api_keys_state_is_known CHECK (state IN ('active', 'deleting', 'deleted'))
      );
      CREATE INDEX api_keys_of_project ON key_management.api_keys (project_id, created_at, id)
        WHERE state <> 'deleted';
      CREATE INDEX api_keys_being_deleted ON key_management.api_keys (id) WHERE state = 'deleting';
      CREATE UNIQUE INDEX api_keys_one_replacement ON key_management.api_keys (replaces_key_id)
        WHERE state <> 'deleted';

      CREATE TABLE key_management.audit_events (
        id uuid CONSTRAINT audit_events_pkey PRIMARY KEY,
        occurred_at timestamptz(3) NOT NULL,
        actor text NOT NULL,
        action text NOT NULL,
        project_id uuid,
        target_id uuid,
        request_id text,
        source_address inet
      );
      CREATE INDEX audit_events_by_time ON key_management.audit_events (occurred_at, id);
    `);
    await this.makeDeletionIrreversible(runner);
    await this.publishRecords(runner);
    await this.grant(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP VIEW key_management.api_key_records;
      DROP TABLE key_management.audit_events, key_management.api_keys, key_management.projects;
      DROP FUNCTION key_management.keep_deletion_irreversible();
    `);
  }

  /** R-forever of the revocation contract, for every role and every client: not even SQL by hand brings a key back. */
  private async makeDeletionIrreversible(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION key_management.keep_deletion_irreversible() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP <> 'UPDATE' THEN
          RAISE EXCEPTION 'rows of api_keys are never removed: a deleted key hash must never become valid again'
            USING ERRCODE = 'restrict_violation';
        END IF;
        IF (NEW.id, NEW.project_id, NEW.key_hash) IS DISTINCT FROM (OLD.id, OLD.project_id, OLD.key_hash) THEN
          RAISE EXCEPTION 'id, project and hash of an API key never change' USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.state <> OLD.state
           AND (OLD.state, NEW.state) NOT IN (('active', 'deleting'), ('deleting', 'deleted')) THEN
          RAISE EXCEPTION 'the state of an API key goes from active to deleting to deleted, not from % to %',
            OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER keep_deletion_irreversible BEFORE UPDATE OR DELETE ON key_management.api_keys
        FOR EACH ROW EXECUTE FUNCTION key_management.keep_deletion_irreversible();
      CREATE TRIGGER keep_every_row BEFORE TRUNCATE ON key_management.api_keys
        FOR EACH STATEMENT EXECUTE FUNCTION key_management.keep_deletion_irreversible();
    `);
  }

  /** What other services may read. All states are in it: the verifier has to see `deleting`. */
  private async publishRecords(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE VIEW key_management.api_key_records AS
        SELECT id AS key_id, project_id, key_hash, state, expires_at FROM key_management.api_keys;
    `);
  }

  private async grant(runner: QueryRunner): Promise<void> {
    await runner.query(`
      GRANT USAGE ON SCHEMA key_management
        TO traylinx_key_management, traylinx_verification, traylinx_usage_tracking;
      GRANT SELECT, INSERT, UPDATE (name, deleted_at) ON key_management.projects TO traylinx_key_management;
      GRANT SELECT, INSERT, UPDATE (note, state, deleted_at, deleted_by) ON key_management.api_keys
        TO traylinx_key_management;
      GRANT SELECT, INSERT ON key_management.audit_events TO traylinx_key_management;
      GRANT SELECT ON key_management.api_key_records TO traylinx_verification, traylinx_usage_tracking;
    `);
  }
}
