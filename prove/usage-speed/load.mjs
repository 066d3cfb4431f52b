import { setTimeout as delay } from 'node:timers/promises';

const USES_PER_CALL = 20;
const USES_PER_SECOND = 1_000;
const TIMEOUT_MS = 20_000;

/** @typedef {Pick<import('./main.mjs').Side, 'door' | 'keys'>} Caller */

/** 1,000 uses a second, spread over all keys, until the signal. @param {Caller} side @param {AbortSignal} signal @returns {Promise<number>} how many were answered */
export async function useKeys({ door, keys }, signal) {
  const everyMs = (USES_PER_CALL / USES_PER_SECOND) * 1_000;
  const startedAtMs = performance.now();
  /** @type {Promise<void>[]} */
  const calls = [];
  let used = 0;
  for (let call = 0; !signal.aborted; call += 1) {
    const chosen = Array.from(
      { length: USES_PER_CALL },
      (_, i) => keys[(call * USES_PER_CALL + i) % keys.length]?.key,
    );
    calls.push(
      door
        .ask('POST', '/v1/api-keys/batch-verify', { body: { keys: chosen }, timeoutMs: TIMEOUT_MS })
        .then(({ status, body }) => {
          if (status !== 200) throw new Error(`batch-verify was answered ${status}`);
          /** @type {{ valid?: boolean }[]} */
          const results = body.results;
          used += results.filter(({ valid }) => valid).length;
        }),
    );
    // By the clock, so that what is late is made up for.
    await delay(Math.max(0, startedAtMs + (call + 1) * everyMs - performance.now()));
  }
  await Promise.all(calls);
  return used;
}

/** @param {Pick<import('./main.mjs').Side, 'sql'>} side @returns {Promise<number>} all uses that are recorded */
export async function recordedUses({ sql }) {
  const text = 'SELECT coalesce(sum(uses), 0)::float AS uses FROM usage_tracking.daily_uses';
  return (await sql.query(text)).rows[0].uses;
}

/** @param {Pick<import('./main.mjs').Side, 'sql'>} side @param {number} uses at least @returns {Promise<number>} how many it is then */
export async function untilRecorded(side, uses) {
  for (;;) {
    const recorded = await recordedUses(side);
    if (recorded >= uses) return recorded;
    await delay(5);
  }
}

/** @param {readonly number[]} values @param {number} part for example 0.99 */
export function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(part * sorted.length) - 1] ?? Number.NaN;
}

/** @param {string} what @param {string} figure */
export function say(what, figure) {
  console.log(`${what.padEnd(56)} ${figure}`);
}
