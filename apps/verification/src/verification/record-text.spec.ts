import fc from 'fast-check';
import type { KeyRecord } from './decide.js';
import { fromText, toText } from './record-text.js';

const records: fc.Arbitrary<KeyRecord> = fc.record({
  keyId: fc.uuid(),
  projectId: fc.uuid(),
  state: fc.constant('active' as const),
  expiresAtMs: fc.option(fc.date({ noInvalidDate: true }).map((date) => date.getTime())),
});

describe('the text of a record', () => {
  it('gives back the record that it was made from', () => {
    fc.assert(
      fc.property(records, (record) => {
        expect(fromText(toText(record))).toEqual(record);
      }),
    );
  });

  it('stands for no other record', () => {
    fc.assert(
      fc.property(records, records, (one, other) => {
        expect(toText(one) === toText(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });

  it('is not taken for a record when another version has written it', () => {
    const otherFormats = fc.string({ minLength: 1, maxLength: 1 }).filter((format) => format !== '1');
    fc.assert(
      fc.property(records, otherFormats, (record, format) => {
        expect(fromText(format + toText(record).slice(1))).toBeUndefined();
      }),
    );
  });

  it('is not taken for a record when part of it is missing or broken', () => {
    const whole = toText({
      keyId: 'k'.repeat(36),
      projectId: 'p'.repeat(36),
      state: 'active',
      expiresAtMs: null,
    });
    for (let length = 0; length < whole.length; length += 1) {
      expect(fromText(whole.slice(0, length))).toBeUndefined();
    }
    expect(fromText(`${whole}soon`)).toBeUndefined();
  });
});
