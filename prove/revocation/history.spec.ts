import fc from 'fast-check';
import { type CallResult, KeyHistory, type ViolationKind } from './history.mjs';

/** A call, as `result@start-end`. DELETE requests are `try@start`. */
function kindsIn(history: string, expiresAtMs = Infinity): ViolationKind[] {
  const key = new KeyHistory({ expiresAtMs });
  return history.split(' ').flatMap((text) => {
    const [result = '', times = ''] = text.split('@');
    const [startMs = 0, endMs = startMs] = times.split('-').map(Number);
    if (result === 'try') {
      key.beginDeletion(startMs);
      return [];
    }
    const violation = key.record({ result: result as CallResult, startMs, endMs, what: text });
    return violation === undefined ? [] : [violation.kind];
  });
}

describe('a history that cannot be', () => {
  it.each<[ViolationKind, string]>([
    ['stale accept', 'try@10 deleted@10-20 accepted@21-30'],
    ['stale accept', 'accepted@1-2 try@10 try@30 deleted@30-40 absent@12-50 accepted@45-60'],
    ['accept after an observed deletion', 'try@10 absent@12-14 accepted@15-16'],
    ['accept after an observed deletion', 'try@10 refused@11-15 accepted@16-20'],
    ['accept after an observed deletion', 'expired@101-102 accepted@103-104'],
    ['shown after its deletion', 'try@10 deleted@10-20 shown@21-22'],
    ['shown after its deletion', 'try@10 absent@10-20 shown@21-22'],
    ['false refusal', 'accepted@1-2 refused@3-4'],
    ['false refusal', 'expired@1-4'],
    ['false refusal', 'refused@1-9 try@10'],
    ['missing', 'absent@1-4'],
  ])('%s: %s', (kind, history) => {
    expect(kindsIn(history, 102)).toEqual([kind]);
  });

  it('accept after expiry', () => {
    expect(kindsIn('accepted@99-105 accepted@106-110', 100)).toEqual(['accept after expiry']);
  });

  it('is shown with what it contradicts, and with the calls before', () => {
    const key = new KeyHistory();
    key.beginDeletion(1);
    const evidence = {
      result: 'deleted',
      startMs: 1,
      endMs: 5,
      what: 'DELETE through gateway 1: 204',
    } as const;
    const offender = {
      result: 'accepted',
      startMs: 6,
      endMs: 7,
      what: 'auth through gateway 2: 200',
    } as const;
    expect(key.record(evidence)).toBeUndefined();
    expect(key.record(offender)).toEqual({ kind: 'stale accept', offender, evidence, calls: [evidence] });
  });

  it('goes unseen if calls are not recorded as they end, so that is refused', () => {
    expect(() => kindsIn('accepted@5-9 accepted@1-2')).toThrow('in the order in which they end');
  });
});

describe('a history that can be', () => {
  it.each([
    ['a life in order', 'accepted@1-2 shown@2-3 try@10 deleted@10-20 refused@21-22 absent@23-24'],
    ['an accept beside the DELETE', 'try@10 accepted@15-19 deleted@10-20'],
    ['an accept that started before the 204 and ended after it', 'try@10 deleted@10-20 accepted@19-40'],
    ['a refusal and an accept beside each other', 'try@10 refused@11-15 accepted@14-20'],
    ['accept, refusal, both before the answer', 'try@10 accepted@11-12 refused@13-14 deleted@10-20'],
    ['a refusal beside a DELETE that was never answered', 'try@10 refused@12-14'],
    ['a refusal that started before the DELETE', 'try@10 refused@5-12'],
    ['a list beside the DELETE', 'try@10 absent@11-12 shown@11-13 deleted@10-20'],
    ['deleting, refused and still shown', 'try@10 refused@11-12 shown@13-14 deleted@10-20'],
    ['an expiry', 'accepted@90-95 accepted@99-120 expired@101-121 expired@130-131'],
    ['deleted after its expiry', 'expired@101-102 try@110 deleted@110-112 refused@113-114'],
  ])('%s: %s', (_name, history) => {
    expect(kindsIn(history, 100)).toEqual([]);
  });

  it('is every one that a key with one moment of deletion produces', () => {
    const time = fc.integer({ min: 0, max: 100 });
    const call = fc.record({
      startMs: time,
      lengthMs: time,
      decidedAt: fc.float({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(call), time, (calls, deletedAtMs) => {
        const key = new KeyHistory();
        key.beginDeletion(deletedAtMs - 1);
        const ended = calls
          .map(({ startMs, lengthMs, decidedAt }) => {
            const isDeleted = startMs + lengthMs * decidedAt >= deletedAtMs;
            const result = isDeleted ? ('refused' as const) : ('accepted' as const);
            return { result, startMs, endMs: startMs + lengthMs, what: '' };
          })
          .sort((a, b) => a.endMs - b.endMs);
        for (const one of ended) expect(key.record(one)).toBeUndefined();
      }),
    );
  });
});
