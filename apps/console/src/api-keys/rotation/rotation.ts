import type { ApiKey } from '../../api/types.js';

/** How long the old key must have been silent. */
const QUIET_MINUTES = 60;
const QUIET_MS = QUIET_MINUTES * 60_000;
/** Uses that are younger may not be counted yet. */
const STALE_MS = 5 * 60_000;

export type Rotation = { isReady: true } | { isReady: false; waitsFor: string };

/** Whether the old key can go: it is silent, its replacement is in use, and both are known to be so. */
export function rotationOf(oldKey: ApiKey, newKey: ApiKey, nowMs: number): Rotation {
  const { asOf, gap } = oldKey.usage;
  if (gap !== null) return { isReady: false, waitsFor: 'Uses of the old key may be missing in the counts.' };
  if (asOf === null || nowMs - Date.parse(asOf) > STALE_MS) {
    return { isReady: false, waitsFor: 'The latest uses are not counted yet.' };
  }
  if (newKey.lastUsedAt === null) return { isReady: false, waitsFor: 'The new key has not been used yet.' };
  if (oldKey.lastUsedAt !== null && nowMs - Date.parse(oldKey.lastUsedAt) < QUIET_MS) {
    return {
      isReady: false,
      waitsFor: `The old key was used within the last ${String(QUIET_MINUTES)} minutes.`,
    };
  }
  return { isReady: true };
}
