import type { INestApplicationContext } from '@nestjs/common';
import { asOwner, createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { createKey, type CreatedKey, createProject, startKeyManagement } from './key-management.js';

const ROLES = ['keyManagementUrl', 'verificationUrl', 'usageTrackingUrl'] as const;

let database: TestDatabase;
let app: INestApplicationContext;
let projectId: string;
let key: CreatedKey;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startKeyManagement({
    DATABASE_URL: database.keyManagementUrl,
    REDIS_URL: 'redis://127.0.0.1:1',
  });
  projectId = await createProject(app);
  key = await createKey(app, projectId);
  for (const state of ['deleting', 'deleted']) {
    await as('ownerUrl', `UPDATE key_management.api_keys SET state = '${state}' WHERE id = '${key.id}'`);
  }
});

afterAll(() => app.close());

async function as(role: keyof TestDatabase, statement: string): Promise<Record<string, unknown>[]> {
  const { rows } = await asOwner(database[role], (sql) => sql.query<Record<string, unknown>>(statement));
  return rows;
}

/** The hash is known to whoever reads this row: nothing may make it valid again. */
const hash = (): string => `decode('${Buffer.from(key.keyHash, 'base64url').toString('hex')}', 'hex')`;

/** What somebody tries who has taken over a service and wants a deleted key back. */
const ATTEMPTS: [string, () => string][] = [
  ['active again', () => `UPDATE key_management.api_keys SET state = 'active' WHERE id = '${key.id}'`],
  ['deleting again', () => `UPDATE key_management.api_keys SET state = 'deleting' WHERE id = '${key.id}'`],
  ['active by the view', () => `UPDATE key_management.api_key_records SET state = 'active'`],
  ['another hash', () => `UPDATE key_management.api_keys SET key_hash = sha256('x') WHERE id = '${key.id}'`],
  ['another id', () => `UPDATE key_management.api_keys SET id = gen_random_uuid() WHERE id = '${key.id}'`],
  ['another project', () => `UPDATE key_management.api_keys SET project_id = gen_random_uuid()`],
  ['a later expiry', () => `UPDATE key_management.api_keys SET expires_at = 'infinity'`],
  ['the row removed', () => `DELETE FROM key_management.api_keys WHERE id = '${key.id}'`],
  ['the row removed by the view', () => `DELETE FROM key_management.api_key_records`],
  ['the project removed', () => `DELETE FROM key_management.projects WHERE id = '${projectId}'`],
  ['all rows removed', () => 'TRUNCATE key_management.api_keys CASCADE'],
  ['all projects removed', () => 'TRUNCATE key_management.projects CASCADE'],
  [
    'the hash once more',
    () => `INSERT INTO key_management.api_keys (id, project_id, key_hash, key_start, state, created_at, created_by)
           VALUES (gen_random_uuid(), '${projectId}', ${hash()}, 'x', 'active', now(), 'x')`,
  ],
  [
    'the hash once more, or else the row as it was',
    () => `INSERT INTO key_management.api_keys (id, project_id, key_hash, key_start, state, created_at, created_by)
           VALUES (gen_random_uuid(), '${projectId}', ${hash()}, 'x', 'active', now(), 'x')
           ON CONFLICT (key_hash) DO UPDATE SET state = excluded.state`,
  ],
  ['no triggers', () => 'ALTER TABLE key_management.api_keys DISABLE TRIGGER ALL'],
  ['no such trigger', () => 'ALTER TABLE key_management.api_keys DISABLE TRIGGER keep_deletion_irreversible'],
  ['no triggers, as a replica', () => `SET session_replication_role = 'replica'`],
  ['the trigger removed', () => 'DROP TRIGGER keep_deletion_irreversible ON key_management.api_keys'],
  [
    'the trigger harmless',
    () => `CREATE OR REPLACE FUNCTION key_management.keep_deletion_irreversible() RETURNS trigger
           LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`,
  ],
  [
    'another trigger after it',
    () => `CREATE TRIGGER zzz BEFORE UPDATE ON key_management.api_keys FOR EACH ROW
           EXECUTE FUNCTION key_management.keep_deletion_irreversible()`,
  ],
  [
    'a rule in its place',
    () => 'CREATE RULE mine AS ON UPDATE TO key_management.api_keys DO INSTEAD NOTHING',
  ],
  ['no unique hash', () => 'ALTER TABLE key_management.api_keys DROP CONSTRAINT api_keys_key_hash_key'],
  [
    'the view over another table',
    () => `CREATE OR REPLACE VIEW key_management.api_key_records AS SELECT 1 AS key_id`,
  ],
  ['the table out of the way', () => 'ALTER TABLE key_management.api_keys RENAME TO old'],
  ['a table of its own', () => 'CREATE TABLE key_management.mine (id int)'],
  ['the schema removed', () => 'DROP SCHEMA key_management CASCADE'],
  ['the rights of the owner', () => `SET ROLE ${new URL(database.ownerUrl).username}`],
  ['its own audit trail changed', () => `UPDATE key_management.audit_events SET actor = 'x'`],
  ['its own audit trail removed', () => 'DELETE FROM key_management.audit_events'],
];

describe.each(ROLES)('the role %s', (role) => {
  it.each(ATTEMPTS)('cannot get: %s', async (_what, statement) => {
    await expect(as(role, statement())).rejects.toThrow(
      /permission denied|must be owner|from active to deleting to deleted|never change|never removed|api_keys_key_hash_key/,
    );
    expect(await as('ownerUrl', `SELECT state FROM key_management.api_keys WHERE id = '${key.id}'`)).toEqual([
      { state: 'deleted' },
    ]);
  });
});

it.each(['verificationUrl', 'usageTrackingUrl'] as const)(
  'the role %s reads the published view, and no table behind it',
  async (role) => {
    await as(role, 'SELECT * FROM key_management.api_key_records');
    for (const table of ['api_keys', 'projects', 'audit_events', 'entry_lifetime']) {
      await expect(as(role, `SELECT * FROM key_management.${table}`)).rejects.toThrow(/permission denied/);
    }
  },
);
