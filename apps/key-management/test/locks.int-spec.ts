import { Database } from '#database';
import type { INestApplicationContext } from '@nestjs/common';
import { asOwner, createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { eventually } from '../../../test/support/eventually.js';
import { createKey, createProject, startKeyManagement } from './key-management.js';

const LOCK_PROJECT = 'SELECT FROM key_management.projects WHERE id = $1 FOR NO KEY UPDATE';
const NOBODY_WAITS = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
const PATIENCE_MS = 20_000;

let database: TestDatabase;
let app: INestApplicationContext;
let projectId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startKeyManagement({
    DATABASE_URL: database.keyManagementUrl,
    REDIS_URL: 'redis://127.0.0.1:1',
  });
  projectId = await createProject(app);
});

afterAll(() => app.close());

it(
  'a change that was given up leaves no backend behind that waits for a lock',
  () =>
    asOwner(database.ownerUrl, async (sql) => {
      await sql.query('BEGIN');
      await sql.query(LOCK_PROJECT, [projectId]);
      await expect(createKey(app, projectId)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      await eventually(async () => expect((await sql.query(NOBODY_WAITS)).rowCount).toBe(0));
      await sql.query('ROLLBACK');
    }),
  PATIENCE_MS,
);

it(
  'a process that freezes within a change does not keep the others from changing anything',
  async () => {
    let thaw: (() => void) | undefined;
    const frozen = app.get(Database).transaction(async (manager) => {
      await manager.query(LOCK_PROJECT, [projectId]);
      await new Promise<void>((resolve) => (thaw = resolve));
      await manager.query('SELECT 1');
    });
    const outcome = expect(frozen).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await eventually(() => expect(thaw).toBeDefined());
    await eventually(() => createKey(app, projectId));
    thaw?.();
    await outcome;
  },
  PATIENCE_MS,
);
