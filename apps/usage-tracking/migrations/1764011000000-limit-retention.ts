import type { MigrationInterface, QueryRunner } from 'typeorm';

const PRUNED = 'hourly_uses, daily_uses, refusals, dead_letters, publishers'
  .split(', ')
  .map((table) => `usage_tracking.${table}`)
  .join(', ');

/** Lets the service remove what is older than it is kept, and find it. When a key was first and last used stays for ever. */
export class LimitRetention1764011000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX hourly_uses_by_hour ON usage_tracking.hourly_uses (hour);
      CREATE INDEX daily_uses_by_day ON usage_tracking.daily_uses (day);
      CREATE INDEX dead_letters_by_time ON usage_tracking.dead_letters (recorded_at);
      GRANT DELETE ON ${PRUNED} TO traylinx_usage_tracking;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE DELETE ON ${PRUNED} FROM traylinx_usage_tracking;
      DROP INDEX usage_tracking.hourly_uses_by_hour, usage_tracking.daily_uses_by_day,
        usage_tracking.dead_letters_by_time;
    `);
  }
}
