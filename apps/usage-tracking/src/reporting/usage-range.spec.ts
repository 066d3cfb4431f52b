import { DomainError } from '#contracts';
import { DAY_MS, fill, HOUR_MS, usageRange } from './usage-range.js';

const NOW = Date.parse('2026-11-22T10:40:30.500Z');
const KEPT = { dailyDays: 400, hourlyDays: 31 };

interface Shown {
  days: [first: string | undefined, last: string | undefined, count: number];
  hours: [first: string | undefined, last: string | undefined, count: number];
}

function shown(asked: { from?: string; to?: string }, kept = KEPT): Shown {
  const { days, hours } = usageRange(asked, NOW, kept);
  const dates = fill(days, DAY_MS, new Map(), (start) => start.toISOString().slice(0, 10));
  const starts = fill(hours, HOUR_MS, new Map(), (start) => start.toISOString().slice(0, 13));
  return {
    days: [dates[0], dates.at(-1), dates.length],
    hours: [starts[0], starts.at(-1), starts.length],
  };
}

function message(asked: { from?: string; to?: string }): string | undefined {
  try {
    usageRange(asked, NOW, KEPT);
  } catch (error) {
    if (error instanceof DomainError) return `${error.code} ${error.fieldErrors[0]?.message ?? ''}`;
    throw error;
  }
  return undefined;
}

describe('the time that is reported', () => {
  it('is 90 days and 168 hours, this one included, unless told otherwise', () => {
    expect(shown({})).toEqual({
      days: ['2026-08-25', '2026-11-22', 90],
      hours: ['2026-11-15T11', '2026-11-22T10', 168],
    });
  });

  it('has every day and hour that the range touches, and the last 7 days of it by the hour', () => {
    expect(shown({ from: '2026-11-19T23:59:59.999Z', to: '2026-11-21T00:00:00.000Z' })).toEqual({
      days: ['2026-11-19', '2026-11-20', 2],
      hours: ['2026-11-19T23', '2026-11-20T23', 25],
    });
    expect(shown({ from: '2026-11-01T00:00:00.000Z', to: '2026-11-20T00:00:00.001Z' })).toEqual({
      days: ['2026-11-01', '2026-11-20', 20],
      hours: ['2026-11-13T01', '2026-11-20T00', 168],
    });
  });

  it('does not go on into the future', () => {
    expect(shown({ from: '2026-11-22T00:00:00.000Z', to: '2999-01-01T00:00:00.000Z' })).toEqual({
      days: ['2026-11-22', '2026-11-22', 1],
      hours: ['2026-11-22T00', '2026-11-22T10', 11],
    });
  });

  it('leaves out what is no longer kept', () => {
    expect(shown({ from: '2025-10-18T11:00:00.000Z' })).toEqual({
      days: ['2025-10-18', '2026-11-22', 401],
      hours: ['2026-11-15T11', '2026-11-22T10', 168],
    });
    const kept = { dailyDays: 90, hourlyDays: 31 };
    expect(shown({ from: '2026-01-01T00:00:00.000Z' }, kept).days).toEqual(['2026-08-24', '2026-11-22', 91]);
    expect(shown({ to: '2026-10-23T00:00:00.000Z' }).hours).toEqual(['2026-10-22T10', '2026-10-22T23', 14]);
    expect(shown({ to: '2026-08-01T00:00:00.000Z' }).hours).toEqual([undefined, undefined, 0]);
  });

  it.each([
    { from: '2026-11-20T00:00:00.000Z', to: '2026-11-20T00:00:00.000Z' },
    { from: '2026-11-21T00:00:00.000Z', to: '2026-11-20T00:00:00.000Z' },
    { from: '2026-11-22T10:40:30.500Z' },
    { from: '2026-11-23T00:00:00.000Z', to: '2026-11-24T00:00:00.000Z' },
  ])('is refused when it is empty: %p', (asked) => {
    expect(message(asked)).toBe('INVALID_REQUEST from must be before to, and not in the future');
  });

  it('is refused when it is longer than 400 days', () => {
    expect(message({ from: '2025-10-18T10:40:30.500Z' })).toBeUndefined();
    expect(message({ from: '2025-10-18T10:40:30.499Z' })).toBe(
      'INVALID_REQUEST from must be at most 400 days before to',
    );
  });
});
