import { usageOf } from '../../bench/harness/processes.mjs';
import { median } from '../../bench/harness/statistics.mjs';
import { say } from './load.mjs';

/** @typedef {import('./main.mjs').Side} Side */

const ROUNDS = 7;
const CALLS_PER_ROUND = 6_000;
const AT_ONCE = 16;
const TIMEOUT_MS = 20_000;

/** Processor time of the gateway for a call of /v1/auth, with and without recording, in turns. @param {Side} recording @param {Side} silent */
export async function compareCost(recording, silent) {
  /** @type {Map<Side, number[]>} */
  const costs = new Map([
    [recording, []],
    [silent, []],
  ]);
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [side, measured] of costs) {
      const cost = await costOfCalls(side);
      // The first is a warm-up.
      if (round > 0) measured.push(cost);
    }
  }
  const [withRecording = 0, without = 0] = [...costs.values()].map(median);
  const name = 'processor time of the gateway for a call';
  say(name, `${withRecording.toFixed(1)} µs`);
  say('  baseline: the same without recording', `${without.toFixed(1)} µs`);
  say('  ratio', (withRecording / without).toFixed(3));
}

/** @param {Side} side @returns {Promise<number>} microseconds a call */
async function costOfCalls({ door, keys, platform }) {
  const gateway = platform.services.find(({ name }) => name === 'gateway');
  if (gateway === undefined) throw new Error('there is no gateway');
  const before = usageOf(gateway).cpuSeconds;
  let calls = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (calls < CALLS_PER_ROUND) {
        const key = keys[calls++ % keys.length]?.key ?? '';
        const { status } = await door.ask('GET', '/v1/auth', { credential: key, timeoutMs: TIMEOUT_MS });
        if (status !== 200) throw new Error(`a live key was answered ${status}`);
      }
    }),
  );
  return ((usageOf(gateway).cpuSeconds - before) * 1e6) / calls;
}
