// npm run prove:speed: what the guarantee costs, each figure beside its baseline of the same run.
//
// A DELETE beside a bare commit of PostgreSQL, and the verification of a cached key beside the same in a build whose
// scripts do not ask Redis for its run id, in turns.
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startPlatform } from '../../tools/stack/platform.mjs';
import { prepare } from '../../tools/stack/prepare.mjs';
import { temporaryDirectory } from '../../tools/stack/servers.mjs';
import { PROOF_ENVIRONMENT } from '../harness/environment.mjs';
import { Door } from '../harness/door.mjs';
import { copyOfBuild, findPlant } from '../harness/planted-build.mjs';
import { PLANTS } from '../revocation/plants.mjs';

const TIMEOUT_MS = 20_000;
/** A ratio that differs from part to part of a run says how much of it is chance. */
const PARTS = 10;
const WARM_UP_CALLS = 500;
const VERIFICATIONS_PER_ROUND = 8;

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '500' } } });
const rounds = Number(values.rounds);
if (!(rounds > 0)) throw new Error('--rounds must be a positive number');
await prepare();
const [loadBefore = 0] = loadavg();
const fenced = await start('fenced', copyOfBuild());
const unfenced = await start('unfenced', copyOfBuild(findPlant(PLANTS, 'no-run-id')));
try {
  console.log(
    `load of the machine before           ${loadBefore.toFixed(1)} on ${availableParallelism()} cores` +
      (loadBefore > 1
        ? ': others are at work, so the times are theirs as well, and only ratios mean anything'
        : ''),
  );
  await warmUp();
  await compareDeletion();
  await compareVerification();
} finally {
  for (const { door, platform } of [fenced, unfenced]) {
    door.close();
    await platform.stop();
  }
}

/** @param {string} name @param {string} distDirectory */
async function start(name, distDirectory) {
  const platform = await startPlatform({
    dir: temporaryDirectory(name),
    distDirectory,
    baseEnv: PROOF_ENVIRONMENT,
  });
  const door = new Door(name, platform.gatewayUrl, platform.adminToken);
  const project = await door.ask('POST', '/v1/projects', { body: { name: 'Speed' }, timeoutMs: TIMEOUT_MS });
  return { platform, door, keys: `/v1/projects/${project.body.id}/api-keys` };
}

/** What runs for the first time is compiled, and connected. */
async function warmUp() {
  for (const side of [fenced, unfenced]) {
    const { id, key } = await createKey(side);
    for (let i = 0; i < WARM_UP_CALLS; i += 1) await verify(side, key);
    await side.door.ask('DELETE', `${side.keys}/${id}`, { timeoutMs: TIMEOUT_MS });
  }
}

async function compareDeletion() {
  const postgres = new pg.Client({ connectionString: fenced.platform.databaseUrl });
  await postgres.connect();
  await postgres.query('CREATE TABLE public.counter AS SELECT 0 AS n');
  const bare = [];
  const deletions = [];
  for (let i = 0; i < rounds; i += 1) {
    bare.push(await timed(() => postgres.query('UPDATE public.counter SET n = n + 1')));
    const { id, key } = await createKey(fenced);
    await verify(fenced, key);
    deletions.push(
      await timed(() => fenced.door.ask('DELETE', `${fenced.keys}/${id}`, { timeoutMs: TIMEOUT_MS })),
    );
  }
  await postgres.end();
  report('a bare commit of PostgreSQL', bare);
  report('DELETE of a cached key', deletions);
}

async function compareVerification() {
  const sides = await Promise.all(
    [fenced, unfenced].map(async (side) => ({
      side,
      key: (await createKey(side)).key,
      times: /** @type {number[]} */ ([]),
    })),
  );
  for (let i = 0; i < rounds * VERIFICATIONS_PER_ROUND; i += 1) {
    // Neither is always the first after a pause.
    const inTurn = i % 2 === 0 ? sides : sides.toReversed();
    for (const { side, key, times } of inTurn) times.push(await timed(() => verify(side, key)));
  }
  for (const { side, times } of sides) report(`a cached key, ${side.door.name}`, times);
  const [ours = [], theirs = []] = sides.map(({ times }) => times);
  const parts = Array.from({ length: PARTS }, (_, part) => {
    const [from, to] = [part, part + 1].map((n) => Math.floor((n * ours.length) / PARTS));
    return median(ours.slice(from, to)) / median(theirs.slice(from, to));
  }).sort((a, b) => a - b);
  const ratio = (median(ours) / median(theirs)).toFixed(3);
  const [least = 0, most = 0] = [parts[0], parts.at(-1)];
  console.log(
    `fenced / unfenced at p50         ${ratio}, in tenths of the run ${least.toFixed(3)} to ${most.toFixed(3)}`,
  );
}

/** @param {typeof fenced} side */
async function createKey({ door, keys }) {
  return (await door.ask('POST', keys, { body: {}, timeoutMs: TIMEOUT_MS })).body;
}

/** @param {typeof fenced} side @param {string} key */
async function verify({ door }, key) {
  const { status } = await door.ask('GET', '/v1/auth', { credential: key, timeoutMs: TIMEOUT_MS });
  if (status !== 200) throw new Error(`a live key was answered ${status}`);
}

/** @param {() => Promise<unknown>} work @returns {Promise<number>} milliseconds */
async function timed(work) {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

/** @param {number[]} times */
function median(times) {
  return [...times].sort((a, b) => a - b)[Math.floor((times.length - 1) / 2)] ?? 0;
}

/** @param {string} what @param {number[]} times */
function report(what, times) {
  const sorted = [...times].sort((a, b) => a - b);
  const [p50 = 0, p99 = 0] = [0.5, 0.99].map((part) => sorted[Math.floor(part * (sorted.length - 1))]);
  console.log(`${what.padEnd(32)} p50 ${p50.toFixed(2)} ms   p99 ${p99.toFixed(2)} ms   (${times.length})`);
}
