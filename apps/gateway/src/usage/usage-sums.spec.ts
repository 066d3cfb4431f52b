import { ApiKeysUsed, MAX_KEYS_PER_USAGE_MESSAGE } from '#contracts';
import { validateSync } from 'class-validator';
import { noUses, UsageSums } from './usage-sums.js';

const HOUR = Date.parse('2030-01-31T10:00:00.000Z');
const NEXT_HOUR = HOUR + 3_600_000;

describe('the sums of uses', () => {
  it('count each key, with its first and last use', () => {
    const sums = new UsageSums();
    for (const offset of [100, 200, 300]) sums.add('a', HOUR + offset);
    sums.add('b', HOUR + 250);
    expect(sums.take()).toEqual([
      {
        hour: '2030-01-31T10:00:00.000Z',
        keyIds: ['a', 'b'],
        counts: [3, 1],
        firstOffsetsMs: [100, 250],
        lastOffsetsMs: [300, 250],
      },
    ]);
  });

  it('keep hours apart', () => {
    const sums = new UsageSums();
    sums.add('a', NEXT_HOUR - 1);
    sums.add('a', NEXT_HOUR);
    expect(sums.take().map(({ hour, lastOffsetsMs }) => [hour, lastOffsetsMs])).toEqual([
      ['2030-01-31T10:00:00.000Z', [3_599_999]],
      ['2030-01-31T11:00:00.000Z', [0]],
    ]);
  });

  it('are right when the clock is set back, within an hour and into the last one', () => {
    const sums = new UsageSums();
    for (const at of [NEXT_HOUR + 20, NEXT_HOUR + 10, HOUR + 5, NEXT_HOUR + 15]) sums.add('a', at);
    expect(sums.take()).toMatchObject([
      { hour: '2030-01-31T11:00:00.000Z', counts: [3], firstOffsetsMs: [10], lastOffsetsMs: [20] },
      { hour: '2030-01-31T10:00:00.000Z', counts: [1], firstOffsetsMs: [5] },
    ]);
  });

  it('are handed over once', () => {
    const sums = new UsageSums();
    expect(sums.isEmpty).toBe(true);
    sums.add('a', HOUR);
    expect(sums.isEmpty).toBe(false);
    expect(sums.take()).toHaveLength(1);
    expect(sums.isEmpty).toBe(true);
    expect(sums.take()).toEqual([]);
    sums.add('a', HOUR);
    expect(sums.take()).toMatchObject([{ counts: [1] }]);
  });

  it('come in parts that a message may carry', () => {
    const sums = new UsageSums();
    const keyIds = Array.from({ length: 2 * MAX_KEYS_PER_USAGE_MESSAGE + 1 }, (_, index) => String(index));
    for (const keyId of keyIds) sums.add(keyId, HOUR);
    const parts = sums.take();
    expect(parts.map((part) => part.keyIds.length)).toEqual([2_000, 2_000, 1]);
    expect(parts.flatMap((part) => part.keyIds)).toEqual(keyIds);
  });

  it('are what the contract asks for, also when there are none', () => {
    const sums = new UsageSums();
    for (const at of [HOUR, NEXT_HOUR - 1, NEXT_HOUR]) sums.add('0190a6e2-7d4f-7c3a-9b1e-2f5d8c6a4b10', at);
    for (const columns of [...sums.take(), noUses(new Date(HOUR + 12_345))]) {
      const message = Object.assign(new ApiKeysUsed(), {
        ...columns,
        eventId: '0190a6e2-7d4f-7c3a-9b1e-2f5d8c6a4b10:1',
        occurredAt: columns.hour,
        completeBefore: columns.hour,
        final: false,
      });
      expect(validateSync(message)).toEqual([]);
    }
  });
});
