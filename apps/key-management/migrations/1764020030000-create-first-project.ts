import type { MigrationInterface, QueryRunner } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';

/**
 * A new installation has a project to begin with. Here, because a migration runs once, whatever starts twice: whoever
 * deletes it does not get it back. Rows of projects stay for ever, so none at all means that the installation is new.
 */
export class CreateFirstProject1764020030000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const known = (await runner.query('SELECT id FROM key_management.projects LIMIT 1')) as unknown[];
    if (known.length > 0) return;
    const projectId = uuidv7();
    await runner.query(
      `INSERT INTO key_management.projects (id, name, created_at) VALUES ($1, 'Default', now())`,
      [projectId],
    );
    await runner.query(
      `INSERT INTO key_management.audit_events (id, occurred_at, actor, action, project_id, target_id, detail)
       VALUES ($1, now(), 'installation', 'project.created', $2, $2, 'Default')`,
      [uuidv7(), projectId],
    );
  }

  /** It may have keys by now, and projects are never removed. */
  async down(): Promise<void> {}
}
