import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

// Debian keeps servers in sbin, which an ordinary user's PATH lacks.
const alsoSearched = ['/usr/local/sbin', '/usr/sbin'];

/**
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined} the first executable file of that name
 */
export function findOnPath(name, env) {
  return findAllOnPath(name, env)[0];
}

/**
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 * @returns {string[]} all executable files of that name, the first one first
 */
export function findAllOnPath(name, env) {
  const onPath = (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return [...onPath, ...alsoSearched].map((directory) => join(directory, name)).filter(isExecutable);
}

/** @param {string} file */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
