// npm run prove:usage-speed: how soon uses are seen, how fast they are recorded, and what that costs a gateway. Each figure
// stands beside its baseline of the same run: counting each use with a statement of its own, or not at all.
import pg from 'pg';
import { startPlatform } from '../../tools/stack/platform.mjs';
import { prepare } from '../../tools/stack/prepare.mjs';
import { temporaryDirectory } from '../../tools/stack/servers.mjs';
import { PROOF_ENVIRONMENT } from '../harness/environment.mjs';
import { Door } from '../harness/door.mjs';
import { copyOfBuild } from '../harness/planted-build.mjs';
import { measureBacklog, measureBacklogOfManyGateways } from './backlog.mjs';
import { measureConsumer } from './consumer.mjs';
import { compareCost } from './cost.mjs';
import { measureLag } from './lag.mjs';
import { CountingBaseline } from './counting-baseline.mjs';

const KEYS = 200;
const TIMEOUT_MS = 20_000;

/** @typedef {Awaited<ReturnType<typeof start>>} Side */

/** A gateway that records nothing. @type {import('../harness/planted-build.mjs').Plant} */
const NO_RECORDING = {
  name: 'no-recording',
  bug: 'uses are not counted',
  patches: [
    [
      'apps/gateway/src/verification/api-key-verifier.js',
      'this.usage.recordUse(verification.keyId)',
      'void 0',
    ],
  ],
};

await prepare();
const recording = await start('recording', copyOfBuild());
const baseline = await CountingBaseline.open(recording.platform.databaseUrl);
try {
  await measureLag(recording, baseline);
  await measureBacklog(recording);
  await measureBacklogOfManyGateways(recording);
  await measureConsumer(recording, baseline);
  await baseline.close();
  const silent = await start('silent', copyOfBuild(NO_RECORDING));
  try {
    await compareCost(recording, silent);
  } finally {
    await stop(silent);
  }
} finally {
  await stop(recording);
}

/** @param {string} name @param {string} distDirectory */
async function start(name, distDirectory) {
  const platform = await startPlatform({
    dir: temporaryDirectory(name),
    distDirectory,
    baseEnv: PROOF_ENVIRONMENT,
  });
  const door = new Door(name, platform.gatewayUrl, platform.adminToken);
  const ask = async (/** @type {string} */ path, /** @type {unknown} */ body) =>
    (await door.ask('POST', path, { body, timeoutMs: TIMEOUT_MS })).body;
  const { id } = await ask('/v1/projects', { name: 'Speed' });
  /** @type {{ id: string, key: string }[]} */
  const keys = [];
  while (keys.length < KEYS) keys.push(await ask(`/v1/projects/${id}/api-keys`, {}));
  const sql = new pg.Client({ connectionString: platform.databaseUrl });
  await sql.connect();
  return { name, platform, door, keys, sql };
}

/** @param {Side} side */
async function stop({ door, sql, platform }) {
  door.close();
  await sql.end();
  await platform.stop();
}
