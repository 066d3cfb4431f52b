import { usageVerdict } from './usage-verdict.js';

const NOW = new Date('2026-11-22T12:00:00.000Z');
const HOUR_MS = 3_600_000;
const ago = (hours: number): Date => new Date(NOW.getTime() - hours * HOUR_MS);

describe('usageVerdict', () => {
  it.each([
    [null, 'never_used'],
    [ago(0), 'in_use'],
    [ago(-0.001), 'in_use'],
    [ago(24), 'in_use'],
    [ago(24.001), 'recently_used'],
    [ago(30 * 24), 'recently_used'],
    [ago(30 * 24 + 0.001), 'idle'],
  ] as const)('last used %p: %s', (lastUsedAt, verdict) => {
    expect(usageVerdict(lastUsedAt, NOW)).toBe(verdict);
  });
});
