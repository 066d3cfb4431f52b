import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { asOwner, createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { eventually } from '../../../test/support/eventually.js';
import { startTcpProxy } from '../../../tools/stack/tcp-proxy.mjs';
import { ApiKeyLists } from '../src/api-keys/api-key-lists.js';
import { ApiKeysService } from '../src/api-keys/api-keys.service.js';
import { ProjectsService } from '../src/projects/projects.service.js';
import { BY, code, createKey, createProject, NO_REDIS, startKeyManagement } from './key-management.js';

const MAX_KEYS = 5;

let database: TestDatabase;
let app: INestApplicationContext;
let lists: ApiKeyLists;
let apiKeys: ApiKeysService;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startKeyManagement({
    DATABASE_URL: database.keyManagementUrl,
    REDIS_URL: NO_REDIS,
    MAX_API_KEYS_PER_PROJECT: String(MAX_KEYS),
  });
  lists = app.get(ApiKeyLists);
  apiKeys = app.get(ApiKeysService);
});

afterAll(() => app.close());

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
    expect((await lists.ofProject({ projectId, limit: 10 })).data).toEqual([apiKey]);
  });

  it('are found by note and by key start, and by nothing else', async () => {
    const projectId = await createProject(app);
    const key = await createKey(app, projectId, { note: 'Deploy 50%' });
    await createKey(app, projectId, { note: null });
    const found = async (q: string): Promise<number> =>
      (await lists.ofProject({ projectId, limit: 9, q })).data.length;
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
