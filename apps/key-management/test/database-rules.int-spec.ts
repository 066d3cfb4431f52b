import type { INestApplicationContext } from '@nestjs/common';
import { asOwner, createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { createKey, createProject, NO_REDIS, startKeyManagement } from './key-management.js';

let database: TestDatabase;
let app: INestApplicationContext;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startKeyManagement({
    DATABASE_URL: database.keyManagementUrl,
    REDIS_URL: NO_REDIS,
  });
});

afterAll(() => app.close());

describe('the database', () => {
  const as = (url: string, statement: string, values: unknown[] = []): Promise<unknown> =>
    asOwner(url, (sql) => sql.query(statement, values));

  it.each([
    [
      `UPDATE key_management.api_keys SET state = 'active' WHERE id = $1`,
      /from active to deleting to deleted/,
    ],
    [
      `UPDATE key_management.api_keys SET state = 'deleting' WHERE id = $1`,
      /from active to deleting to deleted/,
    ],
    [`UPDATE key_management.api_keys SET key_hash = sha256('x') WHERE id = $1`, /never change/],
    [`UPDATE key_management.api_keys SET project_id = gen_random_uuid() WHERE id = $1`, /never change/],
    [`UPDATE key_management.api_keys SET id = gen_random_uuid() WHERE id = $1`, /never change/],
    [`DELETE FROM key_management.api_keys WHERE id = $1`, /never removed/],
  ])('does not let even its owner undo a deletion: %s', async (statement, reason) => {
    const { id } = await createKey(app, await createProject(app));
    for (const state of ['deleting', 'deleted']) {
      await as(database.ownerUrl, `UPDATE key_management.api_keys SET state = $2 WHERE id = $1`, [id, state]);
    }
    await expect(as(database.ownerUrl, statement, [id])).rejects.toThrow(reason);
  });

  it('lets nobody empty the table', async () => {
    await expect(as(database.ownerUrl, 'TRUNCATE key_management.api_keys CASCADE')).rejects.toThrow(
      /never removed/,
    );
  });

  it('never takes the hash of a deleted key again', async () => {
    const projectId = await createProject(app);
    const { id, keyHash } = await createKey(app, projectId);
    for (const state of ['deleting', 'deleted']) {
      await as(database.ownerUrl, `UPDATE key_management.api_keys SET state = $2 WHERE id = $1`, [id, state]);
    }
    await expect(createKey(app, projectId, { keyHash })).rejects.toMatchObject({ code: 'API_KEY_NOT_FOUND' });
    const again = `INSERT INTO key_management.api_keys SELECT gen_random_uuid(), project_id, key_hash, key_start, note, 'active',
      created_at, created_by FROM key_management.api_keys WHERE id = $1`;
    await expect(as(database.ownerUrl, again, [id])).rejects.toThrow(/api_keys_key_hash_key/);
  });

  it.each([
    ['keyManagementUrl', 'DELETE FROM key_management.api_keys'],
    ['keyManagementUrl', 'UPDATE key_management.api_keys SET expires_at = NULL'],
    ['keyManagementUrl', 'UPDATE key_management.audit_events SET actor = NULL'],
    ['keyManagementUrl', 'DELETE FROM key_management.audit_events'],
    ['keyManagementUrl', 'ALTER TABLE key_management.api_keys DISABLE TRIGGER ALL'],
    ['keyManagementUrl', 'CREATE TABLE key_management.mine (id int)'],
    ['verificationUrl', 'SELECT * FROM key_management.api_keys'],
    ['verificationUrl', 'SELECT * FROM key_management.projects'],
    ['verificationUrl', `UPDATE key_management.api_key_records SET state = 'active'`],
    ['usageTrackingUrl', 'SELECT * FROM key_management.api_keys'],
    ['usageTrackingUrl', 'DELETE FROM key_management.api_key_records'],
  ] as const)('does not let %s do: %s', async (role, statement) => {
    await expect(as(database[role], statement)).rejects.toThrow(/permission denied|must be owner/);
  });

  it('does not drift from the entities', async () => {
    const { DataSource } = await import('typeorm');
    const { entities } = await import('../src/entities.js');
    const source = await new DataSource({ type: 'postgres', url: database.ownerUrl, entities }).initialize();
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    await source.destroy();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });
});
