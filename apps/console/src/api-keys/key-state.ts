import type { ApiKey } from '../api/types.js';
import { count, DAY_MS, daysSince, daysUntil } from '../ui/time-text.js';

const EXPIRES_SOON_DAYS = 14;
const IDLE_DAYS = 30;

export type KeyState = 'active' | 'expiring' | 'expired' | 'idle' | 'deleting';

/** The one thing about a key that an admin should see first. */
export function stateOf(apiKey: ApiKey, nowMs: number): { state: KeyState; label: string } {
  if (apiKey.status === 'deleting') return { state: 'deleting', label: 'Deleting' };
  if (apiKey.status === 'expired') return { state: 'expired', label: 'Expired' };
  if (apiKey.expiresAt !== null) {
    const days = daysUntil(apiKey.expiresAt, nowMs);
    // The page is a few seconds ahead of its next answer.
    if (days <= 0) return { state: 'expired', label: 'Expired' };
    if (days <= EXPIRES_SOON_DAYS) return { state: 'expiring', label: `Expires in ${count(days, 'day')}` };
  }
  if (isIdle(apiKey, nowMs)) return { state: 'idle', label: `Idle ${String(IDLE_DAYS)}+ days` };
  return { state: 'active', label: 'Active' };
}

function isIdle({ lastUsedAt, createdAt }: ApiKey, nowMs: number): boolean {
  return daysSince(lastUsedAt ?? createdAt, nowMs) >= IDLE_DAYS;
}

/** What a person calls it. */
export const nameOf = ({ note, keyStart }: Pick<ApiKey, 'note' | 'keyStart'>): string =>
  note === null ? `${keyStart}…` : `${note} (${keyStart}…)`;

export type Tone = 'ok' | 'warn' | 'danger' | 'muted';

/** "Safe to delete?", answered. */
export function verdictOf(apiKey: ApiKey, nowMs: number): { tone: Tone; title: string; advice: string } {
  const { usage, lastUsedAt, createdAt, status } = apiKey;
  if (status === 'expired') {
    return { tone: 'muted', title: 'Expired', advice: 'Every call with it is refused already.' };
  }
  switch (usage.verdict) {
    case 'in_use':
      return { tone: 'danger', title: 'In use', advice: 'Somebody depends on this key today.' };
    case 'recently_used':
      return {
        tone: 'warn',
        title: 'Used in the last 30 days',
        advice: 'Find out who holds it before you delete it.',
      };
    case 'idle': {
      const days = lastUsedAt === null ? IDLE_DAYS : daysSince(lastUsedAt, nowMs);
      return {
        tone: 'ok',
        title: `Idle for ${count(days, 'day')}`,
        advice: 'It looks abandoned: safe to delete.',
      };
    }
    case 'never_used': {
      const isNew = nowMs - Date.parse(createdAt) < DAY_MS;
      return {
        tone: isNew ? 'muted' : 'ok',
        title: 'Never used',
        advice: isNew ? 'It is new.' : 'Nobody has ever used it: safe to delete.',
      };
    }
  }
}
