// The one resolver of external programs: environment variable, PATH, Debian package, or a message that says
// what to install. A program that is not in the table below is not used by this repository.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { canUseDebianPackages, fetchDebianProgram } from './debian-packages.mjs';
import { findAllOnPath, isExecutable } from './executables.mjs';
import { programsDirectory } from './paths.mjs';

/**
 * @typedef {object} Program
 * @property {string} variable   environment variable that names the binary to use
 * @property {string} debianPackage or several, with spaces between
 * @property {Partial<Record<string, string>>} [packagedSince] the first release that has it: Debian 12 and Ubuntu 22.04
 *   unless told otherwise
 * @property {string} debianFile where the package keeps the binary, relative to /
 * @property {string} brewFormula
 * @property {(executable: string) => boolean} [isComplete] where one on PATH may lack what is needed of it
 * @property {string} [insteadVariable] environment variable that makes the program unnecessary
 */

const oldestPython = '3.10';
const pythonModules = ['pytest', 'mypy', 'black', 'httpx', 'hatchling'];

/** @type {Readonly<Record<string, Program>>} */
export const programs = {
  'redis-server': {
    variable: 'REDIS_SERVER_BIN',
    debianPackage: 'redis-server',
    debianFile: 'usr/bin/redis-server',
    brewFormula: 'redis',
    insteadVariable: 'REDIS_URL and SESSION_REDIS_URL',
  },
  'nats-server': {
    variable: 'NATS_SERVER_BIN',
    debianPackage: 'nats-server',
    packagedSince: { debian: '12', ubuntu: '24.04' },
    debianFile: 'usr/sbin/nats-server',
    brewFormula: 'nats-server',
    insteadVariable: 'NATS_URL',
  },
  openssl: {
    variable: 'OPENSSL_BIN',
    debianPackage: 'openssl',
    debianFile: 'usr/bin/openssl',
    brewFormula: 'openssl',
  },
  wrk: { variable: 'WRK_BIN', debianPackage: 'wrk', debianFile: 'usr/bin/wrk', brewFormula: 'wrk' },
  nginx: {
    variable: 'NGINX_BIN',
    debianPackage: 'nginx',
    debianFile: 'usr/sbin/nginx',
    brewFormula: 'nginx',
  },
  haproxy: {
    variable: 'HAPROXY_BIN',
    debianPackage: 'haproxy',
    debianFile: 'usr/sbin/haproxy',
    brewFormula: 'haproxy',
  },
  caddy: { variable: 'CADDY_BIN', debianPackage: 'caddy', debianFile: 'usr/bin/caddy', brewFormula: 'caddy' },
  chromium: {
    variable: 'CHROMIUM_BIN',
    debianPackage: 'chromium',
    // usr/bin/chromium is a shell script that expects the browser under /usr/lib.
    debianFile: 'usr/lib/chromium/chromium',
    brewFormula: '--cask chromium',
  },
  kubectl: {
    variable: 'KUBECTL_BIN',
    debianPackage: 'kubernetes-client',
    debianFile: 'usr/bin/kubectl',
    brewFormula: 'kubernetes-cli',
  },
  'docker-compose': {
    variable: 'DOCKER_COMPOSE_BIN',
    debianPackage: 'docker-compose',
    debianFile: 'usr/libexec/docker/cli-plugins/docker-compose',
    brewFormula: 'docker-compose',
  },
  // With what builds and tests packages/sdk-python.
  python3: {
    variable: 'PYTHON_BIN',
    debianPackage: 'python3 python3-pytest mypy black python3-httpx python3-hatchling',
    packagedSince: { debian: '12', ubuntu: '24.04' },
    debianFile: 'usr/bin/python3',
    brewFormula: `python && python3 -m pip install --break-system-packages ${pythonModules.join(' ')}`,
    isComplete: hasPythonModules,
  },
};

export class MissingProgramError extends Error {
  /** @param {string} program @param {string} message */
  constructor(program, message) {
    super(message);
    this.name = 'MissingProgramError';
    this.program = program;
  }
}

/**
 * Finds a program without touching the network: what its environment variable names, what is on PATH, or what an
 * earlier `resolveProgram` has fetched.
 *
 * @param {string} name a key of `programs`
 * @param {{ env?: NodeJS.ProcessEnv, cacheDirectory?: string }} [options]
 * @returns {string | undefined} an absolute path
 * @throws {MissingProgramError} the environment variable names something that cannot be executed
 */
export function findProgram(name, { env = process.env, cacheDirectory = programsDirectory } = {}) {
  const program = definitionOf(name);
  const chosen = env[program.variable];
  if (chosen) {
    if (isExecutable(chosen)) return chosen;
    throw new MissingProgramError(name, `${program.variable} does not name an executable file: ${chosen}`);
  }
  const { isComplete = () => true } = program;
  const fetched = fetchedProgram(cacheDirectory, name);
  return findAllOnPath(name, env).find(isComplete) ?? (isExecutable(fetched) ? fetched : undefined);
}

/**
 * Finds a program, fetching its Debian package into `cacheDirectory` where that is possible (no root needed).
 *
 * @param {string} name a key of `programs`
 * @param {{ env?: NodeJS.ProcessEnv, cacheDirectory?: string, onProgress?: ((message: string) => void) | undefined }} [options]
 * @returns {Promise<string>} an absolute path
 * @throws {MissingProgramError} with a message that tells how to install it
 */
export async function resolveProgram(name, options = {}) {
  const { env = process.env, cacheDirectory = programsDirectory, onProgress } = options;
  const found = findProgram(name, options);
  if (found) return found;
  if (!canUseDebianPackages(env)) throw missing(name);
  onProgress?.(`fetching ${name} from the Debian package ${programs[name]?.debianPackage}`);
  try {
    await fetchDebianProgram(definitionOf(name), join(cacheDirectory, name));
  } catch (error) {
    throw missing(name, error instanceof Error ? error.message : String(error));
  }
  return fetchedProgram(cacheDirectory, name);
}

/** How a person installs the program on this machine, as one shell command. @param {string} name */
export function installCommand(name) {
  const program = definitionOf(name);
  if (process.platform === 'darwin') return `brew install ${program.brewFormula}`;
  return canUseDebianPackages(process.env) ? `apt-get install ${program.debianPackage}` : `install ${name}`;
}

/** @param {string} name @param {string} [reason] */
function missing(name, reason) {
  const { variable, insteadVariable } = definitionOf(name);
  const ways = [`Install it (${installCommand(name)})`, `name its binary in ${variable}`];
  if (insteadVariable) ways.push(`or name a running server in ${insteadVariable}`);
  const cause = reason ? `\n${reason}` : '';
  return new MissingProgramError(name, `${name} was not found. ${ways.join(', ')}.${cause}`);
}

/** @param {string} name */
function definitionOf(name) {
  const program = programs[name];
  if (!program) throw new TypeError(`no such program in the table: ${name}`);
  return program;
}

/** @param {string} cacheDirectory @param {string} name */
function fetchedProgram(cacheDirectory, name) {
  return join(cacheDirectory, name, 'run');
}

/** @param {string} python */
function hasPythonModules(python) {
  const oldest = oldestPython.replace('.', ', ');
  const code = `import importlib.util as u, sys
sys.exit(sys.version_info < (${oldest}) or not all(map(u.find_spec, ${JSON.stringify(pythonModules)})))`;
  try {
    execFileSync(python, ['-c', code], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
