// A proof as a command: options, a fresh build, progress, the report, the exit code.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { prepare } from '../../tools/stack/prepare.mjs';
import { stackDirectory } from '../../tools/stack/paths.mjs';
import { reachableDirectory } from '../../tools/stack/unprivileged.mjs';
import { readOptions } from './options.mjs';
import { copyOfBuild } from './planted-build.mjs';
import { ProgressBar } from './progress-bar.mjs';

/**
 * @typedef {object} ProofOptions
 * @property {string} dir
 * @property {string} distDirectory the build that is put to the proof
 * @property {number} seed
 * @property {number} minutes
 * @property {number} faultsPerMinute
 * @property {boolean} stopsAtViolation
 * @property {string} [favouriteFault] the kind of an ambush that comes first and often
 * @property {(message: string) => void} [onStep]
 * @property {(state: ProofState) => void} [onProgress] now and then
 */

/** @typedef {{ figures: string, elapsedMs: number, present: string[] }} ProofState present: what is broken now */

/**
 * @typedef {object} Proof
 * @property {string} name  of the folder for its data and logs
 * @property {string} claim what is put to the proof when nothing is planted, as a sentence
 * @property {readonly import('./planted-build.mjs').Plant[]} plants
 * @property {number} minutes         unless told otherwise
 * @property {number} faultsPerMinute unless told otherwise
 * @property {(options: ProofOptions) => Promise<{ report: string, isViolated: boolean }>} prove
 */

/** Sets the exit code: 0, nothing was violated; 1, something was, and the report has its history; 2, no proof. @param {Proof} proof */
export async function runProof(proof) {
  try {
    const options = readOptions(process.argv.slice(2), proof);
    if (options.listsPlants) {
      for (const { name, bug } of proof.plants) console.log(`${name.padEnd(28)} ${bug}`);
      return;
    }
    process.exitCode = await run(proof, options);
  } catch (error) {
    console.error(error);
    process.exitCode = 2;
  }
}

/** @param {Proof} proof @param {ReturnType<typeof readOptions>} options @returns {Promise<number>} the exit code */
async function run({ name, claim, prove }, { seed, minutes, faultsPerMinute, plant }) {
  const bar = new ProgressBar(minutes);
  bar.step('building');
  await prepare();
  const dir = freshDirectory(`${name}-${plant?.name ?? 'as-it-is'}-${seed}`);
  console.log(`Seed ${seed}. ${plant === undefined ? claim : `Planted: ${plant.bug}.`} Logs in ${dir}/logs.`);
  const { report, isViolated } = await prove({
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
  console.log(report);
  if (isViolated) return 1;
  rmSync(dir, { recursive: true });
  return 0;
}

/** @param {string} name */
function freshDirectory(name) {
  const directory = join(reachableDirectory(join(stackDirectory, 'proofs')), name);
  rmSync(directory, { recursive: true, force: true });
  return reachableDirectory(directory);
}
