import fc from 'fast-check';
import { decide, type Finding, type KeyRecord } from './decide.js';

const times = fc.integer({ min: 0, max: 4_102_444_800_000 });
const recordsOf = (state: KeyRecord['state']): fc.Arbitrary<KeyRecord> =>
  fc.record({
    keyId: fc.uuid(),
    projectId: fc.uuid(),
    state: fc.constant(state),
    expiresAtMs: fc.option(times),
  });
const findings: fc.Arbitrary<Finding> = fc.oneof(
  recordsOf('active'),
  recordsOf('deleting'),
  recordsOf('deleted'),
  fc.constantFrom('absent' as const, 'unread' as const),
);

describe('decide', () => {
  it('accepts nothing but an active key before its expiry', () => {
    fc.assert(
      fc.property(findings, times, fc.boolean(), (finding, nowMs, fenced) => {
        const accepted = decide(finding, nowMs, fenced) === 'VALID';
        const mayBeAccepted =
          typeof finding === 'object' &&
          finding.state === 'active' &&
          (finding.expiresAtMs === null || nowMs < finding.expiresAtMs);
        expect(accepted).toBe(mayBeAccepted);
      }),
    );
  });

  it('says EXPIRED from the very millisecond of the expiry, and VALID before', () => {
    fc.assert(
      fc.property(recordsOf('active'), times, fc.boolean(), (record, expiresAtMs, fenced) => {
        const key = { ...record, expiresAtMs };
        expect(decide(key, expiresAtMs - 1, fenced)).toBe('VALID');
        expect(decide(key, expiresAtMs, fenced)).toBe('EXPIRED');
        expect(decide(key, expiresAtMs + 1, fenced)).toBe('EXPIRED');
      }),
    );
  });

  it('rejects a key that is being deleted only when it is fenced, expired or not', () => {
    fc.assert(
      fc.property(recordsOf('deleting'), times, (record, nowMs) => {
        expect(decide(record, nowMs, true)).toBe('DELETED');
        expect(decide(record, nowMs, false)).toBe('UNAVAILABLE');
      }),
    );
  });

  it('never rejects what nobody could read', () => {
    fc.assert(
      fc.property(times, fc.boolean(), (nowMs, fenced) => {
        expect(decide('unread', nowMs, fenced)).toBe('UNAVAILABLE');
      }),
    );
  });

  it('knows deleted and unknown keys for what they are, whether something was fenced or not', () => {
    fc.assert(
      fc.property(recordsOf('deleted'), times, fc.boolean(), (record, nowMs, fenced) => {
        expect(decide(record, nowMs, fenced)).toBe('DELETED');
        expect(decide('absent', nowMs, fenced)).toBe('UNKNOWN');
      }),
    );
  });
});
