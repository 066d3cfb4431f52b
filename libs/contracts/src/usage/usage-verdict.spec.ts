import { couldChangeVerdict, usageVerdict } from './usage-verdict.js';

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

describe('a gap in the counts', () => {
  const createdAt = ago(100 * 24);

  it.each([
    ['in use', ago(1), ago(0.5), false],
    ['recently used, and the gap is a day old', ago(48), ago(24), true],
    ['recently used, and the gap is older', ago(48), ago(24.001), false],
    ['idle, and the gap is 30 days old', ago(80 * 24), ago(30 * 24), true],
    ['idle, and the gap is older', ago(80 * 24), ago(30 * 24 + 0.001), false],
    ['never used, and the gap is younger than the key', null, ago(100 * 24 - 0.001), true],
    ['never used, and the gap is older than the key', null, ago(100 * 24), false],
  ] as const)('matters or not when the key is %s', (_what, lastUsedAt, gapTo, matters) => {
    expect(couldChangeVerdict(gapTo, { createdAt, lastUsedAt }, NOW)).toBe(matters);
  });
});
