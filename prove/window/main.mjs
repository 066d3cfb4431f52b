// npm run prove:window -- [--trials N]: how long after the 204 is a deleted key still accepted? Create a key, call it without
// pause through two gateways, delete it, and look at the calls that started after the 204. With this method others have
// measured 16 minutes at a large cloud. Exit code 1 when a single such call was accepted.
import { parseArgs } from 'node:util';
import { startPlatform } from '../../tools/stack/platform.mjs';
import { prepare } from '../../tools/stack/prepare.mjs';
import { temporaryDirectory } from '../../tools/stack/servers.mjs';
import { Progress } from '../../tools/stack/terminal.mjs';
import { PROOF_ENVIRONMENT } from '../harness/environment.mjs';
import { Door } from '../harness/door.mjs';
import { measureWindow } from './measure-window.mjs';

const AT_ONCE = 8;

const { values } = parseArgs({ options: { trials: { type: 'string', default: '2000' } } });
const trials = Number(values.trials);
if (!(trials > 0)) throw new Error('--trials must be a positive number');
const progress = new Progress();
await prepare({ onProgress: (message) => progress.step(message) });
const platform = await startPlatform({
  dir: temporaryDirectory('prove-window'),
  replicas: { gateway: 2, verification: 2, 'key-management': 2 },
  baseEnv: PROOF_ENVIRONMENT,
  onProgress: (message) => progress.step(message),
});
try {
  const doors = platform.gatewayUrls.map((url, i) => new Door(`gateway-${i + 1}`, url, platform.adminToken));
  const { callsAfter, acceptedAfter, windowMs, unknown } = await measureWindow(doors, {
    trials,
    atOnce: AT_ONCE,
    onTrial: (done) => {
      if (done % 100 === 0) progress.step(`${done} of ${trials} keys deleted`);
    },
  });
  progress.done();
  console.log(`keys deleted                        ${trials}`);
  console.log(`calls that started after the 204    ${callsAfter}, of which ${unknown} were not answered`);
  console.log(`accepted                            ${acceptedAfter}`);
  console.log(`longest time after the 204          ${windowMs.toFixed(1)} ms`);
  process.exitCode = acceptedAfter > 0 ? 1 : 0;
  for (const door of doors) door.close();
} finally {
  progress.done();
  await platform.stop();
}
