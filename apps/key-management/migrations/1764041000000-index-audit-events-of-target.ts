import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was done to one API key or project is as quick to read as the other filters of events are. */
export class IndexAuditEventsOfTarget1764041000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX audit_events_of_target ON key_management.audit_events (target_id, occurred_at, id)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX key_management.audit_events_of_target');
  }
}
