// Installs what is not installed and builds what has changed.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runToEnd } from './managed-process.mjs';
import { repositoryDirectory, stackDirectory } from './paths.mjs';

const sources = [
  'apps',
  'libs',
  'packages',
  'package.json',
  'package-lock.json',
  'nest-cli.json',
  'tsconfig.json',
  'tsconfig.build.json',
];
const isNoSource = /^(node_modules|dist|test)$|spec\.ts$/;
const builtFrom = join(repositoryDirectory, 'dist', '.built-from');

/**
 * @param {{ onProgress?: (message: string) => void, signal?: AbortSignal }} [options]
 */
export async function prepare({ onProgress, signal } = {}) {
  if (!areDependenciesInstalled()) {
    onProgress?.('installing dependencies (npm ci)');
    await npm('install', ['ci', '--include=dev'], signal);
  }
  const sourceHash = hashSources();
  if (existsSync(builtFrom) && readFileSync(builtFrom, 'utf8') === sourceHash) return;
  onProgress?.('building (npm run build)');
  await npm('build', ['run', 'build'], signal);
  writeFileSync(builtFrom, sourceHash);
}

/** @param {string} label @param {string[]} args @param {AbortSignal} [signal] */
async function npm(label, args, signal) {
  const command = {
    label,
    command: 'npm',
    args,
    dir: stackDirectory,
    cwd: repositoryDirectory,
    env: npmEnvironment(),
  };
  await runToEnd(command, signal);
}

// All of it: npm's registry, proxy and cache may be set there.
function npmEnvironment() {
  const environment = { ...process.env };
  // An empty HOME would make npm use the working directory as one; without HOME it asks the system.
  if (environment['HOME'] === '') delete environment['HOME'];
  return environment;
}

/**
 * Whether node_modules is what package-lock.json says. Their times say nothing: a checkout changes them.
 *
 * @returns {boolean}
 */
function areDependenciesInstalled() {
  const wanted = readLock('package-lock.json');
  const installed = readLock(join('node_modules', '.package-lock.json'));
  return Object.entries(wanted).every(([path, { version, optional, devOptional, bin = {} }]) => {
    if (path === '') return true;
    // npm links the commands of our own packages (`npx traylinx-keys`) when it installs, and at no other time.
    if (!path.includes('node_modules/') && !Object.keys(bin).every(isLinked)) return false;
    const found = installed[path];
    return found ? found.version === version : Boolean(optional ?? devOptional);
  });
}

/** @param {string} command */
function isLinked(command) {
  return existsSync(join(repositoryDirectory, 'node_modules', '.bin', command));
}

/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, bin?: Record<string, string> }} LockedPackage */

/** @param {string} file @returns {Record<string, LockedPackage>} */
function readLock(file) {
  const path = join(repositoryDirectory, file);
  if (!existsSync(path)) return {};
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

function hashSources() {
  const hash = createHash('sha256');
  for (const file of sources.flatMap(filesUnder)) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(repositoryDirectory, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** @param {string} path relative to the repository, as are the results @returns {string[]} */
function filesUnder(path) {
  const stats = statSync(join(repositoryDirectory, path), { throwIfNoEntry: false });
  if (!stats) return [];
  if (stats.isFile()) return [path];
  const names = readdirSync(join(repositoryDirectory, path)).filter((name) => !isNoSource.test(name));
  return names.sort().flatMap((name) => filesUnder(join(path, name)));
}
