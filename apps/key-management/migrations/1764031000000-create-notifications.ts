import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What has to be told to a webhook, and the index behind the list of deleted keys. */
export class CreateNotifications1764031000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX api_keys_deleted_of_project ON key_management.api_keys (project_id, deleted_at, id)
        WHERE state = 'deleted';

      CREATE TABLE key_management.notifications (
        id uuid CONSTRAINT notifications_pkey PRIMARY KEY,
        type text NOT NULL CONSTRAINT notifications_type_is_known
          CHECK (type IN ('api-key.expiring', 'api-key.used-after-delete')),
        key_id uuid NOT NULL CONSTRAINT notifications_key_fkey REFERENCES key_management.api_keys (id),
        days_left integer NOT NULL,
        data jsonb NOT NULL,
        occurred_at timestamptz(3) NOT NULL DEFAULT now(),
        next_attempt_at timestamptz(3) NOT NULL DEFAULT now(),
        attempts integer NOT NULL DEFAULT 0,
        delivered_at timestamptz(3),
        given_up_at timestamptz(3),
        last_error text,
        CONSTRAINT notifications_once UNIQUE (key_id, type, days_left)
      );
      CREATE INDEX notifications_due ON key_management.notifications (next_attempt_at)
        WHERE delivered_at IS NULL AND given_up_at IS NULL;
      COMMENT ON COLUMN key_management.notifications.days_left IS
        'Which warning of an expiry it is; 0 when the type has just one.';

      GRANT SELECT, INSERT,
        UPDATE (next_attempt_at, attempts, delivered_at, given_up_at, last_error)
        ON key_management.notifications TO traylinx_key_management;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE key_management.notifications;
      DROP INDEX key_management.api_keys_deleted_of_project;
    `);
  }
}
