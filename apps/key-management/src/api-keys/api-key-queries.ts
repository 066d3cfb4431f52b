import { type ApiKey, DomainError } from '#contracts';
import { type EntityManager, In, Not, type SelectQueryBuilder } from 'typeorm';
import { ApiKeyUsageView, ApiKeyUseCountsView, UsageCompletenessView } from './api-key-usage.view.js';
import { ApiKeyEntity, type ApiKeyState } from './api-key.entity.js';
import { toApiKey } from './to-api-key.js';

/** Keys that are not deleted, each with its last use and with the keys it replaces and is replaced by. */
export function selectApiKeys(manager: EntityManager): SelectQueryBuilder<ApiKeyEntity> {
  return manager
    .createQueryBuilder(ApiKeyEntity, 'key')
    .leftJoinAndMapOne('key.usage', ApiKeyUsageView, 'usage', 'usage.keyId = key.id')
    .leftJoinAndSelect('key.predecessor', 'predecessor', `predecessor.state <> 'deleted'`)
    .leftJoinAndMapOne(
      'key.replacement',
      ApiKeyEntity,
      'replacement',
      `replacement.replacesKeyId = key.id AND replacement.state <> 'deleted'`,
    )
    .where(`key.state <> 'deleted'`);
}

/** The published form of keys from {@link selectApiKeys}, with how they were used. */
export async function present(manager: EntityManager, keys: readonly ApiKeyEntity[]): Promise<ApiKey[]> {
  if (keys.length === 0) return [];
  // First: what is counted afterwards is at least as complete as this says.
  const [completeness] = await manager.find(UsageCompletenessView);
  const counts = await manager.findBy(ApiKeyUseCountsView, { keyId: In(keys.map(({ id }) => id)) });
  const countsOf = new Map(counts.map((count) => [count.keyId, count]));
  const now = new Date();
  return keys.map((key) => toApiKey(key, { counts: countsOf.get(key.id), completeness, now }));
}

export interface ApiKeyAddress {
  projectId: string;
  keyId: string;
}

/**
 * A key that is not deleted. One that is being deleted is still there: its fence may be ahead, and no answer may imply
 * that a key is gone which a verification might yet find in the cache. An expired one counts as well.
 */
export async function findApiKey(
  manager: EntityManager,
  { projectId, keyId }: ApiKeyAddress,
): Promise<ApiKeyEntity> {
  const key = await manager.findOneBy(ApiKeyEntity, {
    id: keyId,
    projectId,
    state: Not<ApiKeyState>('deleted'),
  });
  if (key === null) throw new DomainError('API_KEY_NOT_FOUND');
  return key;
}

/** @throws DomainError API_KEY_NOT_FOUND */
export async function getPresented(
  manager: EntityManager,
  { projectId, keyId }: ApiKeyAddress,
): Promise<ApiKey> {
  const keys = await selectApiKeys(manager)
    .andWhere('key.id = :keyId AND key.projectId = :projectId', { keyId, projectId })
    .getMany();
  const [apiKey] = await present(manager, keys);
  if (apiKey === undefined) throw new DomainError('API_KEY_NOT_FOUND');
  return apiKey;
}

/** What people recognize a key by, in the audit trail. */
export function nameOf({ keyStart, note }: Pick<ApiKeyEntity, 'keyStart' | 'note'>): string {
  return `${keyStart} ${note ?? '(no note)'}`;
}
