import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an event says beyond who did what, and one index for each filter that a list of events has. */
export class CompleteAuditTrail1764020000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE key_management.audit_events
        ADD COLUMN detail text,
        ADD COLUMN count integer NOT NULL DEFAULT 1;
      CREATE INDEX audit_events_of_project ON key_management.audit_events (project_id, occurred_at, id);
      CREATE INDEX audit_events_of_actor ON key_management.audit_events (actor, occurred_at, id);
      CREATE INDEX audit_events_of_action ON key_management.audit_events (action, occurred_at, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX key_management.audit_events_of_project, key_management.audit_events_of_actor,
        key_management.audit_events_of_action;
      ALTER TABLE key_management.audit_events DROP COLUMN detail, DROP COLUMN count;
    `);
  }
}
