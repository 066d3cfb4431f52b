// Runs a program of a Debian or Ubuntu package without installing it and without root: apt works on a private copy
// of its state, downloads the package with whatever this machine lacks of its dependencies, and dpkg unpacks it
// all into a folder.
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath } from './executables.mjs';

const run = promisify(execFile);
const commandTimeoutMs = 300_000;
const largestOutputBytes = 16 * 1024 * 1024;

/** @param {NodeJS.ProcessEnv} env */
export function canUseDebianPackages(env) {
  return findOnPath('apt-get', env) !== undefined && findOnPath('dpkg', env) !== undefined;
}

/**
 * Makes `directory` hold the unpacked packages and `directory/run`, a script that starts the program.
 * Safe to call from several processes at once: the folder appears complete or not at all.
 *
 * @param {{ debianPackage: string, debianFile: string }} program
 * @param {string} directory
 */
export async function fetchDebianProgram({ debianPackage, debianFile }, directory) {
  await mkdir(dirname(directory), { recursive: true });
  const work = await mkdtemp(join(dirname(directory), `.${basename(directory)}-`));
  try {
    const root = join(work, 'root');
    for (const archive of await downloadWithDependencies(debianPackage, work)) {
      await command('dpkg', ['-x', archive, root]);
    }
    await writeStartScript(root, programIn(root, debianFile));
    await chmod(root, 0o755);
    await rename(root, directory).catch(ignoreThatAnotherProcessWasFirst);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * apt downloads nothing that this machine has, be it the program itself.
 *
 * @param {string} root @param {string} debianFile @returns {string} for the start script
 */
function programIn(root, debianFile) {
  if (existsSync(join(root, debianFile))) return `$here/${debianFile}`;
  if (existsSync(join('/', debianFile))) return join('/', debianFile);
  throw new Error(`There is no ${debianFile} in the downloaded packages.`);
}

/** @param {string} debianPackage @param {string} work @returns {Promise<string[]>} the downloaded archives */
async function downloadWithDependencies(debianPackage, work) {
  const state = join(work, 'state');
  const cache = join(work, 'cache');
  const archives = join(cache, 'archives');
  await mkdir(join(state, 'lists', 'partial'), { recursive: true });
  await mkdir(join(archives, 'partial'), { recursive: true });
  // apt reads its options with `::` and `;` as syntax but takes the value of -o as it is, white space included.
  const options = [
    `Dir::State=${state}`,
    `Dir::Cache=${cache}`,
    // The real list of what is installed: apt then downloads only what is missing here.
    'Dir::State::status=/var/lib/dpkg/status',
    'Debug::NoLocking=1',
    // As root apt would download as the user `_apt`, who cannot enter a private home.
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option]);
  await command('apt-get', [...options, '--quiet', 'update']);
  const install = [
    '--quiet',
    '--yes',
    '--no-install-recommends',
    '--download-only',
    'install',
    ...debianPackage.split(' '),
  ];
  await command('apt-get', [...options, ...install]);
  const files = await readdir(archives);
  return files.filter((file) => file.endsWith('.deb')).map((file) => join(archives, file));
}

/** @param {string} root @param {string} program */
async function writeStartScript(root, program) {
  const directories = await libraryDirectories(root);
  const script = [
    '#!/bin/sh',
    '# Finds the unpacked program beside this script, so that the repository may be moved.',
    'here=$(dirname "$(readlink -f "$0")")',
    `export LD_LIBRARY_PATH="${directories.map((directory) => `$here/${directory}`).join(':')}"`,
    // Of Python, when that is the program.
    `export PYTHONPATH="$here/usr/lib/python3/dist-packages\${PYTHONPATH:+:$PYTHONPATH}"`,
    `exec "${program}" "$@"`,
    '',
  ];
  await writeFile(join(root, 'run'), script.join('\n'), { mode: 0o755 });
}

/** @param {string} root @returns {Promise<string[]>} the folders with shared libraries, relative to root */
async function libraryDirectories(root) {
  const files = await readdir(root, { recursive: true });
  const libraries = files.filter((file) => /\.so(\.\d+)*$/.test(file));
  return [...new Set(libraries.map((file) => dirname(file)))];
}

/** @param {string} program @param {string[]} args */
async function command(program, args) {
  const options = { timeout: commandTimeoutMs, maxBuffer: largestOutputBytes };
  try {
    await run(program, args, {
      ...options,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    });
  } catch (error) {
    const { stderr } = /** @type {{ stderr?: string }} */ (error);
    const lastLines = (stderr || String(error)).trim().split('\n').slice(-5).join('\n');
    throw new Error(`${program} ${args.at(-1)} failed: ${lastLines}`, { cause: error });
  }
}

/** @param {NodeJS.ErrnoException} error */
function ignoreThatAnotherProcessWasFirst(error) {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
}
