import { DomainError, type ListDeletedApiKeysRequest } from '#contracts';
import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { asOwner, createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { DeletedApiKeysService } from '../src/api-keys/deleted-api-keys.service.js';
import { type CreatedKey, createKey, createProject, startKeyManagement } from './key-management.js';

/** Nobody listens there: nothing in this file needs Redis. */
const NO_REDIS = 'redis://127.0.0.1:1';

let database: TestDatabase;
let app: INestApplicationContext;
let radar: DeletedApiKeysService;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startKeyManagement({ DATABASE_URL: database.keyManagementUrl, REDIS_URL: NO_REDIS });
  radar = app.get(DeletedApiKeysService);
});

afterAll(() => app.close());

async function sql(statement: string, ...parameters: unknown[]): Promise<void> {
  await asOwner(database.ownerUrl, (client) => client.query(statement, parameters));
}

/** As a deletion leaves it, so long ago. */
async function deletedKey(projectId: string, interval: string): Promise<CreatedKey> {
  const key = await createKey(app, projectId, { note: `deleted ${interval} ago` });
  await sql(
    `UPDATE key_management.api_keys SET state = 'deleting', deleted_by = 'admin-token' WHERE id = $1`,
    key.id,
  );
  await sql(
    `UPDATE key_management.api_keys SET state = 'deleted', deleted_at = now() - $2::interval WHERE id = $1`,
    key.id,
    interval,
  );
  return key;
}

/** As usage-tracking writes it. */
const refused = (keyId: string, reason: string, count: number): Promise<void> =>
  sql(
    `INSERT INTO usage_tracking.refusals VALUES ($1, $2, $3, '2026-03-01T10:00:00Z', '2026-03-01T11:00:00Z')`,
    keyId,
    reason,
    count,
  );

const code = (request: ListDeletedApiKeysRequest): Promise<string> =>
  radar.list(request).then(
    () => 'no error',
    (error: unknown) => (error instanceof DomainError ? error.code : String(error)),
  );

describe('the deleted keys of a project', () => {
  it('are shown with the calls since, the latest deletion first, and no others', async () => {
    const [projectId, other] = [await createProject(app), await createProject(app)];
    const [quiet, called] = [await deletedKey(projectId, '2 hours'), await deletedKey(projectId, '1 hour')];
    await createKey(app, projectId);
    await deletedKey(other, '1 hour');
    await refused(called.id, 'deleted', 5);
    // Before it was deleted it had expired: that tells nothing about the deletion.
    await refused(called.id, 'expired', 7);
    await refused(quiet.id, 'expired', 7);
    const { data, nextCursor } = await radar.list({ projectId, limit: 10 });
    expect(nextCursor).toBeNull();
    expect(data).toEqual([
      {
        id: called.id,
        keyStart: called.keyStart,
        note: 'deleted 1 hour ago',
        deletedAt: expect.stringMatching(/Z$/) as string,
        deletedBy: 'admin-token',
        rejectedUses: 5,
        firstRejectedAt: '2026-03-01T10:00:00.000Z',
        lastRejectedAt: '2026-03-01T11:00:00.000Z',
      },
      {
        id: quiet.id,
        keyStart: quiet.keyStart,
        note: 'deleted 2 hours ago',
        deletedAt: expect.stringMatching(/Z$/) as string,
        deletedBy: 'admin-token',
        rejectedUses: 0,
        firstRejectedAt: null,
        lastRejectedAt: null,
      },
    ]);
  });

  it('are shown for 90 days', async () => {
    const projectId = await createProject(app);
    const young = await deletedKey(projectId, '89 days 23 hours');
    await deletedKey(projectId, '90 days 1 minute');
    const { data } = await radar.list({ projectId, limit: 10 });
    expect(data.map(({ id }) => id)).toEqual([young.id]);
  });

  it('are shown page by page, each once', async () => {
    const projectId = await createProject(app);
    const ids: string[] = [];
    for (let age = 1; age <= 5; age++) ids.push((await deletedKey(projectId, `${String(age)} hours`)).id);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await radar.list({ projectId, limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(ids);
  });

  it('are not found in a project that does not exist, and refuse a cursor of another list', async () => {
    const projectId = await createProject(app);
    await deletedKey(projectId, '1 hour');
    await deletedKey(projectId, '2 hours');
    expect(await code({ projectId: randomUUID(), limit: 1 })).toBe('PROJECT_NOT_FOUND');
    const { nextCursor } = await radar.list({ projectId, limit: 1 });
    const other = await createProject(app);
    expect(await code({ projectId: other, limit: 1, cursor: nextCursor ?? '' })).toBe('INVALID_REQUEST');
  });
});
