import {
  MAX_VERIFICATIONS_PER_MESSAGE,
  type VerifyApiKeysRequest,
  type VerifyApiKeysResponse,
} from '#contracts';
import type { MessageBus } from '#messaging';
import { jest } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import { Verifier } from './verifier.js';

interface Sent {
  keyHashes: string[];
  answer: () => Promise<void>;
}

/** A bus on which every message waits for its answer. */
function waitingBus(): { sent: Sent[]; verifier: Verifier } {
  const sent: Sent[] = [];
  const bus = {
    request: (_contract: unknown, { keyHashes }: VerifyApiKeysRequest) =>
      new Promise<VerifyApiKeysResponse>((resolve) => {
        const answer = async (): Promise<void> => {
          resolve({
            outcomes: keyHashes.map(() => 'DELETED'),
            keyIds: keyHashes.map((hash) => `id of ${hash}`),
            projectIds: keyHashes.map(() => null),
            expiresAts: keyHashes.map(() => null),
          });
          await setImmediate();
        };
        sent.push({ keyHashes, answer });
      }),
  };
  return { sent, verifier: new Verifier(bus as unknown as MessageBus) };
}

/** The turn of the event loop is over, and what was due at its end is sent. */
async function endOfTurn(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

describe('questions to verification', () => {
  // When a message is late is for the test to say.
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] }));
  afterEach(() => jest.useRealTimers());

  it('of one turn of the event loop travel together, the same one once, and each gets its own answer', async () => {
    const { sent, verifier } = waitingBus();
    const answers = Promise.all(['a', 'b', 'a'].map((hash) => verifier.verify(hash)));
    await endOfTurn();
    expect(sent.map(({ keyHashes }) => keyHashes)).toEqual([['a', 'b']]);
    await sent[0]?.answer();
    expect(await answers).toEqual(
      ['a', 'b', 'a'].map((hash) => ({ outcome: 'DELETED', keyId: `id of ${hash}` })),
    );
  });

  it('never join a message that has been sent: its answer may be older than the newcomer', async () => {
    const { sent, verifier } = waitingBus();
    void verifier.verify('a');
    await endOfTurn();
    void verifier.verify('a');
    await endOfTurn();
    expect(sent.map(({ keyHashes }) => keyHashes)).toEqual([['a'], ['a']]);
  });

  it('wait while two messages are under way, and go together when one is answered', async () => {
    const { sent, verifier } = waitingBus();
    for (const hash of ['a', 'b', 'c', 'd']) {
      void verifier.verify(hash);
      await endOfTurn();
    }
    expect(sent.map(({ keyHashes }) => keyHashes)).toEqual([['a'], ['b']]);
    await sent[1]?.answer();
    await endOfTurn();
    expect(sent.map(({ keyHashes }) => keyHashes)).toEqual([['a'], ['b'], ['c', 'd']]);
  });

  it('do not wait for messages that are late: whoever has them may be gone', async () => {
    const { sent, verifier } = waitingBus();
    for (const hash of ['a', 'b', 'c']) {
      void verifier.verify(hash);
      await endOfTurn();
    }
    expect(sent.length).toBe(2);
    jest.runAllTimers();
    await endOfTurn();
    expect(sent[2]?.keyHashes).toEqual(['c']);
    await sent[0]?.answer();
    await sent[1]?.answer();
    void verifier.verify('d');
    await endOfTurn();
    expect(sent[3]?.keyHashes).toEqual(['d']);
  });

  it('do not wait when they fill a message', async () => {
    const { sent, verifier } = waitingBus();
    for (let i = 0; i < 4 * MAX_VERIFICATIONS_PER_MESSAGE + 1; i++) void verifier.verify(String(i));
    await endOfTurn();
    expect(sent.map(({ keyHashes }) => keyHashes.length)).toEqual(
      Array.from({ length: 4 }, () => MAX_VERIFICATIONS_PER_MESSAGE),
    );
  });
});
