import { Readiness } from '#observability';
import { KeyFence } from '#key-fence';
import type { INestApplicationContext } from '@nestjs/common';
import { Redis } from 'ioredis';
import { asOwner, createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { eventually } from '../../../test/support/eventually.js';
import { loadCredentials, redisUrl, startRedis, temporaryDirectory } from '../../../tools/stack/servers.mjs';
import { ApiKeyDeletion } from '../src/api-keys/api-key-deletion.js';
import { BY, createKey, createProject, startKeyManagement } from './key-management.js';

const WAIT_MS = 2_000;

let database: TestDatabase;
let primary: Awaited<ReturnType<typeof startRedis>>;
let replica: Awaited<ReturnType<typeof startRedis>>;
let url: string;
let replicaUrl: string;
let onReplica: Redis;

beforeAll(async () => {
  const directories = [temporaryDirectory('primary'), temporaryDirectory('replica')] as const;
  database = await createTestDatabase();
  await asOwner(database.ownerUrl, (sql) =>
    sql.query('UPDATE key_management.entry_lifetime SET current_ms = 1000, longest_ms = 1000'),
  );
  [primary, replica] = await Promise.all([
    startRedis({ dir: directories[0] }),
    startRedis({ dir: directories[1] }),
  ]);
  const urlOf = (dir: string, port: number): string =>
    redisUrl(port, 'key-management', loadCredentials(dir).redisKeyManagementPassword);
  url = urlOf(directories[0], primary.port);
  replicaUrl = urlOf(directories[1], replica.port);
  onReplica = new Redis(replica.url);
  // Where it takes writes, nothing else would say that it is a replica.
  await onReplica.config('SET', 'replica-read-only', 'no');
  await onReplica.config('SET', 'masteruser', 'admin');
  await onReplica.config('SET', 'masterauth', new URL(primary.url).password);
  await attach();
});

afterAll(async () => {
  onReplica.disconnect();
  await Promise.all([primary.stop(), replica.stop()]);
});

async function attach(): Promise<void> {
  await onReplica.replicaof('127.0.0.1', primary.port);
  await eventually(async () => {
    expect(await onReplica.info('replication')).toContain('master_link_status:up');
  });
}

function start(env: Record<string, string>): Promise<INestApplicationContext> {
  return startKeyManagement({
    DATABASE_URL: database.keyManagementUrl,
    FILL_TOKEN_LIFETIME_MS: '800',
    ENTRY_LIFETIME_MS: '1000',
    FENCE_MARGIN_MS: '200',
    ...env,
  });
}

async function against(app: INestApplicationContext): Promise<string | undefined> {
  return (await app.get(Readiness).missing())['redis'];
}

describe('REVOCATION_FENCE=reply with a Redis that has replicas', () => {
  it.each([
    ['the server that has them', () => url],
    ['one of them', () => replicaUrl],
  ])('never becomes ready, and says what to set: %s', async (_what, urlOf) => {
    const app = await start({ REDIS_URL: urlOf() });
    expect(await against(app)).toMatch(/has replicas or is one\. Set REVOCATION_FENCE=wait/);
    await app.close();
  });

  it('deletes by waiting all the same, if it is asked', async () => {
    const app = await start({ REDIS_URL: url });
    const projectId = await createProject(app);
    const { id: keyId } = await createKey(app, projectId);
    const startedAtMs = performance.now();
    await app.get(ApiKeyDeletion).delete({ projectId, keyId, ...BY });
    expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(WAIT_MS);
    await app.close();
  });

  it('is ready once the last one is gone, and not while one is attached to a running platform', async () => {
    await onReplica.replicaof('NO', 'ONE');
    const app = await start({ REDIS_URL: url });
    await eventually(async () => expect(await against(app)).toBeUndefined());
    await attach();
    await eventually(async () => expect(await against(app)).toBeDefined());
    await onReplica.replicaof('NO', 'ONE');
    await eventually(async () => expect(await against(app)).toBeUndefined());
    await eventually(() => app.get(KeyFence).fence(['x']));
    await attach();
    await app.close();
  });
});

it('REVOCATION_FENCE=wait is ready with replicas', async () => {
  const app = await start({ REDIS_URL: url, REVOCATION_FENCE: 'wait' });
  expect(await against(app)).toBeUndefined();
  await app.close();
});

it('a Redis that is away keeps nobody from being ready', async () => {
  const app = await start({ REDIS_URL: 'redis://127.0.0.1:1' });
  expect(await against(app)).toBeUndefined();
  await app.close();
});
