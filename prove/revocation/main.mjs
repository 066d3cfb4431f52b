// npm run prove:revocation -- [--seed N] [--minutes M] [--faults PER_MINUTE] [--plant NAME] [--list-plants]
//
// Exit code 0: no violation. 1: a deleted key was accepted, or a live one refused; the history is printed. 2: no proof.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { prepare } from '../../tools/stack/prepare.mjs';
import { stackDirectory } from '../../tools/stack/paths.mjs';
import { reachableDirectory } from '../../tools/stack/unprivileged.mjs';
import { ProgressBar } from './progress-bar.mjs';
import { readOptions } from './options.mjs';
import { copyOfBuild, PLANTS } from './plants.mjs';
import { prove } from './proof.mjs';
import { toReport } from './report.mjs';

const { seed, minutes, faultsPerMinute, plant, listsPlants } = readOptions(process.argv.slice(2));
if (listsPlants) {
  for (const { name, bug } of PLANTS) console.log(`${name.padEnd(28)} ${bug}`);
} else {
  process.exitCode = await run().catch((/** @type {unknown} */ error) => {
    console.error(error);
    return 2;
  });
}

async function run() {
  const bar = new ProgressBar(minutes);
  bar.step('building');
  await prepare();
  const dir = freshDirectory();
  console.log(
    `Seed ${seed}. ${plant === undefined ? 'The protocol as it is.' : `Planted: ${plant.bug}.`} Logs in ${dir}/logs.`,
  );
  const { tally, elapsedMs } = await prove({
    dir,
    distDirectory: copyOfBuild(plant),
    seed,
    minutes,
    faultsPerMinute,
    stopsAtViolation: true,
    ...(plant?.exposedBy === undefined ? {} : { favouriteFault: plant.exposedBy }),
    onStep: (message) => bar.step(message),
    onProgress: (state) => bar.show(state),
  });
  bar.done();
  console.log(toReport({ tally, elapsedMs, seed }));
  if (tally.violations.length > 0) return 1;
  rmSync(dir, { recursive: true });
  return 0;
}

function freshDirectory() {
  const parent = reachableDirectory(join(stackDirectory, 'proofs'));
  const directory = join(parent, `${plant?.name ?? 'protocol'}-${seed}`);
  rmSync(directory, { recursive: true, force: true });
  return reachableDirectory(directory);
}
