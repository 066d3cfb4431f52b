import { ApiKeysUsed } from '#contracts';
import { sumByKeyAndHour } from './sum-by-key-and-hour.js';

const HOUR = '2030-01-31T10:00:00.000Z';
const NEXT_HOUR = '2030-01-31T11:00:00.000Z';
const at = (hour: string, offsetMs: number): number => Date.parse(hour) + offsetMs;

type Use = [keyId: string, count: number, firstOffsetMs: number, lastOffsetMs: number];

function batch(hour: string, ...uses: Use[]): ApiKeysUsed {
  return Object.assign(new ApiKeysUsed(), {
    hour,
    keyIds: uses.map(([keyId]) => keyId),
    counts: uses.map(([, count]) => count),
    firstOffsetsMs: uses.map(([, , first]) => first),
    lastOffsetsMs: uses.map(([, , , last]) => last),
  });
}

describe('sumByKeyAndHour', () => {
  it('adds up the counts of a key in an hour, and keeps its first and last time', () => {
    const sums = sumByKeyAndHour([batch(HOUR, ['a', 2, 500, 900]), batch(HOUR, ['a', 3, 100, 700])]);
    expect(sums).toEqual([
      { keyId: 'a', hour: at(HOUR, 0), count: 5, firstAt: at(HOUR, 100), lastAt: at(HOUR, 900) },
    ]);
  });

  it('keeps keys and hours apart, in an order that is the same for everybody', () => {
    const sums = sumByKeyAndHour([
      batch(NEXT_HOUR, ['b', 1, 0, 0], ['a', 1, 0, 0]),
      batch(HOUR, ['a', 1, 0, 0], ['b', 1, 0, 0]),
    ]);
    expect(sums.map(({ keyId, hour }) => [keyId, hour])).toEqual([
      ['a', at(HOUR, 0)],
      ['a', at(NEXT_HOUR, 0)],
      ['b', at(HOUR, 0)],
      ['b', at(NEXT_HOUR, 0)],
    ]);
  });

  it('is empty when nothing was used', () => {
    expect(sumByKeyAndHour([batch(HOUR)])).toEqual([]);
  });
});
