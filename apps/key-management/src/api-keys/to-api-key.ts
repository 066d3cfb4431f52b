import type { ApiKey, ApiKeyStatus } from '#contracts';
import type { ApiKeyEntity } from './api-key.entity.js';
import { usageVerdict } from './usage-verdict.js';

/** The published form of a key. `asOf`: all uses before this moment have been counted. */
export function toApiKey(key: ApiKeyEntity, asOf: Date | null, now = new Date()): ApiKey {
  const lastUsedAt = key.usage?.lastUsedAt ?? null;
  return {
    id: key.id,
    projectId: key.projectId,
    keyStart: key.keyStart,
    note: key.note,
    createdAt: key.createdAt.toISOString(),
    createdBy: key.createdBy,
    expiresAt: key.expiresAt?.toISOString() ?? null,
    status: status(key, now),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    usage: { verdict: usageVerdict(lastUsedAt, now), asOf: asOf?.toISOString() ?? null },
    replacesKeyId: key.predecessor?.id ?? null,
    replacedByKeyId: key.replacement?.id ?? null,
  };
}

function status({ state, expiresAt }: ApiKeyEntity, now: Date): ApiKeyStatus {
  if (state !== 'active') return 'deleting';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'active';
}
