// npm run prove:api: random and hostile requests made of the API document; no 5xx, and no answer that the document does not
// allow.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { prepare } from '../../tools/stack/prepare.mjs';
import { startPlatform } from '../../tools/stack/platform.mjs';
import { temporaryDirectory } from '../../tools/stack/servers.mjs';
import { PROVED_PLATFORM, proveApi } from './proof.mjs';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '5000' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  },
});
const [requests, seed] = [Number(values.requests), Number(values.seed)];
if (!(requests > 0 && seed >= 0)) throw new Error('--requests and --seed must be positive numbers');

await prepare();
const platform = await startPlatform({ dir: temporaryDirectory('prove-api'), ...PROVED_PLATFORM });
try {
  const startedAt = performance.now();
  const result = await proveApi(platform, { seed, requests });
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
  for (const { request, answer, wrong } of result.violations) {
    console.log(`\n${wrong.join('; ')}\n  ${request}\n  ${answer}`);
  }
  const statuses = Object.entries(result.statuses).map(([status, count]) => `${status}: ${String(count)}`);
  console.log(`\n${statuses.join(', ')}`);
  console.log(
    `seed ${String(seed)}: ${String(result.requests)} requests, ${String(result.operations)} operations, ${String(result.violations.length)} answers that the document does not allow, in ${seconds} s`,
  );
  if (result.violations.length > 0) process.exitCode = 1;
} finally {
  await platform.stop();
}
