/** `in_use`: used in the last 24 hours. `recently_used`: in the last 30 days. `idle`: longer ago. */
export type UsageVerdict = 'in_use' | 'recently_used' | 'idle' | 'never_used';

const DAY_MS = 86_400_000;
const IN_USE_MS = DAY_MS;
const RECENTLY_USED_MS = 30 * DAY_MS;

interface Lifetime {
  createdAt: Date;
  lastUsedAt: Date | null;
}

/** What the last use says about a key: is it safe to delete? */
export function usageVerdict(lastUsedAt: Date | null, now: Date): UsageVerdict {
  if (lastUsedAt === null) return 'never_used';
  const idleMs = now.getTime() - lastUsedAt.getTime();
  if (idleMs <= IN_USE_MS) return 'in_use';
  return idleMs <= RECENTLY_USED_MS ? 'recently_used' : 'idle';
}

/**
 * Whether uses that are missing could make the verdict another one: then whoever reads it has to know of the gap.
 *
 * @param gapTo when the gap ended
 */
export function couldChangeVerdict(gapTo: Date, { createdAt, lastUsedAt }: Lifetime, now: Date): boolean {
  switch (usageVerdict(lastUsedAt, now)) {
    case 'in_use':
      return false;
    case 'recently_used':
      return now.getTime() - gapTo.getTime() <= IN_USE_MS;
    case 'idle':
      return now.getTime() - gapTo.getTime() <= RECENTLY_USED_MS;
    case 'never_used':
      return gapTo > createdAt;
  }
}
