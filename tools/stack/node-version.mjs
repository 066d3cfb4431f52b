// Read by old versions of Node too: see main.mjs.
import { readFileSync } from 'fs';

const packageFile = new URL('../../package.json', import.meta.url);
const oldestNode = JSON.parse(readFileSync(packageFile, 'utf8')).engines.node.replace('>=', '');

export const supportedSystems = [
  `Traylinx API Keys needs Node ${oldestNode} or newer and runs with one command on`,
  '  - Debian 12 or newer and Ubuntu 24.04 or newer, x64 and arm64, where apt can be reached once;',
  '  - Ubuntu 22.04, which has no package of NATS, with nats-server on PATH or NATS_URL;',
  '  - macOS, after: brew install redis nats-server;',
  '  - other systems, with DATABASE_URL (PostgreSQL), REDIS_URL, SESSION_REDIS_URL and NATS_URL naming servers that',
  '    run already.',
  'Nothing has been installed or changed.',
].join('\n');

/** Ends the process with an explanation when its Node is older than package.json demands. */
export function refuseOldNode() {
  if (!isOlder(process.versions.node, oldestNode)) return;
  console.error(`This is Node ${process.versions.node}, which is too old.\n\n${supportedSystems}`);
  process.exit(1);
}

/** @param {string} version @param {string} other @returns {boolean} */
export function isOlder(version, other) {
  const numbers = version.split('.').map(Number);
  const others = other.split('.').map(Number);
  for (let index = 0; index < others.length; index++) {
    const difference = (numbers[index] || 0) - (others[index] || 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
