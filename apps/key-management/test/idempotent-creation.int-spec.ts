import { hashKey, keyStart, mintKey } from '#api-key';
import { type ApiKey, type CreateApiKeyRequest, DomainError } from '#contracts';
import type { INestApplicationContext } from '@nestjs/common';
import { createHash, randomUUID } from 'node:crypto';
import { asOwner, createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { ApiKeyCreation } from '../src/api-keys/api-key-creation.js';
import { ApiKeyLists } from '../src/api-keys/api-key-lists.js';
import { IdempotencyKeys } from '../src/api-keys/idempotency-keys.js';
import { BY, code, createProject, NO_REDIS, startKeyManagement } from './key-management.js';

const MAX_KEYS = 3;

let database: TestDatabase;
let app: INestApplicationContext;
let creation: ApiKeyCreation;
let projectId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startKeyManagement({
    DATABASE_URL: database.keyManagementUrl,
    REDIS_URL: NO_REDIS,
    MAX_API_KEYS_PER_PROJECT: String(MAX_KEYS),
  });
  creation = app.get(ApiKeyCreation);
});

beforeEach(async () => {
  projectId = await createProject(app);
});

afterAll(() => app.close());

/** What a gateway sends: each time with a new key. */
function wish(options: Partial<CreateApiKeyRequest> = {}): CreateApiKeyRequest {
  const key = mintKey();
  return { projectId, keyHash: hashKey(key), keyStart: keyStart(key), ...BY, ...options };
}

const newHash = (): string => createHash('sha256').update(randomUUID()).digest('base64url');
const countKeys = async (): Promise<number> =>
  (await app.get(ApiKeyLists).ofProject({ projectId, limit: 200 })).data.length;

async function age(hours: number): Promise<void> {
  await asOwner(database.ownerUrl, (sql) =>
    sql.query(
      `UPDATE key_management.idempotency_keys SET created_at = created_at - $1 * interval '1 hour' WHERE project_id = $2`,
      [hours, projectId],
    ),
  );
}

describe('a creation that arrives again from the same gateway', () => {
  it('is answered with the API key that was made, audited once', async () => {
    const request = wish({ note: 'once' });
    const first = await creation.create(request);
    expect(await creation.create(request)).toEqual(first);
    expect(await countKeys()).toBe(1);
    const { rowCount } = await asOwner(database.ownerUrl, (sql) =>
      sql.query(
        `SELECT FROM key_management.audit_events WHERE target_id = $1 AND action = 'api-key.created'`,
        [first.id],
      ),
    );
    expect(rowCount).toBe(1);
  });

  it('is that also when it took the last place, or replaced a key', async () => {
    const old = await creation.create(wish());
    const replacement = wish({ replacesKeyId: old.id });
    await creation.create(replacement);
    const last = wish({ idempotencyKeyHash: newHash() });
    const made = await creation.create(last);
    expect((await creation.create(last)).id).toBe(made.id);
    expect((await creation.create(replacement)).replacesKeyId).toBe(old.id);
    expect(await code(creation.create(wish()))).toBe('LIMIT_REACHED');
  });

  it('makes one API key when both arrive at once', async () => {
    const request = wish();
    const answers = await Promise.all(Array.from({ length: 20 }, () => creation.create(request)));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await countKeys()).toBe(1);
  });

  it('is an error for somebody else, and for another project', async () => {
    const request = wish();
    await creation.create(request);
    const other = await createProject(app);
    await expect(creation.create({ ...request, actor: 'another' })).rejects.toThrow(/somebody else/);
    await expect(creation.create({ ...request, projectId: other })).rejects.toThrow(/somebody else/);
  });
});

describe('an Idempotency-Key', () => {
  it('makes exactly one API key of 100 creations at once, and names it to all others', async () => {
    const idempotencyKeyHash = newHash();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, () => creation.create(wish({ idempotencyKeyHash }))),
    );
    const made = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(made).toHaveLength(1);
    expect(await countKeys()).toBe(1);
    // On a busy machine some wait too long for a connection, and are told so.
    const answered = refused.filter(
      (error) => !(error instanceof DomainError && error.code === 'UNAVAILABLE'),
    );
    expect(answered.length).toBeGreaterThan(0);
    for (const error of answered) {
      expect(error).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', keyId: made[0]?.id });
    }
  });

  it.each<[string, Partial<CreateApiKeyRequest>, Partial<CreateApiKeyRequest>]>([
    ['another note', { note: 'a' }, { note: 'b' }],
    ['no note', { note: 'a' }, {}],
    ['another expiry', { expiresAt: '2030-01-01T00:00:00Z' }, { expiresAt: '2030-01-01T00:00:01Z' }],
    ['no expiry', { expiresAt: '2030-01-01T00:00:00Z' }, { expiresAt: null }],
  ])('is refused with %s', async (_what, first, second) => {
    const idempotencyKeyHash = newHash();
    await creation.create(wish({ ...first, idempotencyKeyHash }));
    expect(await code(creation.create(wish({ ...second, idempotencyKeyHash })))).toBe(
      'IDEMPOTENCY_KEY_MISMATCH',
    );
    expect(await countKeys()).toBe(1);
  });

  it('takes the same wish in other words for the same', async () => {
    const idempotencyKeyHash = newHash();
    await creation.create(wish({ expiresAt: '2030-01-01T00:00:00Z', idempotencyKeyHash }));
    const again = wish({ expiresAt: '2030-01-01T01:00:00+01:00', replacesKeyId: null, idempotencyKeyHash });
    expect(await code(creation.create(again))).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('is one for each project and each who uses it', async () => {
    const idempotencyKeyHash = newHash();
    await creation.create(wish({ idempotencyKeyHash }));
    await creation.create(wish({ idempotencyKeyHash, actor: 'somebody else' }));
    await creation.create(wish({ idempotencyKeyHash, projectId: await createProject(app) }));
    expect(await code(creation.create(wish({ idempotencyKeyHash })))).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('of a creation that failed can be used again', async () => {
    const idempotencyKeyHash = newHash();
    const missing = wish({ replacesKeyId: randomUUID(), idempotencyKeyHash });
    expect(await code(creation.create(missing))).toBe('API_KEY_NOT_FOUND');
    expect(await code(creation.create(wish({ idempotencyKeyHash })))).toBe('no error');
  });

  it('names the API key also after that was deleted', async () => {
    const idempotencyKeyHash = newHash();
    const { id } = await creation.create(wish({ idempotencyKeyHash }));
    await asOwner(database.ownerUrl, async (sql) => {
      for (const state of ['deleting', 'deleted']) {
        await sql.query('UPDATE key_management.api_keys SET state = $2 WHERE id = $1', [id, state]);
      }
    });
    await expect(creation.create(wish({ idempotencyKeyHash }))).rejects.toMatchObject({ keyId: id });
  });

  it('is forgotten after a day, and not before', async () => {
    const idempotencyKeyHash = newHash();
    const create = (): Promise<ApiKey> => creation.create(wish({ idempotencyKeyHash }));
    const remembered = async (): Promise<number | null> =>
      (
        await asOwner(database.ownerUrl, (sql) =>
          sql.query('SELECT FROM key_management.idempotency_keys WHERE project_id = $1', [projectId]),
        )
      ).rowCount;
    await create();
    await age(23.9);
    await app.get(IdempotencyKeys).forgetOld();
    expect(await code(create())).toBe('IDEMPOTENCY_KEY_REUSED');
    await age(0.2);
    expect(await code(create())).toBe('no error');
    expect(await code(create())).toBe('IDEMPOTENCY_KEY_REUSED');
    await age(24.1);
    await app.get(IdempotencyKeys).forgetOld();
    expect(await remembered()).toBe(0);
  });
});
