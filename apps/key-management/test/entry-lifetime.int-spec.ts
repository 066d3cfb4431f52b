import type { INestApplicationContext } from '@nestjs/common';
import { asOwner, createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { eventually } from '../../../test/support/eventually.js';
import { ApiKeyDeletion } from '../src/api-keys/api-key-deletion.js';
import { EntryLifetime } from '../src/api-keys/entry-lifetime.js';
import { BY, createKey, createProject, startKeyManagement } from './key-management.js';

/** Nobody listens there: each deletion has to wait. */
const NO_REDIS = 'redis://127.0.0.1:1';
const TOKEN_MS = 800;
const MARGIN_MS = 100;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

function start(lifetimeMs: number): Promise<INestApplicationContext> {
  return startKeyManagement({
    DATABASE_URL: database.keyManagementUrl,
    REDIS_URL: NO_REDIS,
    FILL_TOKEN_LIFETIME_MS: String(TOKEN_MS),
    FENCE_MARGIN_MS: String(MARGIN_MS),
    ENTRY_LIFETIME_MS: String(lifetimeMs),
  });
}

async function set(currentMs: number, longestMs: number): Promise<void> {
  await asOwner(database.ownerUrl, (sql) =>
    sql.query('UPDATE key_management.entry_lifetime SET current_ms = $1, longest_ms = $2', [
      currentMs,
      longestMs,
    ]),
  );
}

/** As a verifier reads it, with a record. */
async function toldToVerifiers(app: INestApplicationContext): Promise<number | undefined> {
  await createKey(app, await createProject(app));
  const { rows } = await asOwner(database.verificationUrl, (sql) =>
    sql.query<{ cacheable_ms: number }>('SELECT cacheable_ms FROM key_management.api_key_records LIMIT 1'),
  );
  return rows[0]?.cacheable_ms;
}

it('is told to the verifiers, and a longer one counts at once', async () => {
  await set(1_000, 1_000);
  const app = await start(3_000);
  await eventually(async () => expect(await toldToVerifiers(app)).toBe(3_000));
  expect(await app.get(EntryLifetime).longestMs()).toBe(3_000);
  await app.close();
});

it('that is shorter is told at once too, and counted on only when all that was stored for longer has ended', async () => {
  await set(2_000, 2_000);
  const startedAtMs = performance.now();
  const app = await start(1_000);
  const lifetime = app.get(EntryLifetime);
  await eventually(async () => expect(await toldToVerifiers(app)).toBe(1_000));
  if (performance.now() - startedAtMs < 2_000) expect(await lifetime.longestMs()).toBe(2_000);
  await eventually(async () => expect(await lifetime.longestMs()).toBe(1_000));
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(2_000 + MARGIN_MS);
  await app.close();
});

it('is not counted on as shorter when somebody has changed it meanwhile', async () => {
  await set(2_000, 2_000);
  const short = await start(1_000);
  await eventually(async () => expect(await toldToVerifiers(short)).toBe(1_000));
  const long = await start(2_000);
  await eventually(async () => expect(await toldToVerifiers(long)).toBe(2_000));
  await new Promise((resolve) => setTimeout(resolve, 2_000 + 2 * MARGIN_MS));
  expect(await short.get(EntryLifetime).longestMs()).toBe(2_000);
  await short.close();
  await long.close();
});

it('is what a deletion waits for, whatever the process that deletes was configured with', async () => {
  const short = await start(1_000);
  // Another replica, still with the old configuration, was started last.
  const old = await start(3_000);
  await eventually(async () => expect(await toldToVerifiers(old)).toBe(3_000));
  const projectId = await createProject(short);
  const { id: keyId } = await createKey(short, projectId);
  const startedAtMs = performance.now();
  await short.get(ApiKeyDeletion).delete({ projectId, keyId, ...BY });
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(TOKEN_MS + 3_000 + MARGIN_MS);
  await short.close();
  await old.close();
});

it.each([
  'UPDATE key_management.entry_lifetime SET current_ms = 12001, longest_ms = 12001',
  'UPDATE key_management.entry_lifetime SET current_ms = longest_ms + 1',
  'UPDATE key_management.entry_lifetime SET current_ms = 0',
  'DELETE FROM key_management.entry_lifetime',
  'INSERT INTO key_management.entry_lifetime (is_only, current_ms, longest_ms) VALUES (false, 1, 1)',
])('cannot be made nonsense by the service: %s', async (statement) => {
  await expect(asOwner(database.keyManagementUrl, (sql) => sql.query(statement))).rejects.toThrow(
    /violates check constraint|permission denied/,
  );
});
