import { setTimeout as delay } from 'node:timers/promises';
import { quantile, say, useKeys } from './load.mjs';

const PROBES = 150;
const PROBE_EVERY_MS = 130;
const LOOK_EVERY_MS = 10;
const TIMEOUT_MS = 20_000;
/** Connections, code that is compiled: not what is measured. */
const WARM_UP_MS = 3_000;

const SEEN = 'SELECT last_used_at AS at FROM usage_tracking.api_key_usage WHERE key_id = $1';
const SEEN_IN_BASELINE = 'SELECT last_used_at AS at FROM public.uses WHERE key_id = $1';

/**
 * From the answer to a call until the use is seen as the last one, at 1,000 uses a second.
 *
 * @param {import('./main.mjs').Side} side
 * @param {import('./counting-baseline.mjs').CountingBaseline} baseline
 */
export async function measureLag(side, baseline) {
  const load = new AbortController();
  // The probe is not among them.
  const [probe, ...keys] = side.keys;
  if (probe === undefined) throw new Error('there is no key');
  const using = useKeys({ door: side.door, keys }, load.signal);
  await delay(WARM_UP_MS);
  const lags = [];
  const baselineLags = [];
  for (let i = 0; i < PROBES; i += 1) {
    const usedAtMs = Date.now();
    await side.door.ask('GET', '/v1/auth', { credential: probe.key, timeoutMs: TIMEOUT_MS });
    lags.push(await untilSeen(side, SEEN, probe.id, usedAtMs));
    const countedAtMs = Date.now();
    await baseline.count(probe.id);
    baselineLags.push(await untilSeen(side, SEEN_IN_BASELINE, probe.id, countedAtMs));
    await delay(Math.random() * PROBE_EVERY_MS);
  }
  load.abort();
  await using;
  for (const [what, values] of /** @type {const} */ ([
    ['last use seen after, at 1,000 uses/s', lags],
    ['  baseline: a statement for each use', baselineLags],
  ])) {
    say(what, `p50 ${quantile(values, 0.5).toFixed(0)} ms, p99 ${quantile(values, 0.99).toFixed(0)} ms`);
  }
}

/** @param {import('./main.mjs').Side} side @param {string} text @param {string} keyId @param {number} sinceMs @returns {Promise<number>} milliseconds */
async function untilSeen({ sql }, text, keyId, sinceMs) {
  const startedAtMs = performance.now();
  for (;;) {
    const { rows } = await sql.query(text, [keyId]);
    if (rows[0]?.at.getTime() >= sinceMs) return performance.now() - startedAtMs;
    await delay(LOOK_EVERY_MS);
  }
}
