import { type ApiKey, type ApiKeyStatus, summarizeUsage } from '#contracts';
import type { ApiKeyUseCountsView, UsageCompletenessView } from './api-key-usage.view.js';
import type { ApiKeyEntity } from './api-key.entity.js';

interface Usage {
  /** Undefined for a key that was never used. */
  counts: ApiKeyUseCountsView | undefined;
  completeness: UsageCompletenessView | undefined;
  now: Date;
}

const NOT_USED = { lastUsedAt: null, last24h: 0, last7d: 0, last30d: 0 };
const NOTHING_REPORTED = { asOf: null, gapFrom: null, gapTo: null };

/** The published form of a key. */
export function toApiKey(key: ApiKeyEntity, { counts, completeness, now }: Usage): ApiKey {
  const { createdAt } = key;
  const used = counts ?? NOT_USED;
  return {
    id: key.id,
    projectId: key.projectId,
    keyStart: key.keyStart,
    note: key.note,
    createdAt: createdAt.toISOString(),
    createdBy: key.createdBy,
    expiresAt: key.expiresAt?.toISOString() ?? null,
    status: statusOf(key, now),
    lastUsedAt: used.lastUsedAt?.toISOString() ?? null,
    usage: summarizeUsage({ ...used, createdAt }, completeness ?? NOTHING_REPORTED, now),
    replacesKeyId: key.predecessor?.id ?? null,
    replacedByKeyId: key.replacement?.id ?? null,
  };
}

/** Of a key that is not deleted. */
export function statusOf({ state, expiresAt }: ApiKeyEntity, now = new Date()): ApiKeyStatus {
  if (state !== 'active') return 'deleting';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'active';
}
