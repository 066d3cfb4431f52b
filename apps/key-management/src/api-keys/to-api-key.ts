import {
  type ApiKey,
  type ApiKeyStatus,
  type ApiKeyUsageSummary,
  couldChangeVerdict,
  usageVerdict,
} from '#contracts';
import type { ApiKeyUseCountsView, UsageCompletenessView } from './api-key-usage.view.js';
import type { ApiKeyEntity } from './api-key.entity.js';

interface Usage {
  /** Undefined for a key that was never used. */
  counts: ApiKeyUseCountsView | undefined;
  completeness: UsageCompletenessView | undefined;
  now: Date;
}

/** The published form of a key. */
export function toApiKey(key: ApiKeyEntity, usage: Usage): ApiKey {
  return {
    id: key.id,
    projectId: key.projectId,
    keyStart: key.keyStart,
    note: key.note,
    createdAt: key.createdAt.toISOString(),
    createdBy: key.createdBy,
    expiresAt: key.expiresAt?.toISOString() ?? null,
    status: status(key, usage.now),
    lastUsedAt: usage.counts?.lastUsedAt.toISOString() ?? null,
    usage: summary(key, usage),
    replacesKeyId: key.predecessor?.id ?? null,
    replacedByKeyId: key.replacement?.id ?? null,
  };
}

function status({ state, expiresAt }: ApiKeyEntity, now: Date): ApiKeyStatus {
  if (state !== 'active') return 'deleting';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'active';
}

function summary({ createdAt }: ApiKeyEntity, { counts, completeness, now }: Usage): ApiKeyUsageSummary {
  const lastUsedAt = counts?.lastUsedAt ?? null;
  const { asOf = null, gapFrom = null, gapTo = null } = completeness ?? {};
  const gap = gapFrom !== null && gapTo !== null && { from: gapFrom.toISOString(), to: gapTo.toISOString() };
  return {
    verdict: usageVerdict(lastUsedAt, now),
    last24h: counts?.last24h ?? 0,
    last7d: counts?.last7d ?? 0,
    last30d: counts?.last30d ?? 0,
    asOf: asOf?.toISOString() ?? null,
    gap: gap && couldChangeVerdict(gapTo, { createdAt, lastUsedAt }, now) ? gap : null,
  };
}
