// PostgreSQL refuses to run as root, and a container often has only root. It then runs as "nobody", who must be able
// to reach its program and its data: impossible below a home with mode 0700.
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const nobody = { uid: 65534, gid: 65534 };
const othersMayEnter = 0o001;
const othersMayPass = 0o711;
const outsideDirectory = '/var/lib/traylinx-api-keys';

/** @returns {{ uid: number, gid: number } | undefined} whom PostgreSQL must run as; undefined: as ourselves */
export function unprivilegedUser() {
  return process.getuid?.() === 0 ? nobody : undefined;
}

/** @param {string} path an existing folder @returns {boolean} whether any user may enter it */
export function isReachable(path) {
  for (let directory = path; ; directory = dirname(directory)) {
    if ((statSync(directory).mode & othersMayEnter) === 0) return false;
    if (directory === dirname(directory)) return true;
  }
}

/**
 * The place for files that "nobody" has to reach when we are root: the given folder if it can be, else one outside
 * whose name follows from it.
 *
 * @param {string} directory
 * @returns {string} an existing folder
 */
export function reachableDirectory(directory) {
  mkdirSync(directory, { recursive: true });
  if (!unprivilegedUser()) return directory;
  chmodSync(directory, othersMayPass);
  if (isReachable(directory)) return directory;
  const outside = join(outsideDirectory, createHash('sha256').update(directory).digest('hex').slice(0, 16));
  mkdirSync(outside, { recursive: true });
  // Not by the mode of mkdir, which a strict umask would narrow.
  chmodSync(outsideDirectory, othersMayPass);
  chmodSync(outside, othersMayPass);
  return outside;
}

/** A folder for the files of one test, in which every server can run. @param {string} name */
export function temporaryDirectory(name) {
  const directory = mkdtempSync(join(process.env['TRAYLINX_TEST_DIRECTORY'] ?? tmpdir(), `${name}-`));
  if (unprivilegedUser()) chmodSync(directory, othersMayPass);
  return directory;
}

/** @param {string} path its owner becomes the user PostgreSQL runs as */
export function giveToPostgres(path) {
  const user = unprivilegedUser();
  if (user) chownSync(path, user.uid, user.gid);
}
