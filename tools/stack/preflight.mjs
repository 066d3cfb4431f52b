// Whether the stores can be had on this machine at all: asked before anything is installed.
import { readFileSync } from 'node:fs';
import { canUseDebianPackages } from './debian-packages.mjs';
import { isOlder, supportedSystems } from './node-version.mjs';
import { findProgram, programs } from './programs.mjs';

/** @type {Partial<Record<string, string>>} */
const oldestReleases = { debian: '12', ubuntu: '22.04' };

/** @typedef {{ env?: NodeJS.ProcessEnv, cacheDirectory?: string }} Surroundings */

/**
 * @param {Surroundings} [surroundings]
 * @throws an explanation of what cannot be had, and of where the stack does run
 */
export function refuseUnsupportedSystem(surroundings = {}) {
  const { env = process.env } = surroundings;
  const unavailable = [];
  if (!env['DATABASE_URL'] && !env['POSTGRES_BIN_DIR'] && !isPostgresPackaged())
    unavailable.push('PostgreSQL');
  const needsRedis = !env['REDIS_URL'] || !env['SESSION_REDIS_URL'];
  if (needsRedis && !canHave('redis-server', surroundings)) unavailable.push('Redis');
  if (!env['NATS_URL'] && !canHave('nats-server', surroundings)) unavailable.push('NATS');
  if (unavailable.length === 0) return;
  const machine = `this machine (${process.platform} ${process.arch})`;
  throw new Error(`No way to get ${unavailable.join(' and ')} on ${machine}.\n\n${supportedSystems}`);
}

/** @param {string} program @param {Surroundings} surroundings */
function canHave(program, surroundings) {
  if (findProgram(program, surroundings)) return true;
  if (!canUseDebianPackages(surroundings.env ?? process.env)) return false;
  return isRecentEnough(readRelease(), programs[program]?.packagedSince);
}

// The npm packages are made for these, and on Linux for the GNU C library.
function isPostgresPackaged() {
  if (!['x64', 'arm64'].includes(process.arch)) return false;
  if (process.platform === 'darwin') return true;
  return process.platform === 'linux' && usesGnuLibc();
}

function usesGnuLibc() {
  const { header } = /** @type {{ header: object }} */ (process.report.getReport());
  return 'glibcVersionRuntime' in header;
}

/** @param {{ id: string, version: string }} release */
export function isRecentEnough({ id, version }, oldestOnes = oldestReleases) {
  const oldest = oldestOnes[id];
  // No version: Debian's testing. Another name: a system made from one of the two, which is worth the try.
  return !oldest || !version || !isOlder(version, oldest);
}

function readRelease() {
  const text = readFileSync('/etc/os-release', 'utf8');
  const value = (/** @type {string} */ name) => new RegExp(`^${name}="?([^"\n]*)`, 'm').exec(text)?.[1] ?? '';
  return { id: value('ID'), version: value('VERSION_ID') };
}
