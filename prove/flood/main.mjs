// npm run prove:flood -- [--rate N]: what do live keys feel of a flood of well-formed keys that do not exist, and what is left of
// it in Redis? The same calls with live keys without the flood and with it, in turn, in one run. Exit code 1 when their p99
// is more than twice as long with it, or when Redis has more keys than without it.
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { startPlatform } from '../../tools/stack/platform.mjs';
import { prepare } from '../../tools/stack/prepare.mjs';
import { temporaryDirectory } from '../../tools/stack/servers.mjs';
import { Progress } from '../../tools/stack/terminal.mjs';
import { PROOF_ENVIRONMENT } from '../harness/environment.mjs';
import { CallingThread } from './calling-thread.mjs';
import { RedisSizes } from './redis-sizes.mjs';

const LIVE_KEYS = 50;
const WARM_UP_S = 5;
const MAX_RATIO = 2;

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '500' },
    live: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '5' },
  },
});
const [rate, live] = [Number(values.rate), Number(values.live)];
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
for (const [name, text] of Object.entries(values)) {
  if (!(Number(text) > 0)) throw new Error(`--${name} must be a positive number`);
}

const progress = new Progress();
await prepare({ onProgress: (message) => progress.step(message) });
const [loadBefore = 0] = loadavg();
const platform = await startPlatform({
  dir: temporaryDirectory('prove-flood'),
  baseEnv: PROOF_ENVIRONMENT,
  onProgress: (message) => progress.step(message),
});
const url = platform.gatewayUrl;
const callers = new CallingThread(url, { keys: await createKeys(), statuses: [200] });
// More than can be looked up is 503: not to know is no refusal.
const flood = new CallingThread(url, { keys: undefined, statuses: [401, 503] });
const sizes = { quiet: new RedisSizes(platform), flooded: new RedisSizes(platform) };
/** Milliseconds. @type {{ quiet: number[], flooded: number[] }} */
const times = { quiet: [], flooded: [] };
/** @type {number[]} */
const ratios = [];
try {
  // Both are compiled, connected and cached before anything counts.
  await Promise.all([callers.call(live, WARM_UP_S), flood.call(rate, WARM_UP_S)]);
  for (let round = 1; round <= rounds; round++) {
    progress.step(`${round} of ${rounds}`);
    const quiet = await sizes.quiet.during(() => callers.call(live, seconds));
    const [flooded] = await sizes.flooded.during(() =>
      Promise.all([callers.call(live, seconds), flood.call(rate, seconds)]),
    );
    times.quiet.push(...quiet);
    times.flooded.push(...flooded);
    ratios.push(p(0.99, flooded) / p(0.99, quiet));
  }
} finally {
  progress.done();
  await Promise.all([callers.close(), flood.close()]);
  for (const one of Object.values(sizes)) one.close();
  await platform.stop();
}

// What else the machine does meets some of the rounds.
const ratio = p(0.5, ratios);
console.log(
  `load of the machine before      ${loadBefore.toFixed(1)} on ${availableParallelism()} cores
live keys, no flood             ${described(times.quiet)}
live keys, flood                ${described(times.flooded)}
flood of ${rate} unknown keys/s     ${Object.entries(flood.answers)
    .map(([status, count]) => `${count} answered ${status}`)
    .join(', ')}
ratio of the p99                ${ratio.toFixed(2)}, the median of ${ratios.map((one) => one.toFixed(2)).join(', ')}
most keys in Redis, no flood    ${sizes.quiet.most.join(' + ')} (cache + sessions)
most keys in Redis, flood       ${sizes.flooded.most.join(' + ')}`,
);
const hasGrown = sizes.flooded.most.some((most, i) => most > (sizes.quiet.most[i] ?? 0) + flood.mostAtOnce);
if (ratio > MAX_RATIO || hasGrown) process.exitCode = 1;

async function createKeys() {
  const project = await post('/v1/projects', { name: 'Flood' });
  const keys = [];
  for (let i = 0; i < LIVE_KEYS; i++) keys.push((await post(`/v1/projects/${project.id}/api-keys`, {})).key);
  return keys;
}

/** @param {string} path @param {object} body @returns {Promise<any>} */
async function post(path, body) {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${platform.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (answer.status !== 201) throw new Error(`POST ${path} was answered ${answer.status}`);
  return answer.json();
}

/** @param {number} part @param {number[]} list */
function p(part, list) {
  return [...list].sort((a, b) => a - b)[Math.floor(part * (list.length - 1))] ?? NaN;
}

/** @param {number[]} list */
function described(list) {
  return `p50 ${p(0.5, list).toFixed(2)} ms   p99 ${p(0.99, list).toFixed(2)} ms   (${list.length})`;
}
