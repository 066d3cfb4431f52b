import { Account, type AccountViolation, type Recorded } from './account.mjs';
import { GatewayProcess } from './gateway-process.mjs';

/** Uses that were answered, as `start-end`, all by one gateway; `?start-end` without an answer. */
function keyWith(history: string): { account: Account; gateway: GatewayProcess } {
  const account = new Account('key');
  const gateway = new GatewayProcess('gateway-1, run 1');
  for (const text of history.split(' ').filter((part) => part !== '')) {
    const [startMs = 0, endMs = 0] = text.replace('?', '').split('-').map(Number);
    account.begin();
    if (text.startsWith('?')) account.noAnswer({ startMs, endMs }, 'ECONNRESET');
    else account.answer('used', { startMs, endMs }, gateway);
  }
  return { account, gateway };
}

function recorded(used: number, times: Partial<Recorded> = {}): Recorded {
  return { counts: { used, deleted: 0, expired: 0 }, hourly: used, firstUsedMs: 1, lastUsedMs: 5, ...times };
}

const NOTHING: Recorded = { counts: { used: 0, deleted: 0, expired: 0 }, hourly: 0 };

describe('what cannot have been recorded', () => {
  it.each<[AccountViolation, string, Recorded]>([
    ['lost', '1-2 4-6', recorded(1)],
    ['lost', '1-2 4-6 ?7-8', recorded(1)],
    ['counted twice', '1-2 4-6', recorded(3)],
    ['counted twice', '1-2 4-6 ?7-8', recorded(4)],
    ['hours and days differ', '1-2 4-6', recorded(2, { hourly: 3 })],
    ['first use is wrong', '1-2 4-6', recorded(2, { firstUsedMs: 3 })],
    ['first use is wrong', '2-3 4-6', recorded(2, { firstUsedMs: 1 })],
    ['last use is wrong', '1-2 4-6', recorded(2, { lastUsedMs: 3 })],
    ['last use is wrong', '1-2 4-6', recorded(2, { lastUsedMs: 7 })],
  ])('%s: %s', (kind, history, read) => {
    expect(keyWith(history).account.finalContradictionOf(read)?.kind).toBe(kind);
  });

  it('is more than all that was ever asked for, while some of it is under way', () => {
    const { account } = keyWith('1-2');
    account.begin();
    expect(account.contradictionOf(recorded(2), null)).toBeUndefined();
    expect(account.contradictionOf(recorded(3), null)?.kind).toBe('counted twice');
    account.answerNothing();
    expect(account.contradictionOf(recorded(2), null)?.kind).toBe('counted twice');
  });

  it('is less than what was answered before the moment that is said to be complete', () => {
    const { account } = keyWith('1-2 4-6 7-9');
    expect(account.contradictionOf(recorded(1), 6)).toBeUndefined();
    expect(account.contradictionOf(recorded(1), 7)?.kind).toBe('asOf claims too much');
    expect(account.contradictionOf(recorded(2), 7)).toBeUndefined();
  });
});

describe('what can have been recorded', () => {
  it.each([
    ['all of it', '1-2 4-6', recorded(2)],
    ['what nobody knows about, or not', '1-2 ?3-4 4-6', recorded(3)],
    ['what nobody knows about, or not', '1-2 ?3-4 4-6', recorded(2)],
    ['a use that was counted after its caller had given up', '1-2 ?3-4', recorded(2, { lastUsedMs: 900 })],
    ['nothing, of a key that nobody has used', '', NOTHING],
  ])('%s: %s', (_what, history, read) => {
    expect(keyWith(history).account.finalContradictionOf(read)).toBeUndefined();
  });
});

describe('a gateway that is killed with -9', () => {
  it('may take what it has answered since its last acknowledged batch was taken, and nothing else', () => {
    const { account, gateway } = keyWith('1-2 3-3 4-6 7-9');
    gateway.publishes(5);
    gateway.isSafeBefore(5);
    expect(gateway.isKilled(20).atStake).toBe(2);
    expect(account.finalContradictionOf(recorded(2, { firstUsedMs: 2, lastUsedMs: 3 }))).toBeUndefined();
    expect(account.finalContradictionOf(recorded(1))?.kind).toBe('lost');
  });

  it('is not forgiven what another one has answered', () => {
    const { account, gateway } = keyWith('1-2');
    account.begin();
    account.answer('used', { startMs: 3, endMs: 4 }, new GatewayProcess('gateway-2, run 1'));
    gateway.isKilled(20);
    expect(account.finalContradictionOf(recorded(1, { lastUsedMs: 3, firstUsedMs: 3 }))).toBeUndefined();
    expect(account.finalContradictionOf(recorded(0))?.kind).toBe('lost');
  });

  it('tells for how long it had held the oldest of them, beside what it may hold', () => {
    const { gateway } = keyWith('');
    const takenAt = Date.now();
    gateway.publishes(takenAt);
    gateway.isSafeBefore(takenAt);
    const { heldMs, lateMs } = gateway.isKilled(takenAt + 1_000);
    expect(heldMs).toBe(1_000);
    expect(lateMs).toBeGreaterThan(500);
  });
});
