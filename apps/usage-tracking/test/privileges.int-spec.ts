import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';

const PERMISSION_DENIED = /permission denied|must be owner/;

let database: TestDatabase;
let service: Client;
let keyManagement: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  service = new Client({ connectionString: database.usageTrackingUrl });
  keyManagement = new Client({ connectionString: database.keyManagementUrl });
  await Promise.all([service.connect(), keyManagement.connect()]);
});

afterAll(() => Promise.all([service.end(), keyManagement.end()]));

describe('the role of usage-tracking', () => {
  it('owns nothing', async () => {
    const { rows } = await service.query(
      `SELECT relname FROM pg_class WHERE relowner = 'traylinx_usage_tracking'::regrole
       UNION SELECT nspname FROM pg_namespace WHERE nspowner = 'traylinx_usage_tracking'::regrole`,
    );
    expect(rows).toEqual([]);
  });

  it.each([
    'key_usage',
    'hourly_uses',
    'daily_uses',
    'refusals',
    'publishers',
    'recording_horizon',
    'dead_letters',
  ])('cannot empty %s at once, nor change its shape', async (table) => {
    for (const statement of ['TRUNCATE', 'DROP TABLE']) {
      await expect(service.query(`${statement} usage_tracking.${table}`)).rejects.toThrow(PERMISSION_DENIED);
    }
    await expect(service.query(`ALTER TABLE usage_tracking.${table} ADD COLUMN x integer`)).rejects.toThrow(
      PERMISSION_DENIED,
    );
  });

  it('cannot remove when a key was first and last used', async () => {
    await expect(service.query('DELETE FROM usage_tracking.key_usage')).rejects.toThrow(PERMISSION_DENIED);
  });

  it('cannot change what could not be read', async () => {
    await expect(service.query(`UPDATE usage_tracking.dead_letters SET reason = ''`)).rejects.toThrow(
      PERMISSION_DENIED,
    );
  });

  it('can create nothing, in no schema', async () => {
    for (const schema of ['usage_tracking', 'key_management', 'public']) {
      await expect(service.query(`CREATE TABLE ${schema}.x ()`)).rejects.toThrow(PERMISSION_DENIED);
    }
  });

  it('cannot look into the tables of key-management', async () => {
    await expect(service.query('SELECT FROM key_management.api_keys')).rejects.toThrow(PERMISSION_DENIED);
  });
});

describe('the role of key-management', () => {
  it('can read what is published to it, and nothing else', async () => {
    await keyManagement.query('SELECT key_id, last_used_at, first_used_at FROM usage_tracking.api_key_usage');
    await keyManagement.query('SELECT as_of, gap_from, gap_to FROM usage_tracking.usage_completeness');
    await keyManagement.query('SELECT * FROM usage_tracking.api_key_use_counts');
    await keyManagement.query('SELECT * FROM usage_tracking.api_key_refusals');
    for (const table of ['key_usage', 'hourly_uses', 'publishers', 'dead_letters']) {
      await expect(keyManagement.query(`SELECT FROM usage_tracking.${table}`)).rejects.toThrow(
        PERMISSION_DENIED,
      );
    }
  });
});
