// Bugs as changes of what was built. There is no switch for them in the source: what production runs cannot be told to fail.
// They are applied to a copy of dist/, and a test sees to it that each still fits.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtDirectory, repositoryDirectory, stackDirectory } from '../../tools/stack/paths.mjs';

/**
 * @typedef {object} Plant
 * @property {string} name
 * @property {string} bug  what it does wrong
 * @property {string} [exposedBy] the kind of an ambush; ordinary traffic exposes the others
 * @property {readonly Patch[]} patches
 */

/** @typedef {readonly [file: string, find: string, replace: string]} Patch */

/** @param {readonly Plant[]} plants @param {string} name @returns {Plant} */
export function findPlant(plants, name) {
  const plant = plants.find((one) => one.name === name);
  if (plant === undefined) throw new Error(`no plant is called "${name}": see --list-plants`);
  return plant;
}

/**
 * A copy of dist/ with the bug in it, or as it is: a proof takes a while, and a build meanwhile must not get into it.
 *
 * @param {Plant} [plant]
 * @returns {string} its folder
 */
export function copyOfBuild({ name, patches } = { name: 'none', bug: '', patches: [] }) {
  const directory = join(stackDirectory, 'plants', name);
  const copy = join(directory, 'dist');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  cpSync(builtDirectory, copy, { recursive: true });
  // `#messaging` and the like are found through the nearest one.
  cpSync(join(repositoryDirectory, 'package.json'), join(directory, 'package.json'));
  // The gateway serves it.
  cpSync(join(repositoryDirectory, 'docs', 'openapi.json'), join(directory, 'docs', 'openapi.json'));
  for (const [file, find, replace] of patches) patch(join(copy, file), find, replace);
  return copy;
}

/** How often what it changes is in what was built: once, or it no longer fits. @param {Patch} patch */
export function occurrences([file, find]) {
  return readFileSync(join(builtDirectory, file), 'utf8').split(find).length - 1;
}

/** @param {string} file @param {string} find @param {string} replace */
function patch(file, find, replace) {
  const parts = readFileSync(file, 'utf8').split(find);
  if (parts.length !== 2) {
    throw new Error(`${file} has ${parts.length - 1} times, not once: ${find}`);
  }
  writeFileSync(file, parts.join(replace));
}
