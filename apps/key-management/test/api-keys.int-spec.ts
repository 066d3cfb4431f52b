import { DomainError } from '#contracts';
import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { asOwner, createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { eventually } from '../../../test/support/eventually.js';
import { startTcpProxy } from '../../../tools/stack/tcp-proxy.mjs';
import { ApiKeysService } from '../src/api-keys/api-keys.service.js';
import { ProjectsService } from '../src/projects/projects.service.js';
import { BY, createKey, createProject, startKeyManagement } from './key-management.js';

/** Nobody listens there: nothing in this file needs Redis. */
const NO_REDIS = 'redis://127.0.0.1:1';
const MAX_KEYS = 5;

let database: TestDatabase;
let app: INestApplicationContext;
let apiKeys: ApiKeysService;
let projects: ProjectsService;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startKeyManagement({
    DATABASE_URL: database.keyManagementUrl,
    REDIS_URL: NO_REDIS,
    MAX_API_KEYS_PER_PROJECT: String(MAX_KEYS),
  });
  apiKeys = app.get(ApiKeysService);
  projects = app.get(ProjectsService);
});

afterAll(() => app.close());

const code = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof DomainError ? error.code : String(error)),
  );

describe('projects', () => {
  it('are created, renamed, found by a part of their name, and hidden once deleted', async () => {
    const id = await createProject(app, '100% _Zürich_ pilot');
    await projects.rename({ projectId: id, name: '100% _Genf_ pilot', ...BY });
    const names = async (q: string): Promise<string[]> =>
      (await projects.list({ limit: 10, q })).data.map(({ name }) => name);
    expect(await names('_genf_')).toEqual(['100% _Genf_ pilot']);
    expect(await names('0%')).toEqual(['100% _Genf_ pilot']);
    expect(await names('xgenfx')).toEqual([]);

    await projects.delete({ projectId: id, ...BY });
    expect(await names('_genf_')).toEqual([]);
    for (const work of [
      () => projects.get({ projectId: id }),
      () => projects.rename({ projectId: id, name: 'x', ...BY }),
      () => projects.delete({ projectId: id, ...BY }),
      () => apiKeys.list({ projectId: id, limit: 1 }),
      () => createKey(app, id),
    ]) {
      expect(await code(work())).toBe('PROJECT_NOT_FOUND');
    }
  });

  it('cannot be deleted while they have a key, whatever its state', async () => {
    const id = await createProject(app);
    const key = await createKey(app, id);
    expect(await code(projects.delete({ projectId: id, ...BY }))).toBe('PROJECT_NOT_EMPTY');
    await asOwner(database.ownerUrl, (sql) =>
      sql.query(`UPDATE key_management.api_keys SET state = 'deleting' WHERE id = $1`, [key.id]),
    );
    expect(await code(projects.delete({ projectId: id, ...BY }))).toBe('PROJECT_NOT_EMPTY');
  });

  it('are listed page by page, each once, while others are being created', async () => {
    const created = new Set<string>();
    for (let i = 0; i < 25; i += 1) created.add(await createProject(app, `paged ${String(i)}`));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await projects.list({ limit: 7, q: 'paged', ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
      await createProject(app, 'paged, but later');
    } while (cursor !== undefined);
    expect(seen).toHaveLength(25);
    expect(new Set(seen)).toEqual(created);
  });

  it.each(['nonsense', '', 'MS5ub3QtYS11dWlk'])(
    'refuse the cursor %p, which is not theirs',
    async (cursor) => {
      expect(await code(projects.list({ limit: 1, cursor }))).toBe('INVALID_REQUEST');
    },
  );
});

describe('API keys', () => {
  it('keep note, expiry, creator and project, and were never used at first', async () => {
    const projectId = await createProject(app);
    const expiresAt = '2030-01-01T00:00:00.000Z';
    const created = await createKey(app, projectId, { note: 'GitHub Actions deploy', expiresAt });
    expect(created).toMatchObject({
      projectId,
      note: 'GitHub Actions deploy',
      expiresAt,
      createdBy: 'admin-token',
      status: 'active',
      lastUsedAt: null,
      usage: { verdict: 'never_used', last24h: 0, last7d: 0, last30d: 0, asOf: null, gap: null },
      replacesKeyId: null,
      replacedByKeyId: null,
    });
    expect(created.keyStart).toMatch(/^tlx_.{4}$/);
    const { keyHash, ...apiKey } = created;
    expect(keyHash).toHaveLength(43);
    expect(await apiKeys.get({ projectId, keyId: created.id })).toEqual(apiKey);
    expect((await apiKeys.list({ projectId, limit: 10 })).data).toEqual([apiKey]);
  });

  it('are found by note and by key start, and by nothing else', async () => {
    const projectId = await createProject(app);
    const key = await createKey(app, projectId, { note: 'Deploy 50%' });
    await createKey(app, projectId, { note: null });
    const found = async (q: string): Promise<number> =>
      (await apiKeys.list({ projectId, limit: 9, q })).data.length;
    expect(await found('deploy')).toBe(1);
    expect(await found('50%')).toBe(1);
    expect(await found('5_%')).toBe(0);
    expect(await found(key.keyStart)).toBe(1);
    expect(await found(key.keyHash.slice(0, 8))).toBe(0);
  });

  it('answer API_KEY_NOT_FOUND through another project, exactly as if they did not exist', async () => {
    const mine = await createProject(app);
    const other = await createProject(app);
    const { id: keyId } = await createKey(app, mine);
    for (const request of [
      { projectId: other, keyId },
      { projectId: mine, keyId: randomUUID() },
    ]) {
      expect(await code(apiKeys.get(request))).toBe('API_KEY_NOT_FOUND');
      expect(await code(apiKeys.changeNote({ ...request, note: 'x', ...BY }))).toBe('API_KEY_NOT_FOUND');
    }
  });

  it('change their note and nothing else', async () => {
    const projectId = await createProject(app);
    const before = await createKey(app, projectId, { note: 'before' });
    const after = await apiKeys.changeNote({ projectId, keyId: before.id, note: null, ...BY });
    expect({ ...after, note: 'before', keyHash: before.keyHash }).toEqual(before);
    expect(after.note).toBeNull();
  });

  it('stop at the limit of the project, also when many are created at once', async () => {
    const projectId = await createProject(app);
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => code(createKey(app, projectId))));
    expect(outcomes.filter((outcome) => outcome === 'no error')).toHaveLength(MAX_KEYS);
    expect(outcomes.filter((outcome) => outcome === 'LIMIT_REACHED')).toHaveLength(12 - MAX_KEYS);
  });

  it('show as expired once their time has come', async () => {
    const projectId = await createProject(app);
    const key = await createKey(app, projectId, { expiresAt: '2030-01-01T00:00:00Z' });
    await asOwner(database.ownerUrl, (sql) =>
      sql.query(`UPDATE key_management.api_keys SET expires_at = now() WHERE id = $1`, [key.id]),
    );
    expect((await apiKeys.get({ projectId, keyId: key.id })).status).toBe('expired');
  });

  it('identify themselves to their holder while they are active', async () => {
    const projectId = await createProject(app, 'Holder');
    const key = await createKey(app, projectId, { note: 'mine' });
    expect(await apiKeys.identify({ keyId: key.id })).toEqual({
      projectId,
      projectName: 'Holder',
      keyId: key.id,
      keyStart: key.keyStart,
      note: 'mine',
      expiresAt: null,
    });
    expect(await code(apiKeys.identify({ keyId: randomUUID() }))).toBe('API_KEY_NOT_FOUND');
  });
});

describe('a replacement', () => {
  it('takes the note over, never the expiry, and both keys point at each other', async () => {
    const projectId = await createProject(app);
    const old = await createKey(app, projectId, { note: 'CI', expiresAt: '2030-01-01T00:00:00Z' });
    const replacement = await createKey(app, projectId, { replacesKeyId: old.id });
    expect(replacement).toMatchObject({ note: 'CI', expiresAt: null, replacesKeyId: old.id });
    expect(await createKey(app, projectId, { replacesKeyId: replacement.id, note: null })).toMatchObject({
      note: null,
    });
    expect((await apiKeys.get({ projectId, keyId: old.id })).replacedByKeyId).toBe(replacement.id);
  });

  it('is refused for a key that has one, for one of another project, and for none', async () => {
    const projectId = await createProject(app);
    const old = await createKey(app, projectId);
    const foreign = await createKey(app, await createProject(app));
    const outcomes = await Promise.all(
      [1, 2].map(() => code(createKey(app, projectId, { replacesKeyId: old.id }))),
    );
    expect(outcomes.sort()).toEqual(['ALREADY_REPLACED', 'no error']);
    for (const replacesKeyId of [foreign.id, randomUUID()]) {
      expect(await code(createKey(app, projectId, { replacesKeyId }))).toBe('API_KEY_NOT_FOUND');
    }
  });
});

describe('the audit trail', () => {
  it('has each change with who made it, and nothing of a change that failed', async () => {
    const projectId = await createProject(app);
    const key = await createKey(app, projectId);
    await apiKeys.changeNote({ projectId, keyId: key.id, note: 'x', ...BY, actor: 'someone' });
    await code(apiKeys.changeNote({ projectId, keyId: randomUUID(), note: 'x', ...BY }));
    const { rows } = await asOwner(database.ownerUrl, (sql) =>
      sql.query(
        `SELECT actor, action, target_id, host(source_address) AS source FROM key_management.audit_events
          WHERE project_id = $1 ORDER BY occurred_at, id`,
        [projectId],
      ),
    );
    expect(rows).toEqual([
      { actor: 'admin-token', action: 'project.created', target_id: projectId, source: '127.0.0.1' },
      { actor: 'admin-token', action: 'api-key.created', target_id: key.id, source: '127.0.0.1' },
      { actor: 'someone', action: 'api-key.note-changed', target_id: key.id, source: '127.0.0.1' },
    ]);
  });
});

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
    await expect(createKey(app, projectId, { keyHash })).rejects.toThrow(/api_keys_key_hash_key/);
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

describe('without PostgreSQL', () => {
  it.each(['cut', 'stall'] as const)(
    'says UNAVAILABLE (%s), and works again once it is back',
    async (fault) => {
      const proxy = await startTcpProxy(database.keyManagementUrl);
      const through = await startKeyManagement({
        DATABASE_URL: proxy.url(database.keyManagementUrl),
        REDIS_URL: NO_REDIS,
      });
      const list = (): Promise<string> => code(through.get(ProjectsService).list({ limit: 1 }));
      expect(await list()).toBe('no error');
      proxy[fault]();
      expect(await list()).toBe('UNAVAILABLE');
      proxy.heal();
      await eventually(async () => expect(await list()).toBe('no error'));
      await through.close();
      await proxy.close();
    },
  );
});
