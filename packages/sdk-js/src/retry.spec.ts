import { parseRetryAfter, retryDelayMs } from './retry.js';

describe('retryDelayMs', () => {
  it('doubles, with jitter, up to 8 seconds', () => {
    const bounds = (retry: number) => [retryDelayMs(retry, null, 0), retryDelayMs(retry, null, 1)];
    expect([0, 1, 2, 9].map(bounds)).toEqual([
      [125, 250],
      [250, 500],
      [500, 1_000],
      [4_000, 8_000],
    ]);
  });

  it('never comes before the time that the gateway has named, and not all at once after it', () => {
    expect([retryDelayMs(0, 2_000, 0), retryDelayMs(5, 2_000, 1)]).toEqual([2_000, 2_500]);
  });
});

describe('parseRetryAfter', () => {
  const NOW = Date.parse('2030-01-01T00:00:00Z');

  it.each([
    ['2', null, 2_000],
    [' 0 ', null, 0],
    ['Tue, 01 Jan 2030 00:00:05 GMT', null, 5_000],
    ['Tue, 01 Jan 2019 00:00:05 GMT', null, 0],
    ['soon', null, null],
    ['-1', null, null],
    ['1.5', null, null],
    [null, null, null],
  ])('reads %j', (value, date, expected) => {
    expect(parseRetryAfter(value, date, NOW)).toBe(expected);
  });

  it('trusts the clock of the answer rather than the one here', () => {
    const anHourAhead = 'Tue, 01 Jan 2030 01:00:00 GMT';
    expect(parseRetryAfter('Tue, 01 Jan 2030 01:00:03 GMT', anHourAhead, NOW)).toBe(3_000);
  });
});
