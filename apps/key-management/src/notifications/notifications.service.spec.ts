import { retryDelayMs } from './notifications.service.js';

describe('the time until the next attempt', () => {
  it('doubles, up to six hours', () => {
    expect([1, 2, 3, 12, 13, 30].map((attempts) => retryDelayMs(attempts, 0))).toEqual([
      5_000, 10_000, 20_000, 10_240_000, 20_480_000, 21_600_000,
    ]);
  });

  it('is less by a random half at most', () => {
    expect(retryDelayMs(1, 0.999)).toBeGreaterThanOrEqual(2_500);
    expect(retryDelayMs(3, 0.5)).toBe(15_000);
  });
});
