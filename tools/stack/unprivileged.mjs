// PostgreSQL refuses to run as root, and a container often has only root. It then runs as "nobody", who must be able
// to reach its program and its data: impossible below a home with mode 0700.
import { chmodSync, chownSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const nobody = { uid: 65534, gid: 65534 };
const othersMayEnter = 0o001;
const rootWritesOthersEnter = 0o711;
// What cannot stay where it belongs has the same path in here.
const outside = '/var/lib/traylinx-api-keys';

/** @returns {{ uid: number, gid: number } | undefined} whom PostgreSQL must run as; undefined: as ourselves */
export function unprivilegedUser() {
  return process.getuid?.() === 0 ? nobody : undefined;
}

/** @param {string} path that exists @returns {boolean} whether any user may enter it */
export function isReachable(path) {
  for (let directory = path; ; directory = dirname(directory)) {
    if ((statSync(directory).mode & othersMayEnter) === 0) return false;
    if (directory === dirname(directory)) return true;
  }
}

/**
 * The place for files that "nobody" has to reach when we are root: the given folder if it can be, else one outside.
 *
 * @param {string} directory
 * @returns {string} an existing folder
 */
export function reachableDirectory(directory) {
  mkdirSync(directory, { recursive: true });
  if (!unprivilegedUser()) return directory;
  chmodSync(directory, rootWritesOthersEnter);
  if (isReachable(directory)) return directory;
  const substitute = join(outside, directory);
  mkdirSync(substitute, { recursive: true });
  // Not by the mode of mkdir, which a strict umask would narrow.
  for (let each = substitute; each !== dirname(outside); each = dirname(each))
    chmodSync(each, rootWritesOthersEnter);
  return substitute;
}

/** Deletes a folder and all that was placed outside instead of in it. @param {string} directory */
export function removeWithSubstitutes(directory) {
  rmSync(directory, { recursive: true, force: true });
  rmSync(join(outside, directory), { recursive: true, force: true });
}

/** @param {string} path its owner becomes the user PostgreSQL runs as */
export function giveToPostgres(path) {
  const user = unprivilegedUser();
  if (user) chownSync(path, user.uid, user.gid);
}
