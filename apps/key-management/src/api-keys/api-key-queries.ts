import type { ApiKey } from '#contracts';
import { type EntityManager, In, type SelectQueryBuilder } from 'typeorm';
import { ApiKeyUsageView, ApiKeyUseCountsView, UsageCompletenessView } from './api-key-usage.view.js';
import { ApiKeyEntity } from './api-key.entity.js';
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
