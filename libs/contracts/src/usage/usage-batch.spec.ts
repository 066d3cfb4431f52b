import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { ApiKeysRefused } from './api-keys-refused.js';
import { ApiKeysUsed } from './api-keys-used.js';
import { formatUsageBatchId, parseUsageBatchId } from './usage-batch-id.js';

const PUBLISHER = '0190a6e2-7d4f-7c3a-9b1e-2f5d8c6a4b10';
const KEY = '0190a6e2-7d4f-7c3a-9b1e-2f5d8c6a4b11';

const batch = {
  eventId: `${PUBLISHER}:7`,
  occurredAt: '2030-01-31T10:20:30.123Z',
  completeBefore: '2030-01-31T10:20:30.123Z',
  final: false,
  hour: '2030-01-31T10:00:00.000Z',
  keyIds: [KEY],
  counts: [3],
  firstOffsetsMs: [0],
  lastOffsetsMs: [3_599_999],
};

/** The properties that are refused. */
function refused(changes: object): string[] {
  const errors = validateSync(plainToInstance(ApiKeysUsed, { ...batch, ...changes }));
  return errors.map(({ property }) => property);
}

describe('a usage batch', () => {
  it('may carry counts, or be empty', () => {
    expect(refused({})).toEqual([]);
    expect(refused({ keyIds: [], counts: [], firstOffsetsMs: [], lastOffsetsMs: [] })).toEqual([]);
  });

  it.each(['counts', 'firstOffsetsMs', 'lastOffsetsMs'])(
    'is refused when %s is shorter or longer than keyIds',
    (column) => {
      expect(refused({ [column]: [] })).toEqual([column]);
      expect(refused({ [column]: [1, 1] })).toEqual([column]);
    },
  );

  it.each([
    '2030-02-30T10:00:00.000Z',
    '2030-01-31',
    '2030-W05',
    '1970-01-01T00:00:00.000Z',
    '+012030-01-31T00:00:00.000Z',
    5,
  ])('is refused when a time is %p, which not every store understands alike', (time) => {
    expect(refused({ occurredAt: time, completeBefore: time, hour: time })).toEqual([
      'occurredAt',
      'completeBefore',
      'hour',
    ]);
  });

  it('is refused when its hour is not the start of one', () => {
    expect(refused({ hour: '2030-01-31T10:00:00.001Z' })).toEqual(['hour']);
  });

  it.each([[0], [-1], [1.5], [2 ** 31 + 1], ['1'], [null]])('is refused when a count is %p', (count) => {
    expect(refused({ counts: [count] })).toEqual(['counts']);
  });

  it.each([-1, 3_600_000, 0.5])('is refused when a use lies %p ms after the start of its hour', (offset) => {
    expect(refused({ firstOffsetsMs: [offset], lastOffsetsMs: [offset] })).toEqual([
      'firstOffsetsMs',
      'lastOffsetsMs',
    ]);
  });

  it('of refusals says why its keys were refused', () => {
    const errors = (reason: unknown): number =>
      validateSync(plainToInstance(ApiKeysRefused, { ...batch, reason })).length;
    expect([errors('deleted'), errors('expired'), errors('unknown'), errors(undefined)]).toEqual([
      0, 0, 1, 1,
    ]);
  });
});

describe('a usage batch id', () => {
  it('is read back as it was written', () => {
    const id = { publisherId: PUBLISHER, batchNumber: 12_345 };
    expect(parseUsageBatchId(formatUsageBatchId(id))).toEqual(id);
  });

  it.each(['', PUBLISHER, `${PUBLISHER}:0`, `${PUBLISHER}:01`, `${PUBLISHER}:-1`, `${PUBLISHER}:1e3`, 'x:1'])(
    'is refused when it is %p',
    (text) => {
      expect(refused({ eventId: text })).toEqual(['eventId']);
      expect(() => parseUsageBatchId(text)).toThrow(TypeError);
    },
  );
});
