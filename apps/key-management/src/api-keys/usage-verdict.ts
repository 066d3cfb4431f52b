import type { UsageVerdict } from '#contracts';

const DAY_MS = 86_400_000;
const IN_USE_MS = DAY_MS;
const RECENTLY_USED_MS = 30 * DAY_MS;

/** What the last use says about a key: is it safe to delete? */
export function usageVerdict(lastUsedAt: Date | null, now: Date): UsageVerdict {
  if (lastUsedAt === null) return 'never_used';
  const idleMs = now.getTime() - lastUsedAt.getTime();
  if (idleMs <= IN_USE_MS) return 'in_use';
  return idleMs <= RECENTLY_USED_MS ? 'recently_used' : 'idle';
}
