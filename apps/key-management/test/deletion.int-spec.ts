import { hashKey, mintKey } from '#api-key';
import { jest } from '@jest/globals';
import { DomainError } from '#contracts';
import { KeyFence } from '#key-fence';
import { requestContext, requestContextFrom } from '#observability';
import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { asOwner, createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { eventually } from '../../../test/support/eventually.js';
import { startTcpProxy, type TcpProxy } from '../../../tools/stack/tcp-proxy.mjs';
import { loadCredentials, redisUrl, startRedis, temporaryDirectory } from '../../../tools/stack/servers.mjs';
import { ApiKeyDeletion } from '../src/api-keys/api-key-deletion.js';
import { ApiKeyLists } from '../src/api-keys/api-key-lists.js';
import { ApiKeysService } from '../src/api-keys/api-keys.service.js';
import { BY, createKey, type CreatedKey, createProject, startKeyManagement } from './key-management.js';

/** Short, so that a deletion that has to wait is over soon: F + L + margin. */
const LIFETIMES = { FILL_TOKEN_LIFETIME_MS: '800', ENTRY_LIFETIME_MS: '1000', FENCE_MARGIN_MS: '200' };
const WAIT_MS = 2_000;

let database: TestDatabase;
let redis: Awaited<ReturnType<typeof startRedis>>;
let proxy: TcpProxy;
let app: INestApplicationContext;
/** A verifier's side of the cache, which the proxy does not stand in the way of. */
let verifier: KeyFence;
let projectId: string;

beforeAll(async () => {
  const dir = temporaryDirectory('deletion');
  [database, redis] = await Promise.all([createTestDatabase(), startRedis({ dir })]);
  await setEntryLifetime(1_000);
  const credentials = loadCredentials(dir);
  const url = redisUrl(redis.port, 'key-management', credentials.redisKeyManagementPassword);
  proxy = await startTcpProxy(url);
  app = await start({ REDIS_URL: proxy.url(url) });
  verifier = new KeyFence({
    redisUrl: redisUrl(redis.port, 'verification', credentials.redisVerificationPassword),
    connectionName: 'test',
    budgetMs: 1_000,
    fillTokenLifetimeMs: 60_000,
  });
  await eventually(() => verifier.lookup(['x']));
  projectId = await createProject(app);
});

beforeEach(async () => {
  proxy.heal();
  await eventually(() => app.get(KeyFence).fence(['x']));
});

afterAll(async () => {
  verifier.onApplicationShutdown();
  await app.close();
  await proxy.close();
  await redis.stop();
});

function start(env: Record<string, string>): Promise<INestApplicationContext> {
  return startKeyManagement({ DATABASE_URL: database.keyManagementUrl, ...LIFETIMES, ...env });
}

/** As if it had been this for long. */
async function setEntryLifetime(ms: number): Promise<void> {
  await asOwner(database.ownerUrl, (sql) =>
    sql.query('UPDATE key_management.entry_lifetime SET current_ms = $1, longest_ms = $1', [ms]),
  );
}

async function state(keyId: string): Promise<string> {
  const { rows } = await asOwner(database.ownerUrl, (sql) =>
    sql.query<{ state: string }>('SELECT state FROM key_management.api_keys WHERE id = $1', [keyId]),
  );
  return rows[0]?.state ?? 'no row';
}

/** What a verifier that has read the active row leaves in the cache. */
async function cache({ keyHash }: CreatedKey): Promise<void> {
  const { token } = await verifier.lookup([keyHash]);
  expect(await verifier.fill([{ keyHash, record: 'active' }], token, 60_000)).toBe(1);
}

async function isCached({ keyHash }: CreatedKey): Promise<boolean> {
  return (await verifier.lookup([keyHash])).answers[0] === 'active';
}

function remove({ id: keyId }: { id: string }, by = app): Promise<void> {
  return by.get(ApiKeyDeletion).delete({ projectId, keyId, ...BY });
}

/** As the gateway's request of this id, which is the same when the gateway sends it again. */
function asRequest<T>(requestId: string, work: () => Promise<T>): Promise<T> {
  return requestContext.run(requestContextFrom({ requestId }), work);
}

async function timed(work: Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work;
  return performance.now() - startedAtMs;
}

const code = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof DomainError ? error.code : String(error)),
  );

describe('a deletion', () => {
  it('removes the cached entry before it is answered, and waits for nothing else', async () => {
    const key = await createKey(app, projectId);
    await cache(key);
    expect(await timed(remove(key))).toBeLessThan(WAIT_MS);
    expect(await isCached(key)).toBe(false);
    expect(await state(key.id)).toBe('deleted');
  });

  it('stops a slow fill: what was read before the deletion is not cached after it', async () => {
    const key = await createKey(app, projectId);
    const { token } = await verifier.lookup([key.keyHash]);
    await remove(key);
    expect(await verifier.fill([{ keyHash: key.keyHash, record: 'active' }], token, 60_000)).toBe(0);
    expect(await isCached(key)).toBe(false);
  });

  it('is answered API_KEY_NOT_FOUND when repeated', async () => {
    const key = await createKey(app, projectId);
    await remove(key);
    expect(await code(remove(key))).toBe('API_KEY_NOT_FOUND');
    expect(await code(app.get(ApiKeysService).get({ projectId, keyId: key.id }))).toBe('API_KEY_NOT_FOUND');
    expect(
      (await app.get(ApiKeyLists).ofProject({ projectId, limit: 200 })).data.map(({ id }) => id),
    ).not.toContain(key.id);
  });

  it('is answered again to the very request that has completed it, and to no other', async () => {
    const key = await createKey(app, projectId);
    const other = await createKey(app, projectId);
    await asRequest('first', () => remove(key));
    await asRequest('first', () => remove(key));
    expect(await code(asRequest('second', () => remove(key)))).toBe('API_KEY_NOT_FOUND');
    await asRequest('second', () => remove(other));
    expect(await code(asRequest('first', () => remove(other)))).toBe('API_KEY_NOT_FOUND');
    expect(await code(asRequest('first', () => remove({ id: randomUUID() })))).toBe('API_KEY_NOT_FOUND');
  });

  it('is answered to everyone who asks for it at the same time, and audited once', async () => {
    const key = await createKey(app, projectId);
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => code(remove(key))));
    expect(outcomes).toContain('no error');
    expect(outcomes.filter((outcome) => outcome !== 'no error' && outcome !== 'API_KEY_NOT_FOUND')).toEqual(
      [],
    );
    const { rowCount } = await asOwner(database.ownerUrl, (sql) =>
      sql.query(
        `SELECT FROM key_management.audit_events WHERE target_id = $1 AND action = 'api-key.deleted'`,
        [key.id],
      ),
    );
    expect(rowCount).toBe(1);
  });

  it('unlinks the key from what replaces it, which can then be replaced itself', async () => {
    const old = await createKey(app, projectId);
    const replacement = await createKey(app, projectId, { replacesKeyId: old.id });
    await remove(old);
    expect(
      (await app.get(ApiKeysService).get({ projectId, keyId: replacement.id })).replacesKeyId,
    ).toBeNull();

    const next = await createKey(app, projectId, { replacesKeyId: replacement.id });
    await remove(next);
    expect(
      (await app.get(ApiKeysService).get({ projectId, keyId: replacement.id })).replacedByKeyId,
    ).toBeNull();
    await createKey(app, projectId, { replacesKeyId: replacement.id });
  });
});

describe.each(['cut', 'stall'] as const)('a deletion while Redis is out of reach (%s)', (fault) => {
  it('is answered only when nothing filled before can be left, and shows as deleting until then', async () => {
    const key = await createKey(app, projectId);
    proxy[fault]();
    const deletion = timed(remove(key));
    await eventually(async () => expect(await state(key.id)).toBe('deleting'));
    const listed = await app.get(ApiKeyLists).ofProject({ projectId, limit: 200 });
    expect(listed.data.find(({ id }) => id === key.id)?.status).toBe('deleting');
    expect(await deletion).toBeGreaterThanOrEqual(WAIT_MS);
    expect(await state(key.id)).toBe('deleted');
  });

  it('lets no answer imply that the key is gone while a cache may still have it', async () => {
    const apiKeys = app.get(ApiKeysService);
    const key = await createKey(app, projectId);
    proxy[fault]();
    const deletion = remove(key);
    await eventually(async () => expect(await state(key.id)).toBe('deleting'));
    expect(await apiKeys.identify({ keyId: key.id })).toMatchObject({ keyId: key.id });
    const changed = await apiKeys.changeNote({ projectId, keyId: key.id, note: 'late', ...BY });
    expect(changed).toMatchObject({ note: 'late', status: 'deleting' });
    expect((await createKey(app, projectId, { replacesKeyId: key.id })).note).toBe('late');
    expect(await state(key.id)).toBe('deleting');
    await deletion;
    await expect(apiKeys.identify({ keyId: key.id })).rejects.toMatchObject({ code: 'API_KEY_NOT_FOUND' });
  });

  it('ends as soon as Redis is back', async () => {
    const patient = await start({ REDIS_URL: proxy.url(redis.url), ENTRY_LIFETIME_MS: '10000' });
    const key = await createKey(app, projectId);
    await cache(key);
    proxy[fault]();
    const deletion = timed(remove(key, patient));
    await eventually(async () => expect(await state(key.id)).toBe('deleting'));
    proxy.heal();
    expect(await deletion).toBeLessThan(5_000);
    expect(await isCached(key)).toBe(false);
    await patient.close();
    await setEntryLifetime(1_000);
  });

  it('ends as soon as somebody else has completed it', async () => {
    const other = await start({ REDIS_URL: redis.url });
    const key = await createKey(app, projectId);
    await cache(key);
    proxy[fault]();
    const deletion = timed(remove(key));
    await eventually(async () => expect(await state(key.id)).toBe('deleting'));
    await remove(key, other).catch(() => undefined);
    expect(await deletion).toBeLessThan(WAIT_MS);
    expect(await isCached(key)).toBe(false);
    await other.close();
  });
});

describe('a deletion by the holder of the key', () => {
  const deleteOwn = ({ keyHash }: { keyHash: string }) =>
    app.get(ApiKeyDeletion).deleteOwn({ keyHash, actor: 'self', sourceAddress: null });

  it('removes the cached entry before it is answered, and is audited as self', async () => {
    const key = await createKey(app, projectId);
    await cache(key);
    expect(await deleteOwn(key)).toEqual({ outcome: 'COMPLETED' });
    expect(await isCached(key)).toBe(false);
    expect(await deleteOwn(key)).toEqual({ outcome: 'DELETED' });
    const { rows } = await asOwner(database.ownerUrl, (sql) =>
      sql.query('SELECT actor FROM key_management.audit_events WHERE target_id = $1 AND action = $2', [
        key.id,
        'api-key.deleted',
      ]),
    );
    expect(rows).toEqual([{ actor: 'self' }]);
  });

  it('completes a deletion that is under way, and waits for it while Redis is out of reach', async () => {
    const key = await createKey(app, projectId);
    proxy.cut();
    const deletion = timed(remove(key));
    await eventually(async () => expect(await state(key.id)).toBe('deleting'));
    const own = timed(deleteOwn(key).then((answer) => expect(answer).toEqual({ outcome: 'COMPLETED' })));
    expect(await own).toBeGreaterThan(WAIT_MS / 2);
    expect(await state(key.id)).toBe('deleted');
    await deletion;
  });

  it('is answered again to the very request that has completed it, and to no other', async () => {
    const key = await createKey(app, projectId);
    for (const requestId of ['own', 'own']) {
      expect(await asRequest(requestId, () => deleteOwn(key))).toEqual({ outcome: 'COMPLETED' });
    }
    expect(await asRequest('another', () => deleteOwn(key))).toEqual({ outcome: 'DELETED' });
  });

  it('is refused with the reason for a key that is not good', async () => {
    expect(await deleteOwn({ keyHash: hashKey(mintKey()) })).toEqual({ outcome: 'UNKNOWN' });
    const key = await createKey(app, projectId, { expiresAt: new Date(Date.now() - 1).toISOString() });
    expect(await deleteOwn(key)).toEqual({ outcome: 'EXPIRED' });
    expect(await state(key.id)).toBe('active');
  });
});

describe('with REVOCATION_FENCE=wait', () => {
  it('every deletion waits, although Redis answers', async () => {
    const waiting = await start({ REDIS_URL: redis.url, REVOCATION_FENCE: 'wait' });
    // The other process has a sweeper that fences, and would complete the deletion.
    const key = await createKey(app, projectId);
    proxy.cut();
    expect(await timed(remove(key, waiting))).toBeGreaterThanOrEqual(WAIT_MS);
    await waiting.close();
  });
});

describe('the sweeper', () => {
  async function leaveDeleting(keys: readonly CreatedKey[]): Promise<void> {
    await asOwner(database.ownerUrl, (sql) =>
      sql.query(`UPDATE key_management.api_keys SET state = 'deleting' WHERE id = ANY($1)`, [
        keys.map(({ id }) => id),
      ]),
    );
  }

  it('completes what a crash has left, fence first, however much that is', async () => {
    const keys: CreatedKey[] = [];
    // More than it completes at once.
    for (let i = 0; i < 120; i += 1) keys.push(await createKey(app, projectId));
    for (const key of keys.slice(0, 5)) await cache(key);
    await leaveDeleting(keys);
    await eventually(
      async () => {
        const left = `SELECT FROM key_management.api_keys WHERE state = 'deleting' AND project_id = $1`;
        const { rowCount } = await asOwner(database.ownerUrl, (sql) => sql.query(left, [projectId]));
        expect(rowCount).toBe(0);
      },
      { withinMs: 30_000 },
    );
    for (const key of keys.slice(0, 5)) expect(await isCached(key)).toBe(false);
  });

  it('leaves alone what a DELETE in the same process is completing', async () => {
    const key = await createKey(app, projectId);
    proxy.cut();
    const attempts = jest.spyOn(app.get(KeyFence), 'fence');
    await remove(key);
    const ofThisKey = attempts.mock.calls.filter(([hashes]) => hashes.includes(key.keyHash));
    // One at once, then one every 250 ms; twice as many if two were at it.
    expect(ofThisKey.length).toBeLessThanOrEqual(1 + Math.ceil(WAIT_MS / 250));
    expect(ofThisKey.length).toBeGreaterThan(0);
    attempts.mockRestore();
  });

  it('waits like everybody else while Redis is out of reach', async () => {
    const key = await createKey(app, projectId);
    proxy.cut();
    const startedAtMs = performance.now();
    await leaveDeleting([key]);
    await eventually(async () => expect(await state(key.id)).toBe('deleted'));
    expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(WAIT_MS);
  });
});
